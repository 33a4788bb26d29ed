#pragma once
#include <cstdint>
#include <expected>
#include <string>
#include <utility>
#include <vector>

#include "adapters/memory/market_catalog.hpp"
#include "margind/core/book/account.hpp"
#include "margind/core/rules/instrument.hpp"
#include "margind/ports/directory.hpp"

namespace margind::memory {

class SeededRandom;

struct BookOptions {
    std::uint64_t seed = 1;
    std::uint32_t accounts = 10'000;
    std::uint32_t positions = 3;  // of each account
    std::vector<std::string> symbols{"EURUSD", "NZDUSD", "XAUUSD"};
    std::vector<std::string> types{"live", "demo"};
    std::vector<std::string> currencies{"USD", "EUR", "GBP", "JPY"};
    std::vector<std::string> groups{"Standard", "VIP"};
    std::vector<std::pair<std::string, double>> prices;  // start prices in place of the catalogue's
    double danger = 0.2;  // share of the accounts whose margin level starts between 55 % and 140 %
    std::uint32_t first_id = 1001;
};

/// Makes accounts, specifications and start prices from a seed, as values. Each account depends on
/// the seed and its own number only: a larger book begins with the smaller one.
class BookGenerator {
public:
    /// The error names every option that cannot be used.
    static std::expected<BookGenerator, std::string> make(BookOptions options);

    [[nodiscard]] std::uint32_t account_count() const { return options_.accounts; }
    /// The `index`-th account. Precondition: index < account_count().
    [[nodiscard]] AccountImage account(std::uint32_t index) const;
    /// Specifications of every traded symbol in every group, `Standard` among them.
    [[nodiscard]] std::vector<InstrumentSpec> instruments() const;
    /// Start prices of the traded symbols and of the pairs that convert between all currencies.
    [[nodiscard]] std::vector<std::pair<std::string, StoredPrice>> prices(std::int64_t ts_ms) const;
    /// The same as traits, for a market simulator.
    [[nodiscard]] const std::vector<SymbolTraits>& quoted() const { return quoted_; }
    [[nodiscard]] const BookOptions& options() const { return options_; }

private:
    explicit BookGenerator(BookOptions options) : options_{std::move(options)} {}
    std::expected<void, std::string> prepare();
    OrderImage order(SeededRandom& random, std::uint32_t number) const;
    void fill_orders(SeededRandom& random, AccountImage& account) const;
    void set_balance(SeededRandom& random, AccountImage& account) const;
    struct Figures;
    Figures figures(const AccountImage& account) const;
    [[nodiscard]] const SymbolTraits& traits(const std::string& symbol) const;
    [[nodiscard]] double usd_value(const std::string& currency) const;

    BookOptions options_;
    std::vector<SymbolTraits> traded_;
    std::vector<SymbolTraits> quoted_;                        // traded_ first, then the conversions
    std::vector<std::pair<std::string, double>> usd_values_;  // by currency, at the start prices
};

}  // namespace margind::memory
