#pragma once
#include <cmath>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "margind/core/base/money.hpp"
#include "margind/core/rules/margin_formula.hpp"
#include "margind/core/valuation/general_account.hpp"
#include "margind/core/valuation/workings.hpp"

namespace margind {

/// The symbols that share their tiers with others, set by set, by their places.
[[nodiscard]] std::vector<std::vector<std::size_t>> tier_sets(const std::vector<Holding>& holdings);

/// One account's general valuation while it runs.
class GeneralValuation {
public:
    GeneralValuation(const AccountRow& row, const GeneralAccount& account,
                     const GeneralMarket& market, Workings* workings)
        : row_{row}, account_{account}, market_{market}, workings_{workings} {}

    GeneralFigures run();
    [[nodiscard]] ExactSums sums() const;
    /// What closing the perpetuals costs when that much is left.
    [[nodiscard]] Rounded closing_fee(double equity) const;

private:
    friend class MarginTrials;

    /// Where the figures of one symbol go beside their sum. Null where nobody asks.
    struct Report {
        GeneralFigures* figures = nullptr;
        HoldingWorkings* workings = nullptr;
    };

    // general_pnl.cpp
    void value_pnl(GeneralFigures& out);
    [[nodiscard]] PnlWorkings pnl_of(const Exposure& exposure) const;
    [[nodiscard]] Conversion pnl_rate(const Exposure& exposure, bool is_profit, double price) const;
    [[nodiscard]] std::optional<double> own_rate(SymbolId symbol, RateId rate, double price) const;

    // general_fees.cpp
    void value_fees(GeneralFigures& out);
    [[nodiscard]] std::vector<ClosingFeeWorkings> closing_fees() const;
    [[nodiscard]] ClosingFeeWorkings closing_fee_of(std::span<const Exposure> exposures) const;

    // general_margin.cpp
    void value_margin(GeneralFigures& out);
    [[nodiscard]] Figure margin_of_all(MarginUse use, GeneralFigures* figures,
                                       MarginSheet* sheet) const;
    [[nodiscard]] std::vector<Holding> holdings() const;
    void value_legs(Holding& holding, MarginUse use, Report report) const;
    [[nodiscard]] PriceTaken margin_price(const Exposure& exposure) const;
    [[nodiscard]] Conversion margin_rate(const Exposure& exposure, bool is_mixed) const;
    [[nodiscard]] double leverage_of(const Instrument& instrument) const;
    [[nodiscard]] double capped_leverage(const Instrument& instrument) const;
    [[nodiscard]] MarginWorkings margin_of(const Exposure& exposure, bool is_mixed, MarginUse use,
                                           std::optional<double> side_notional = {}) const;
    [[nodiscard]] PriceTaken maintenance_price(const Exposure& exposure) const;
    [[nodiscard]] std::optional<double> side_notional(const Holding& holding, bool is_short) const;

    // general_hedging.cpp
    void net_positions(Holding& holding, MarginUse use, Report report) const;
    [[nodiscard]] Figure symbol_margin(const Holding& holding, MarginUse use, Report report) const;
    [[nodiscard]] Figure larger_leg(const Holding& holding, Report report) const;
    [[nodiscard]] Figure leg_margin(const Holding& holding, bool is_short, Report report) const;
    [[nodiscard]] Figure basic_margin(const Holding& holding, MarginUse use, Report report) const;
    [[nodiscard]] HedgeWorkings covered_margin(const Holding& holding, MarginUse use) const;
    [[nodiscard]] HedgeWorkings uncovered_margin(const Holding& holding, MarginUse use) const;
    [[nodiscard]] MarginWorkings mean_margin(const Holding& holding, Volume volume, double price,
                                             double rate, Conversion conversion,
                                             MarginUse use) const;
    [[nodiscard]] Conversion mean_conversion(const Holding& holding, double price,
                                             bool is_short) const;
    [[nodiscard]] Figure counted_orders(const Leg& leg) const {
        return leg.pending_share == 1.0 ? leg.orders : figure(leg.orders.exact * leg.pending_share);
    }
    void add_part(Report report, const Holding& holding, std::string name,
                  const Figure& part) const;

    // general_tiers.cpp
    [[nodiscard]] Figure through_tiers(const Holding& holding, const Leg& leg, const Figure& total,
                                       Report report, SideWorkings* side) const;
    void stretch_exposures(const Holding& holding, std::optional<bool> is_short,
                           const Figure& before, const Figure& after, Report report) const;
    [[nodiscard]] double tier_amount(const Holding& holding, const Leg& leg) const;
    [[nodiscard]] const Leg& further_leg(const Holding& holding) const;
    void join_tiers(std::vector<Holding>& holdings, const std::vector<std::size_t>& set) const;

    [[nodiscard]] Figure figure(double exact) const {
        return {round_to_minor(exact * scale(row_.digits)), exact};
    }

    const AccountRow& row_;
    const GeneralAccount& account_;
    const GeneralMarket& market_;
    Workings* workings_;  // null where nobody asks
    bool is_known_ = true;
    std::int64_t pnl_ = 0;
    Money margin_;
};

inline void add_figure(Figure& sum, const Figure& part) {
    std::int64_t total = 0;
    sum.money.fits &= part.money.fits && !__builtin_add_overflow(sum.money.money.minor(),
                                                                 part.money.money.minor(), &total);
    sum.money.money = Money::from_minor(total);
    sum.exact += part.exact;
}

}  // namespace margind
