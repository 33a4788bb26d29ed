#pragma once
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/explain/step_text.hpp"
#include "margind/core/book/book.hpp"
#include "margind/core/explain/explanation.hpp"
#include "margind/core/market/conversion.hpp"
#include "margind/core/stop_out/close_plan.hpp"
#include "margind/core/stop_out/liquidation.hpp"
#include "margind/core/valuation/general_account.hpp"
#include "margind/core/valuation/platform_valuation.hpp"
#include "margind/core/valuation/workings.hpp"

// The lines of an explanation, in the order of the calculation: what each figure was worked out
// from, under the heading of its formula in docs/formulas.md. Nothing is computed here.
namespace margind {

/// What the lines of an account are written from. All of it outlives them.
struct StepSource {
    const Explanation& all;  // its currency, its rates and what is wrong with it
    const AccountRow& row;
    const GeneralAccount& account;  // what of it can be valued
    const Symbols& symbols;

    [[nodiscard]] const RuleSet& rules() const { return *account.rules; }
    [[nodiscard]] CurrencyText money() const { return {all.currency, all.digits}; }
    [[nodiscard]] const std::string& name(SymbolId symbol) const { return symbols.name(symbol); }
};

/// The same with the figures.
struct FigureSource : StepSource {
    const GeneralFigures& figures;
    const Workings& workings;
    const GeneralMarket& market;
    const QuoteBoard& quotes;
    std::span<const PositionRecord> positions;
    std::span<const OrderImage> pending;  // that reserve margin
    bool is_isolated = false;             // a position that stands apart

    /// Why the price of a position, or a conversion, is not there.
    [[nodiscard]] Causes price_doubts(const Exposure& exposure) const;
    [[nodiscard]] Causes rate_doubts(RateId rate) const;
};

using Steps = std::vector<std::string>;

/// What was rounded when it was read: balance, swap, commission.
void add_reading_steps(const Explanation& all, double balance,
                       std::span<const PositionRecord> positions, Steps& steps);
/// Every conversion, and where a middle is used that too.
void add_rate_steps(const FigureSource& source, Steps& steps);
void add_pnl_steps(const FigureSource& source, Steps& steps);
void add_margin_steps(const FigureSource& source, Steps& steps);
/// From swap and commission to the verdict.
void add_account_steps(const FigureSource& source, Steps& steps);
void add_plan_steps(const StepSource& source, const ClosePlan& plan, Steps& steps);
void add_deficit_step(const Explanation& all, Money balance, Money deficit, Steps& steps);
/// Of the prop-firm limits that are on.
void add_prop_steps(const Explanation& all, Steps& steps);
void add_platform_steps(const PlatformFigures& figures, const Explanation& all, Steps& steps);
[[nodiscard]] Steps liquidation_steps(const std::string& symbol, const LiquidationPrices& prices,
                                      const CurrencyText& money);

// Parts of the above.

/// "EURUSD ask", "order price"
[[nodiscard]] std::string price_name(const StepSource& source, SymbolId symbol,
                                     PriceTaken::Kind kind);
/// The margin of a volume in numbers, up to its rounding, without its result.
[[nodiscard]] std::string margin_arithmetic(const StepSource& source, const Instrument& instrument,
                                            SymbolId symbol, const MarginWorkings& margin);
/// A margin of one exposure, one net position, with the lines that lead to it.
void add_single_margin(const FigureSource& source, const Exposure& exposure,
                       const MarginWorkings& margin, const std::string& subject, Steps& steps);
/// "(1 * 1.1 + 2 * 1.2) / (1 + 2)": the mean open price of the positions on one side, or of all.
[[nodiscard]] std::string mean_open_text(const StepSource& source, const Holding& holding,
                                         std::optional<bool> is_short);
/// What one symbol's exposures come to. `name` is that of the margin: "margin", "initial margin".
void add_holding_steps(const FigureSource& source, const HoldingWorkings& holding,
                       const std::string& name, Steps& steps);
void add_hedge_steps(const FigureSource& source, const HoldingWorkings& holding,
                     const std::string& name, Steps& steps);
/// What closing one symbol's perpetuals costs.
void add_closing_fee_step(const StepSource& source, const ClosingFeeWorkings& fee, Steps& steps);
void add_tier_steps(const FigureSource& source, const HoldingWorkings& holding,
                    const SideWorkings& side, const Leg* leg, const std::string& subject,
                    Steps& steps);

}  // namespace margind
