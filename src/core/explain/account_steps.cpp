// Lines of an explanation: from the positions' P/L and margins to the verdict. Source:
// docs/formulas.md §1.6, §1.7, §5 and §7.
#include <algorithm>
#include <cmath>

#include "core/explain/formula_names.hpp"
#include "core/explain/formula_steps.hpp"
#include "margind/core/base/decimal.hpp"
#include "margind/core/valuation/valuation.hpp"

namespace margind {
namespace {

/// "max(1.2, 3.4)", or the only one.
std::string largest_of(const std::vector<std::string>& numbers) {
    if (numbers.size() == 1) return numbers.front();
    std::string list;
    for (const std::string& each : numbers) list += (list.empty() ? "" : ", ") + each;
    return "max(" + list + ")";
}

double in_unit(Level level) { return static_cast<double>(level.value) / 100.0; }

/// The figures of an account that is valued.
class AccountSteps {
public:
    AccountSteps(const FigureSource& source, Steps& steps)
        : source_{source}, totals_{source.figures.totals}, money_{source.money()}, steps_{steps} {}

    void add() {
        add_carry();
        add_pnl();
        add_equity();
        steps_.push_back(step("free margin", formula::equity,
                              money_.bare(totals_.equity) + " - " + money_.bare(totals_.margin) +
                                  " = " + money_(totals_.free_margin())));
        add_closing_fees();
        if (totals_.margin.minor() > 0) {
            add_levels();
        } else {
            add_no_level();
        }
    }

private:
    [[nodiscard]] bool has_carry() const { return !carry_.empty(); }
    [[nodiscard]] bool holds_positions() const {
        return std::ranges::any_of(source_.account.exposures, [](const Exposure& exposure) {
            return exposure.kind == OrderKind::position;
        });
    }

    void add_carry() {
        for (const PositionRecord& position : source_.positions) {
            if (position.is_isolated != source_.is_isolated) continue;
            const auto swap = money_from_real(position.swap, money_.digits);
            const auto commission = money_from_real(position.commission, money_.digits);
            if (swap && swap->minor() != 0) carry_.push_back(money_.bare(*swap));
            if (commission && commission->minor() != 0) {
                carry_.push_back(money_.bare(Money{} - *commission));
            }
        }
        if (!has_carry()) return;
        steps_.push_back(step("swap and commission", formula::equity,
                              sum_to(carry_, money_(source_.row.carry))));
    }

    /// What is lost, or won, by rounding single positions is told where there is any.
    void add_pnl() {
        std::vector<std::string> rounded;
        std::vector<std::string> exact;
        const auto& exposures = source_.account.exposures;
        for (std::size_t i = 0; i < exposures.size(); ++i) {
            if (exposures[i].kind != OrderKind::position) continue;
            const Figure& figure = source_.workings.pnl[i].figure;
            rounded.push_back(money_.bare(figure.money.money));
            exact.push_back(number(figure.exact));
        }
        const Money positions = totals_.pnl - source_.row.carry;
        const double sum = source_.figures.pnl_exact;
        const bool is_total = source_.rules().pnl_rounding == PnlRounding::total;
        const bool is_same =
            money_.amount(sum) == money_.amount(positions.to_double(money_.digits));
        if (is_total || !is_same) {
            steps_.push_back(step("pnl exact", formula::pnl_rounding,
                                  sum_to(exact, is_total ? money_.rounded(sum, positions)
                                                         : number(sum) + " " + money_.code)));
        }
        std::vector<std::string> parts = is_total ? std::vector{money_.bare(positions)} : rounded;
        if (has_carry()) parts.push_back(money_.bare(source_.row.carry));
        steps_.push_back(step("pnl", formula::equity, sum_to(parts, money_(totals_.pnl))));
    }

    void add_equity() {
        if (source_.is_isolated) {
            steps_.push_back(step("equity", formula::isolated,
                                  sum_of({money_.bare(totals_.balance) + " (isolated margin)",
                                          money_.bare(totals_.pnl) + " (pnl)"}) +
                                      " = " + money_(totals_.equity)));
            return;
        }
        const bool has_credit = source_.rules().credit_in_equity;
        std::vector<std::string> parts{money_.bare(totals_.balance) + " (balance)"};
        if (has_credit) parts.push_back(money_.bare(source_.all.credit) + " (credit)");
        for (const Exposure& isolated : source_.account.isolated) {
            parts.push_back(money_.bare(Money{} - isolated.isolated_margin) + " (isolated " +
                            isolated.id + ")");
        }
        parts.push_back(money_.bare(totals_.pnl) + " (pnl)");
        std::string text = sum_of(parts) + " = " + money_(totals_.equity);
        if (!has_credit) text += " (credit does not count)";
        steps_.push_back(step("equity", formula::equity, text));
    }

    /// What is held back to close perpetuals, where their venue charges for that.
    void add_closing_fees() {
        const auto& fees = source_.workings.closing_fees;
        if (fees.empty()) return;
        steps_.push_back(step("equity exact", formula::bankruptcy,
                              sum_of({money_.bare(source_.row.cash) + " (cash)",
                                      number(source_.figures.pnl_exact) + " (pnl exact)"}) +
                                  " = " + number(fees.front().equity) + " " + money_.code));
        double now = 0.0;
        std::vector<std::string> each_now;
        std::vector<std::string> ways;  // that may be the dearest
        for (const ClosingFeeWorkings& each : fees) {
            add_closing_fee_step(source_, each, steps_);
            now += each.fee.now();
            each_now.push_back(number(each.fee.now()));
        }
        if (fees.size() > 1) {
            steps_.push_back(step("closing fee now", formula::bankruptcy,
                                  sum_to(each_now, number(now) + " " + money_.code)));
        }
        for (std::size_t i = 0; i < fees.size(); ++i) {
            if (fees[i].fee.net == 0.0) continue;
            const std::string held = number(fees[i].fee.held_back(fees[i].equity));
            const bool is_alone = fees.size() == 1;
            ways.push_back(is_alone ? held : held + " + " + number(now) + " - " + each_now[i]);
        }
        const Figure& total = source_.workings.closing_fee;
        steps_.push_back(step("closing fee", formula::bankruptcy,
                              (ways.empty() ? number(now) : largest_of(ways)) + " = " +
                                  money_.rounded(total.exact, total.money.money)));
    }

    /// Equity as levels are read from it, as a factor: in brackets where something is held back.
    template <class Text>
    [[nodiscard]] std::string level_equity(Text text) const {
        if (totals_.closing_fee.minor() == 0) return text(totals_.equity);
        return "(" + text(totals_.equity) + " - " + text(totals_.closing_fee) + ")";
    }
    [[nodiscard]] std::string level_equity() const {
        return level_equity([&](Money money) { return money_.bare(money); });
    }

    void add_levels() {
        const std::string equity = level_equity();
        const std::string margin = money_.bare(totals_.margin);
        const Money held = totals_.level_equity();
        steps_.push_back(step("level", formula::level,
                              equity + " / " + margin + " * 100 = " +
                                  number(level_percent(held, totals_.margin)) + " %"));
        add_threshold("margin call", source_.row.margin_call);
        add_threshold("stop-out", source_.row.stop_out);
        const bool has_closeout =
            source_.rules().level_unit == LevelUnit::percent && held.minor() > 0;
        if (!has_closeout) return;
        steps_.push_back(
            step("closeout percent", formula::level,
                 number(in_unit(source_.row.stop_out)) + " * " + margin + " / " + equity + " = " +
                     number(closeout_percent(held, totals_.margin, source_.row.stop_out)) + " %"));
    }

    void add_threshold(const std::string& name, Level level) {
        const RuleSet& rules = source_.rules();
        const bool is_reached =
            has_reached(totals_.level_equity(), totals_.margin, money_.digits, level, rules);
        const bool is_less = rules.level_compare == LevelCompare::less;
        const std::string compare =
            is_reached ? (is_less ? " < " : " <= ") : (is_less ? " >= " : " > ");
        const std::string outcome = is_reached ? " (reached)" : " (not reached)";
        if (rules.level_unit == LevelUnit::money) {
            steps_.push_back(step(
                name, formula::level,
                level_equity() + compare + number(in_unit(level)) + " " + money_.code + outcome));
            return;
        }
        const auto minor = [](Money money) { return std::to_string(money.minor()); };
        steps_.push_back(step(name, formula::level,
                              level_equity(minor) + " * 10000" + compare +
                                  std::to_string(level.value) + " * " +
                                  std::to_string(totals_.margin.minor()) + outcome));
    }

    void add_no_level() {
        const bool is_reached = source_.rules().fully_hedged_stop_out && holds_positions() &&
                                totals_.level_equity().minor() < 0;
        const std::string margin = "margin " + money_(totals_.margin);
        if (!is_reached) {
            steps_.push_back(step("level", formula::level, "none, " + margin));
            return;
        }
        steps_.push_back(
            step("level", formula::fully_hedged,
                 margin + "; equity " + level_equity() + " < 0 (both levels are reached)"));
    }

    const FigureSource& source_;
    const Valuation& totals_;
    CurrencyText money_;
    std::vector<std::string> carry_;
    Steps& steps_;
};

std::string verdict_text(const Explanation& all) {
    std::string text{to_string(all.verdict)};
    if (!all.causes.none()) text = unknown(all.causes);
    return text + ", state " + std::string{to_string(all.state)};
}

}  // namespace

void add_account_steps(const FigureSource& source, Steps& steps) {
    Causes causes = source.all.causes;
    if (causes.none()) causes = source.figures.totals.causes;
    if (causes.none()) {
        AccountSteps{source, steps}.add();
        if (source.is_isolated) return;
    } else {
        for (const char* figure : {"pnl", "equity", "free margin"}) {
            steps.push_back(step(figure, formula::equity, unknown(causes)));
        }
        steps.push_back(step("level", formula::level, unknown(causes)));
    }
    steps.push_back(step("verdict", formula::states, verdict_text(source.all)));
}

void add_deficit_step(const Explanation& all, Money balance, Money deficit, Steps& steps) {
    const CurrencyText money{all.currency, all.digits};
    steps.push_back(step("deficit", formula::deficit,
                         "-(" + money.bare(balance) + " (balance) + " + money.bare(all.credit) +
                             " (credit)) = " + money(deficit)));
}

void add_platform_steps(const PlatformFigures& figures, const Explanation& all, Steps& steps) {
    const auto add = [&](std::string_view subject, const std::string& text) {
        steps.push_back(step(subject, formula::platform, text));
    };
    // Figures that are no finite number are not told, nor what would follow from them.
    const auto add_figure = [&](std::string_view subject, const std::string& from, double figure,
                                std::string_view unit) {
        add(subject, std::isfinite(figure) ? from + published(figure) + std::string{unit}
                                           : unknown(Cause::overflow));
    };
    const CurrencyText usd{"USD", Digits{2}};
    if (figures.error == PlatformError::none) {
        const double used = figures.used_margin_executed;
        const std::string equity = usd.amount(figures.equity);
        add_figure("equity",
                   sum_of({usd.amount(figures.balance) + " (balance)",
                           usd.amount(figures.open_pnl) + " (open pnl)"}) +
                       " = ",
                   figures.equity, " USD");
        add_figure("used margin", "", used, " USD");
        add_figure("free margin", equity + " - " + usd.amount(used) + " = ", figures.free_margin(),
                   " USD");
        if (used == 0.0) {
            add("level", "none, nothing is used");
        } else {
            add_figure("level", equity + " / " + usd.amount(used) + " * 100 = ",
                       std::isfinite(used) ? figures.level : used, " %");
        }
        if (used != 0.0 && std::isfinite(used) && std::isfinite(figures.level)) {
            const double level = round_cents(figures.level);
            const double stop_out = in_unit(all.stop_out);
            const double margin_call = in_unit(all.margin_call);
            add("margin call", fixed_number(level, 2) + (level <= margin_call ? " <= " : " > ") +
                                   number(margin_call));
            add("stop-out",
                fixed_number(level, 2) + (level < stop_out ? " < " : " >= ") + number(stop_out));
        }
    }
    add("verdict", verdict_text(all));
}

}  // namespace margind
