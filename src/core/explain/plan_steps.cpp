// Lines of an explanation: the plan of closes and the liquidation prices. Source: docs/formulas.md
// §5.4 to §5.15 and §8.
#include <cmath>

#include "core/explain/formula_names.hpp"
#include "core/explain/formula_steps.hpp"
#include "margind/core/valuation/valuation.hpp"

namespace margind {
namespace {

std::string_view formula_of(ClosePolicy policy) {
    switch (policy) {
        case ClosePolicy::largest_loss: return formula::largest_loss;
        case ClosePolicy::largest_margin: return formula::largest_margin;
        case ClosePolicy::fair: return formula::fair;
        case ClosePolicy::smart: return formula::smart;
        case ClosePolicy::fifo: return formula::fifo;
        case ClosePolicy::hedge_preserving: return formula::hedge_preserving;
    }
    return formula::plan;
}

/// The lines of a plan.
class PlanSteps {
public:
    PlanSteps(const StepSource& source, const ClosePlan& plan, Steps& steps)
        : source_{source}, plan_{plan}, money_{source.money()}, steps_{steps} {}

    void add() {
        add_stage();
        Money equity = plan_.equity;
        Money balance = source_.row.balance;
        for (const PlannedClose& close : plan_.closes) {
            add_close(close, equity, balance);
            equity = close.equity_after;
            balance = close.balance_after;
        }
        for (const SkippedClose& skipped : plan_.skipped) {
            const Exposure& exposure = source_.account.exposures[skipped.exposure];
            const bool is_halted = skipped.session == Session::halted;
            steps_.push_back(
                step("leave " + exposure.id, formula::not_trading,
                     source_.name(exposure.symbol) + (is_halted ? " is halted" : " is closed")));
        }
    }

private:
    /// Whether the level is so low that everything goes.
    void add_stage() {
        const double ratio = source_.rules().two_stage_ratio;
        if (ratio <= 0.0 || source_.rules().level_unit != LevelUnit::percent) return;
        std::string equity = std::to_string(plan_.equity.minor());
        if (plan_.closing_fee != Money{}) {
            equity = "(" + equity + " - " + std::to_string(plan_.closing_fee.minor()) + ")";
        }
        steps_.push_back(step("backstop", formula::two_stages,
                              equity + " * 10000 " + (plan_.is_backstop ? "< " : ">= ") +
                                  number(ratio) + " * " +
                                  std::to_string(source_.row.stop_out.value) + " * " +
                                  std::to_string(plan_.margin.minor()) +
                                  (plan_.is_backstop ? " (everything is closed)" : "")));
    }

    void add_close(const PlannedClose& close, Money equity, Money balance) {
        const Exposure& exposure = source_.account.exposures[close.exposure];
        const std::string subject = "close " + exposure.id;
        const bool is_order = exposure.kind != OrderKind::position;
        const std::string whole = plain_lots(close.volume) + " of " + lots(close.held);
        steps_.push_back(
            step(subject, is_order ? formula::plan : formula_of(source_.rules().close_policy),
                 whole + (is_order ? ", pending, " : ", ") + source_.name(exposure.symbol)));
        const Volume largest = exposure.instrument->volume_max;
        if (!is_order && largest.raw() > 0 && largest < close.held) {
            steps_.push_back(step("slice " + exposure.id, formula::slices,
                                  "at most " + lots(largest) + " a deal"));
        }
        add_fee(close, exposure);
        add_rest(close, exposure, equity, balance);
    }

    void add_fee(const PlannedClose& close, const Exposure& exposure) {
        const CloseFee& fee = close.fee;
        if (fee.share == 0.0) return;
        if (std::isnan(fee.exact)) {
            const Cause cause = std::isnan(fee.rate) ? Cause::no_rate : Cause::no_price;
            steps_.push_back(step("fee " + exposure.id, formula::stop_out_fee, unknown(cause)));
            return;
        }
        const Instrument& instrument = *exposure.instrument;
        std::string text = lots(close.volume) + " * " + number(instrument.contract_size);
        if (instrument.uses_price()) {
            const bool divides = instrument.mode == CalcMode::perpetual_inverse;
            text += (divides ? " / " : " * ") + number(std::abs(fee.price)) + " (price)";
        }
        text += " * " + number(fee.share) + " (fees)";
        if (instrument.margin_currency != source_.all.currency) {
            text += " * " + number(fee.rate) + " (" + instrument.margin_currency + "->" +
                    source_.all.currency + " ask)";
        }
        steps_.push_back(step("fee " + exposure.id, formula::stop_out_fee,
                              text + " = " + money_.rounded(fee.exact, fee.money)));
    }

    /// What a close leaves.
    void add_rest(const PlannedClose& close, const Exposure& exposure, Money equity,
                  Money balance) {
        const Money no_money;
        std::string text = "equity " + money_.bare(equity);
        if (close.fee.money != no_money) {
            text += " - " + money_.bare(close.fee.money) + " = " + money_.bare(close.equity_after);
        }
        std::vector<std::string> parts{money_.bare(balance), money_.bare(close.realized)};
        if (close.fee.money != no_money) parts.push_back(money_.bare(no_money - close.fee.money));
        text += "; margin " + money_.bare(close.margin_after) + "; balance " + sum_of(parts) +
                " = " + money_.bare(close.balance_after);
        if (close.margin_after > no_money) {
            const Money held_back = close.closing_fee_after;
            const Money level_equity = close.equity_after - held_back;
            std::string counted = money_.bare(close.equity_after);
            if (held_back != no_money) {
                text += "; closing fee " + money_.bare(held_back);
                counted = "(" + counted + " - " + money_.bare(held_back) + ")";
            }
            text += "; level " + counted + " / " + money_.bare(close.margin_after) +
                    " * 100 = " + number(level_percent(level_equity, close.margin_after)) + " %";
        }
        steps_.push_back(step("after " + exposure.id, formula::plan, text));
    }

    const StepSource& source_;
    const ClosePlan& plan_;
    CurrencyText money_;
    Steps& steps_;
};

}  // namespace

void add_plan_steps(const StepSource& source, const ClosePlan& plan, Steps& steps) {
    PlanSteps{source, plan, steps}.add();
}

Steps liquidation_steps(const std::string& symbol, const LiquidationPrices& prices,
                        const CurrencyText& money) {
    Steps steps;
    const auto rounded = [&](double amount) {
        const Rounded minor = round_to_minor(amount * scale(money.digits));
        return minor.fits ? money.rounded(amount, minor.money) : number(amount);
    };
    // Both sides to the currency's digits: a price is found to the last bit, amounts are not.
    const auto bare = [&](double amount) {
        const Rounded minor = round_to_minor(amount * scale(money.digits));
        return minor.fits ? money.bare(minor.money) : number(amount);
    };
    if (prices.bankruptcy) {
        const PointFigures& point = prices.at_bankruptcy;
        steps.push_back(step("bankruptcy price " + symbol, formula::bankruptcy,
                             "at " + number(*prices.bankruptcy) + "; equity " + bare(point.equity) +
                                 " <= " + bare(point.fee) + " (fee)"));
    }
    if (!prices.stop_out) return steps;
    const PointFigures& point = prices.at_stop_out;
    std::string needed;
    if (point.level == 0.0) {
        needed = number(point.reserve) + " (level)";
    } else {
        needed = number(point.level) + " (level) * " + number(point.margin) + " (margin)";
    }
    if (point.fee != 0.0) needed += " + " + number(point.fee) + " (fee)";
    steps.push_back(step("liquidation price " + symbol, formula::liquidation,
                         "at " + number(*prices.stop_out) + "; needed " + needed + " = " +
                             rounded(point.needed()) + "; equity " + bare(point.equity) +
                             " <= " + bare(point.needed())));
    if (!prices.stop_out_tick) return steps;
    const bool is_down = prices.whole_ticks < prices.ticks;
    steps.push_back(step("liquidation price tick " + symbol, formula::to_the_tick,
                         number(*prices.stop_out) + " / " + number(prices.tick) + " = " +
                             number(prices.ticks) + (is_down ? " down to " : " up to ") +
                             number(prices.whole_ticks) + " * " + number(prices.tick) + " = " +
                             number(*prices.stop_out_tick)));
    return steps;
}

}  // namespace margind
