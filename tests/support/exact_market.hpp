#pragma once
#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "margind/core/book/account.hpp"
#include "margind/core/rules/instrument.hpp"
#include "margind/core/rules/rules.hpp"
#include "support/exact_number.hpp"

// What the exact oracle is given: the inputs of a valuation, every number as it is written. Of the
// engine it knows the input types only.
namespace margind::test::exact {

struct ExactCurrency {
    std::string code;
    int digits = 2;
};

struct ExactQuote {
    std::string symbol;
    Decimal bid;
    Decimal ask;
    std::optional<Decimal> mid;
    std::optional<Decimal> mark;
    std::optional<Decimal> last;

    [[nodiscard]] const Decimal& closing(bool is_short) const { return is_short ? ask : bid; }
    [[nodiscard]] const Decimal& opening(bool is_short) const { return is_short ? bid : ask; }
};

struct ExactTier {
    Decimal from;
    std::optional<Decimal> rate;
    std::optional<Decimal> leverage;
    std::optional<Decimal> deduction;
};

/// Margin rates of one side; absent as docs/evaluate.md says.
struct ExactRates {
    std::optional<Decimal> position;
    std::optional<Decimal> maintenance;
    std::optional<Decimal> limit;
    std::optional<Decimal> stop;
    std::optional<Decimal> stop_limit;
};

struct ExactInstrument {
    std::size_t quote = 0;  // in the market
    CalcMode mode = CalcMode::forex;
    Decimal contract_size{1, 0};
    std::string base_currency;  // "" = the first three letters
    std::string profit_currency;
    std::string margin_currency;  // "" = by the mode
    std::optional<Decimal> tick_size;
    std::optional<Decimal> tick_value;
    std::optional<Decimal> initial_margin;
    std::optional<Decimal> maintenance_margin;
    std::optional<Decimal> maintenance_fraction;
    std::optional<Decimal> hedged_margin;
    std::optional<Decimal> factor;
    std::optional<Decimal> leverage;
    bool is_maintenance_at_entry = false;
    std::array<ExactRates, 2> rates;  // long, short
    std::vector<ExactTier> tiers;
    TierBasis tier_basis = TierBasis::lots;
    std::string tier_currency;
    std::optional<Decimal> tier_hedged_weight;
    std::vector<std::size_t> tier_scope;  // instruments that share the tiers, itself among them

    [[nodiscard]] bool is_forex() const {
        return mode == CalcMode::forex || mode == CalcMode::forex_no_leverage;
    }
    [[nodiscard]] bool is_perpetual() const {
        return mode == CalcMode::perpetual_linear || mode == CalcMode::perpetual_inverse;
    }
    [[nodiscard]] bool is_per_lot() const {
        return mode == CalcMode::futures || mode == CalcMode::fixed;
    }
};

struct ExactMarket {
    RuleSet rules;  // where an account does not change them
    std::vector<ExactCurrency> currencies;
    std::vector<std::string> pivots{"USD", "EUR"};
    std::vector<std::string> suffixes;
    std::vector<ExactQuote> quotes;  // every symbol once
    std::vector<ExactInstrument> instruments;

    [[nodiscard]] const std::string& symbol(std::size_t instrument) const {
        return quotes[instruments[instrument].quote].symbol;
    }
    /// Its place among the currencies.
    [[nodiscard]] std::size_t index(const std::string& currency) const;
    [[nodiscard]] int digits(const std::string& currency) const {
        return currencies[index(currency)].digits;
    }
};

struct ExactOrder {
    OrderKind kind = OrderKind::position;
    std::size_t instrument = 0;  // in the market
    bool is_short = false;
    Volume volume;
    Decimal price;
    std::optional<Decimal> swap;
    std::optional<Decimal> commission;
    std::optional<Decimal> given_pnl;

    [[nodiscard]] bool is_position() const { return kind == OrderKind::position; }
};

/// Exactly so many lots.
[[nodiscard]] inline Ratio lots_of(std::int64_t raw) { return Decimal{raw, 8}; }
static_assert(Volume::per_lot == 100'000'000);

struct ExactAccount {
    RuleSet rules;  // as they apply to it
    std::string currency;
    Decimal balance;
    std::optional<Decimal> credit;
    Decimal leverage{100, 0};
    MarginMode margin_mode = MarginMode::hedging;
    std::vector<ExactOrder> orders;
};

/// A conversion: account currency for one unit of another. Source: docs/formulas.md §4.
struct ExactRate {
    Ratio bid{1};
    Ratio ask{1};
    Ratio mid{1};
    /// The one symbol that is all of the conversion, and whether it stands upside down.
    std::optional<std::size_t> own_quote;
    bool is_inverse = false;

    /// The conversion at a price of its own symbol's; nothing where `quote` is not all of it.
    [[nodiscard]] std::optional<Ratio> at_own_price(std::size_t quote, const Ratio& price) const;
};

/// The currencies of an instrument, by their places in the market.
struct ExactTerms {
    std::size_t profit = 0;
    std::size_t margin = 0;
    std::size_t tier = 0;
};

/// All conversions of a market at its quotes.
class ExactConversions {
public:
    explicit ExactConversions(const ExactMarket& market);

    /// Nothing where no path leads from one currency to the other.
    [[nodiscard]] const std::optional<ExactRate>& rate(std::size_t from, std::size_t to) const {
        return rates_[from * market_.currencies.size() + to];
    }
    [[nodiscard]] const ExactTerms& terms(std::size_t instrument) const {
        return terms_[instrument];
    }

private:
    [[nodiscard]] const ExactQuote* pair(const std::string& name) const;
    [[nodiscard]] std::optional<ExactRate> stage(const std::string& from,
                                                 const std::string& to) const;
    [[nodiscard]] std::optional<ExactRate> find(const std::string& from,
                                                const std::string& to) const;
    [[nodiscard]] ExactTerms find_terms(const ExactInstrument& instrument) const;

    const ExactMarket& market_;
    std::vector<std::optional<ExactRate>> rates_;  // by both currencies
    std::vector<ExactTerms> terms_;                // by instrument
};

}  // namespace margind::test::exact
