// Lines of an explanation: the prop-firm limits. Source: docs/formulas.md §10.
#include "core/explain/formula_names.hpp"
#include "core/explain/formula_steps.hpp"

namespace margind {
namespace {

/// The lines of one limit.
class LimitSteps {
public:
    LimitSteps(const Explanation& all, std::string_view name, std::string_view formula,
               Money equity, Steps& steps)
        : rules_{all.prop->rules},
          money_{all.currency, all.digits},
          name_{name},
          formula_{formula},
          equity_{equity},
          steps_{steps} {}

    void add(const LimitReading& reading, const std::optional<LossLimit>& size,
             std::string_view reference_name) {
        if (!reading.is_on || !size) return;
        if (!reading.figures) {
            add_step("", "unknown (" + std::string{name_of(reading.doubt)} + ")");
            return;
        }
        const LimitFigures& figures = *reading.figures;
        const std::string reference =
            money_.bare(figures.reference) + " (" + std::string{reference_name} + ")";
        add_step(" limit", limit_text(figures, *size, reference) + money_(figures.limit));
        const std::string kept = rules_.losses_only && formula_ == formula::daily_loss
                                     ? " + " + money_.bare(figures.kept_profit) + " (kept profit)"
                                     : "";
        add_step(" floor", reference + kept + " - " + money_.bare(figures.limit) +
                               " (limit) = " + money_(figures.floor));
        add_step("", loss_text(figures, reference + kept) + money_(figures.loss));
        add_step(" left", money_.bare(figures.limit) + " (limit) - " + loss(figures) + " = " +
                              money_(figures.remaining) + "; " +
                              std::string{to_string(reading.verdict)});
    }

private:
    static std::string_view name_of(PropDoubt doubt) {
        for (const auto& [name, known] : prop_doubt_names) {
            if (known == doubt) return name;
        }
        return "";
    }
    [[nodiscard]] std::string loss(const LimitFigures& figures) const {
        const std::string text = money_.bare(figures.loss);
        return figures.loss < Money{} ? "(" + text + ")" : text;
    }
    [[nodiscard]] std::string limit_text(const LimitFigures& figures, const LossLimit& size,
                                         const std::string& reference) const {
        if (rules_.drawdown_lock && figures.floor == *rules_.drawdown_lock &&
            formula_ == formula::drawdown) {
            return reference + " - " + money_.bare(*rules_.drawdown_lock) + " (lock) = ";
        }
        if (size.unit == LossUnit::money || figures.limit == Money{}) return "";
        const bool is_of_initial = size.unit == LossUnit::percent_of_initial;
        const Money whole =
            is_of_initial ? rules_.initial_balance.value_or(Money{}) : figures.reference;
        const std::string of =
            is_of_initial ? money_.bare(whole) + " (initial balance)" : reference;
        const double exact = static_cast<double>(size.share.value) * whole.to_double(money_.digits);
        const bool is_up = rules_.limit_compare == LevelCompare::less_equal;
        std::string text = std::to_string(size.share.value) + " * " + of + " / 10000 = ";
        const double share = exact / 10'000.0;
        if (number(share) == number(figures.limit.to_double(money_.digits))) return text;
        return text + number(share) + (is_up ? " up to " : " down to ");
    }
    [[nodiscard]] std::string loss_text(const LimitFigures& figures,
                                        const std::string& from) const {
        const Money floating = Money::from_minor(figures.reference.minor() +
                                                 figures.kept_profit.minor() - equity_.minor());
        if (figures.loss != floating) return "realised since the reset; ";
        const std::string equity = money_.bare(equity_);
        return from + " - " + (equity_ < Money{} ? "(" + equity + ")" : equity) + " (equity) = ";
    }
    void add_step(std::string_view what, const std::string& text) {
        steps_.push_back(step(std::string{name_} + std::string{what}, formula_, text));
    }

    const PropRules& rules_;
    CurrencyText money_;
    std::string_view name_;
    std::string_view formula_;
    Money equity_;
    Steps& steps_;
};

}  // namespace

void add_prop_steps(const Explanation& all, Steps& steps) {
    const PropExplained& prop = *all.prop;
    const Money equity = prop.reading.equity.value_or(Money{});  // without it there are no figures
    const bool is_trailing = prop.rules.drawdown_mode == DrawdownMode::trailing;
    const char* base = "balance at the reset";
    if (prop.rules.daily_loss_base == DailyLossBase::equity) base = "equity at the reset";
    if (prop.rules.daily_loss_base == DailyLossBase::larger) {
        base = "larger of balance and equity at the reset";
    }
    LimitSteps{all, "daily loss", formula::daily_loss, equity, steps}.add(
        prop.reading.daily_loss, prop.rules.daily_loss, base);
    LimitSteps{all, "drawdown", formula::drawdown, equity, steps}.add(
        prop.reading.drawdown, prop.rules.drawdown, is_trailing ? "peak" : "initial balance");
}

}  // namespace margind
