#pragma once
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace margind::memory {

/// What a made-up market knows of a symbol.
struct SymbolTraits {
    std::string symbol;
    std::string base;    // what is traded: a currency, a metal, an index
    std::string profit;  // the currency its price is in
    int type = 1;        // as in a group hash: 1 forex, 2 metal, 3 other, 4 crypto
    double contract_size = 100'000.0;
    double price = 1.0;         // middle at the start
    int digits = 5;             // decimals of its prices
    double spread = 0.0;        // ask − bid at rest
    double volatility = 0.006;  // relative deviation in a day

    [[nodiscard]] double bid() const;
    [[nodiscard]] double ask() const;
};

/// Prices given by hand, by symbol.
using GivenPrices = std::span<const std::pair<std::string, double>>;

/// Traits of a symbol: any pair of known currencies and metals (EURUSD, XAUUSD, BTCUSD), some
/// indices and oil (US500, DE40, USOIL); start prices are those of 8 May 2014 unless given. A
/// six-letter name of other currencies needs a given price. The error says what is missing.
[[nodiscard]] std::expected<SymbolTraits, std::string> symbol_traits(std::string_view symbol,
                                                                     GivenPrices given);

/// The pair that converts between a currency and USD as the market names it: EURUSD, USDJPY.
[[nodiscard]] std::string usd_pair(std::string_view currency);

/// The smallest step of a price with so many decimals. Precondition, as below: 0 to 8.
[[nodiscard]] double price_point(int digits);

/// `value` rounded to so many decimals.
[[nodiscard]] double round_price(double value, int digits);

}  // namespace margind::memory
