#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "margind/core/book/account.hpp"
#include "margind/core/market/conversion.hpp"
#include "margind/core/rules/instrument.hpp"
#include "margind/core/rules/rules.hpp"
#include "margind/core/valuation/valuation.hpp"
#include "margind/core/valuation/workings.hpp"

namespace margind {

/// A position or a pending order as the general valuation reads it. `instrument` outlives it.
struct Exposure {
    const Instrument* instrument = nullptr;
    SymbolId symbol;
    RateId pnl_rate;     // profit currency → account currency
    RateId margin_rate;  // margin currency → account currency
    RateId tier_rate;    // margin currency → currency of the tiers; none where they go by lots
    Digits profit_digits;
    Volume volume;               // without a sign
    double price = not_a_price;  // a position's open price, an order's own
    bool is_short = false;
    OrderKind kind = OrderKind::position;
    std::string id;
    std::int64_t opened_ms = 0;
    std::optional<Money> given_pnl;  // told instead of valued: needs no quote
    Money carry;                     // swap − commission
    Money isolated_margin;           // put in for it, where it is isolated
};

/// What the general valuation knows of an account beside its row. Exposures are sorted by symbol,
/// positions before orders.
struct GeneralAccount {
    const RuleSet* rules = nullptr;
    MarginMode margin_mode = MarginMode::hedging;
    double leverage = 0.0;
    std::vector<Exposure> exposures;
    std::vector<Exposure> isolated;  // positions that stand apart: isolated.hpp

    /// Perpetuals have no hedged contract size.
    [[nodiscard]] bool hedges_basically(const Instrument& instrument) const {
        return rules->hedged_margin == HedgedMargin::basic && margin_mode == MarginMode::hedging &&
               !instrument.is_perpetual();
    }
};

/// One exposure's share. What is in doubt is not known.
struct ExposureFigures {
    std::optional<Money> pnl;
    std::optional<Money> margin;
};

/// One summand of a symbol's margin: "long", "short", "hedged", "uncovered", "orders", "tier 1".
struct MarginPart {
    SymbolId symbol;
    std::string part;
    Money amount;
};

struct SymbolFigures {
    SymbolId symbol;
    Volume long_volume;
    Volume short_volume;
    Money long_margin;
    Money short_margin;
    std::optional<Money> margin;
};

/// An account worked out by every option of the rules.
struct GeneralFigures {
    Valuation totals;
    double pnl_exact = 0.0;     // before any rounding, without carry
    double margin_exact = 0.0;  // before any rounding
    std::optional<Money> margin_initial;
    std::optional<Money> margin_maintenance;
    std::vector<ExposureFigures> exposures;  // as in the account
    std::vector<SymbolFigures> symbols;
    std::vector<MarginPart> parts;
    Figure before_tiers;  // the margin without tiers
};

/// Which end of what prices may become.
enum class WorstFor : std::uint8_t { equity, margin };

/// The market as the general valuation sees it: as it is, with one symbol somewhere else, or with
/// all of them at their worst.
class GeneralMarket {
public:
    GeneralMarket(const QuoteBoard& quotes, const RateTable& rates)
        : quotes_{quotes}, rates_{rates} {}

    /// The same market with both sides of `symbol`, and its other prices, moved by `distance`.
    [[nodiscard]] GeneralMarket with_moved(SymbolId symbol, double distance) const;

    /// Every symbol at an end of its `bounds`, a lowest bid and a highest ask: where equity is
    /// least, or where margin is most. `bounds` outlives it.
    [[nodiscard]] GeneralMarket at_worst(WorstFor figure, const QuoteOf& bounds) const;

    [[nodiscard]] Quote quote(SymbolId symbol) const;
    [[nodiscard]] Marks marks(SymbolId symbol) const;
    /// True where a price at or below zero is one.
    [[nodiscard]] bool allows_negative(SymbolId symbol, const Instrument& instrument) const {
        return quotes_.allows_negative(symbol) && instrument.may_be_negative();
    }
    [[nodiscard]] Session session(SymbolId symbol) const { return quotes_.session(symbol); }
    [[nodiscard]] RatePair rate(RateId id) const;
    [[nodiscard]] double mid(RateId id) const;
    [[nodiscard]] const RatePath& path(RateId id) const { return rates_.path(id); }

private:
    [[nodiscard]] bool is_moved(RateId id) const;
    [[nodiscard]] Quote worst_quote(SymbolId symbol) const;

    const QuoteBoard& quotes_;
    const RateTable& rates_;
    SymbolId moved_;  // none = none
    double distance_ = 0.0;
    const QuoteOf* bounds_ = nullptr;
    WorstFor worst_for_ = WorstFor::equity;
};

/// Size of a volume, or of an exposure, in the currency of its margin.
[[nodiscard]] double notional(const Instrument& instrument, Volume volume, double price);
[[nodiscard]] double notional(const Exposure& exposure, double price);

/// The price that a position is valued at. NaN where it is in doubt, or the feed does not have it.
[[nodiscard]] double valuation_price(const RuleSet& rules, const GeneralMarket& market,
                                     SymbolId symbol, bool is_short);

/// Values one account by every option of RuleSet and Instrument. For accounts that `value_account`
/// can value it gives the same to the last unit. Where a figure is in doubt, `totals.causes` says
/// `overflow`, as there. Fills in `workings`, where they are asked for. Source: docs/formulas.md §1
/// to §4 and §9.
[[nodiscard]] GeneralFigures value_general(const AccountRow& row, const GeneralAccount& account,
                                           const GeneralMarket& market,
                                           Workings* workings = nullptr);

/// An account's P/L, without swap and commission, its margin and its closing fees, before any
/// rounding.
struct ExactSums {
    struct SymbolFee {
        SymbolId symbol;
        ClosingFee fee;
    };
    double pnl = 0.0;
    bool is_known = true;  // each P/L is: an amount too large is not
    Figure margin;
    std::vector<SymbolFee> fees;
};
/// What `value_general` says of the whole account, without the rest of it.
[[nodiscard]] ExactSums sum_exact(const AccountRow& row, const GeneralAccount& account,
                                  const GeneralMarket& market);

/// What closing the account's perpetuals costs while it holds `equity`. Source: docs/formulas.md
/// §8.2.
[[nodiscard]] Rounded closing_fee(const AccountRow& row, const GeneralAccount& account,
                                  const GeneralMarket& market, Money equity);

/// What is in doubt of the market that an account rests on.
[[nodiscard]] Causes doubts_of(const GeneralAccount& account, const QuoteBoard& quotes,
                               const RateTable& rates);

}  // namespace margind
