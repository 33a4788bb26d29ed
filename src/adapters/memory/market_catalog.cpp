#include "adapters/memory/market_catalog.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace margind::memory {
namespace {

/// One unit in US dollars on 8 May 2014, where it was traded then.
struct Value {
    std::string_view code;
    double usd;
    double volatility;
};

constexpr Value values[] = {
    {"USD", 1.0, 0.003},           {"EUR", 1.39120, 0.004},       {"GBP", 1.69300, 0.005},
    {"JPY", 1.0 / 101.700, 0.006}, {"CHF", 1.0 / 0.87600, 0.005}, {"AUD", 0.93700, 0.006},
    {"NZD", 0.86490, 0.007},       {"CAD", 1.0 / 1.08300, 0.005}, {"SEK", 1.0 / 6.49000, 0.006},
    {"NOK", 1.0 / 5.87000, 0.006}, {"DKK", 1.0 / 5.36500, 0.004}, {"PLN", 1.0 / 3.01000, 0.006},
    {"CZK", 1.0 / 19.7000, 0.005}, {"HUF", 1.0 / 219.500, 0.007}, {"TRY", 1.0 / 2.08000, 0.009},
    {"ZAR", 1.0 / 10.3500, 0.009}, {"MXN", 1.0 / 12.9500, 0.007}, {"SGD", 1.0 / 1.24700, 0.003},
    {"HKD", 1.0 / 7.75200, 0.001}, {"CNH", 1.0 / 6.22500, 0.002}, {"KWD", 1.0 / 0.28100, 0.001},
    {"XAU", 1290.50, 0.010},       {"XAG", 19.200, 0.016},        {"XPT", 1437.00, 0.012},
    {"BTC", 440.00, 0.040},        {"ETH", 10.0000, 0.050},
};

constexpr std::array<double, 9> powers{1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8};

struct Index {
    std::string_view symbol;
    std::string_view profit;
    double price;
    int digits;
    double contract_size;
    double spread;
    double volatility;
};

constexpr Index indices[] = {
    {"US500", "USD", 1878.0, 1, 10.0, 0.5, 0.008},
    {"US30", "USD", 16550.0, 1, 1.0, 2.0, 0.008},
    {"NAS100", "USD", 3555.0, 1, 1.0, 1.5, 0.011},
    {"DE40", "EUR", 9600.0, 1, 1.0, 1.5, 0.010},
    {"UK100", "GBP", 6840.0, 1, 1.0, 1.5, 0.009},
    {"JP225", "JPY", 14165.0, 0, 100.0, 10.0, 0.012},
    {"USOIL", "USD", 100.30, 2, 1000.0, 0.03, 0.015},
};

const Value* value_of(std::string_view code) {
    const auto* found = std::ranges::find(values, code, &Value::code);
    return found == std::end(values) ? nullptr : found;
}

const double* given_price(std::string_view symbol, GivenPrices given) {
    for (const auto& [name, price] : given) {
        if (name == symbol) return &price;
    }
    return nullptr;
}

bool is_currency_code(std::string_view code) {
    return std::ranges::all_of(code, [](char c) { return c >= 'A' && c <= 'Z'; });
}

bool is_metal(std::string_view code) {
    return code == "XAU" || code == "XAG" || code == "XPT" || code == "XPD";
}

bool is_crypto(std::string_view code) { return code == "BTC" || code == "ETH"; }

/// Type, size and number format of a pair.
void describe_pair(SymbolTraits& traits) {
    constexpr double spread_share = 0.00008;
    traits.digits = traits.price >= 500.0 ? 2 : traits.price >= 20.0 ? 3 : 5;
    double share = spread_share;
    if (is_metal(traits.base)) {
        traits.type = 2;
        traits.contract_size = traits.base == "XAG" ? 5'000.0 : 100.0;
        traits.digits = 3;
        share = 0.00025;
    } else if (is_crypto(traits.base)) {
        traits.type = 4;
        traits.contract_size = 1.0;
        traits.digits = 2;
        share = 0.0008;
    }
    const double point = price_point(traits.digits);
    traits.spread = std::max(round_price(traits.price * share, traits.digits), point);
}

std::expected<SymbolTraits, std::string> pair_traits(std::string_view symbol, const double* given) {
    SymbolTraits traits;
    traits.symbol = symbol;
    traits.base = symbol.substr(0, 3);
    traits.profit = symbol.substr(3);
    const Value* base = value_of(traits.base);
    const Value* profit = value_of(traits.profit);
    if (given == nullptr && (base == nullptr || profit == nullptr)) {
        return std::unexpected{traits.symbol + ": no start price is known; give one, as in " +
                               traits.symbol + "=1.25"};
    }
    traits.price = given != nullptr ? *given : base->usd / profit->usd;
    if (base != nullptr) traits.volatility = base->volatility;
    describe_pair(traits);
    traits.price = round_price(traits.price, traits.digits);
    return traits;
}

}  // namespace

double price_point(int digits) { return 1.0 / powers[static_cast<std::size_t>(digits)]; }

double round_price(double value, int digits) {
    const double power = powers[static_cast<std::size_t>(digits)];
    return std::round(value * power) / power;
}

double SymbolTraits::bid() const { return round_price(price - spread / 2.0, digits); }
double SymbolTraits::ask() const { return round_price(bid() + spread, digits); }

std::string usd_pair(std::string_view currency) {
    constexpr std::string_view quoted_in_usd[] = {"EUR", "GBP", "AUD", "NZD", "XAU",
                                                  "XAG", "XPT", "BTC", "ETH"};
    const bool is_base = std::ranges::find(quoted_in_usd, currency) != std::end(quoted_in_usd);
    return is_base ? std::string{currency} + "USD" : "USD" + std::string{currency};
}

std::expected<SymbolTraits, std::string> symbol_traits(std::string_view symbol, GivenPrices given) {
    const double* price = given_price(symbol, given);
    if (price != nullptr && !(*price > 0.0)) {
        return std::unexpected{std::string{symbol} + ": a start price is above 0"};
    }
    if (const auto* index = std::ranges::find(indices, symbol, &Index::symbol);
        index != std::end(indices)) {
        return SymbolTraits{.symbol = std::string{symbol},
                            .base = std::string{symbol},
                            .profit = std::string{index->profit},
                            .type = 3,
                            .contract_size = index->contract_size,
                            .price = price != nullptr ? *price : index->price,
                            .digits = index->digits,
                            .spread = index->spread,
                            .volatility = index->volatility};
    }
    if (symbol.size() == 6 && is_currency_code(symbol)) return pair_traits(symbol, price);
    return std::unexpected{std::string{symbol} +
                           ": expected a pair of currencies such as EURUSD, or one of US500, US30, "
                           "NAS100, DE40, UK100, JP225, USOIL"};
}

}  // namespace margind::memory
