// Lines of an explanation: basic hedging. Source: docs/formulas.md §3.2 and §3.3.
#include <cmath>

#include "core/explain/formula_names.hpp"
#include "core/explain/formula_steps.hpp"

namespace margind {
namespace {

class HedgeSteps {
public:
    HedgeSteps(const FigureSource& source, const HoldingWorkings& workings, const std::string& name,
               Steps& steps)
        : source_{source},
          workings_{workings},
          holding_{workings.holding},
          instrument_{*workings.holding.instrument},
          money_{source.money()},
          symbol_{source.name(holding_.symbol)},
          name_{name},
          steps_{steps} {}

    void add() {
        std::vector<std::string> parts;
        if (workings_.covered) {
            add_covered(*workings_.covered);
            parts.push_back(money_.bare(workings_.covered->margin.figure.money.money));
        }
        if (workings_.uncovered) {
            add_uncovered(*workings_.uncovered);
            parts.push_back(money_.bare(workings_.uncovered->margin.figure.money.money));
        }
        if (holding_.legs[0].order_raw > 0 || holding_.legs[1].order_raw > 0) {
            add_orders();
            parts.push_back(money_.bare(workings_.hedge.orders.money.money));
        }
        const std::string subject = name_ + " " + symbol_;
        steps_.push_back(step(subject, formula::basic_hedging,
                              sum_to(parts, money_(workings_.hedge.total.money.money))));
        if (workings_.hedge.tiers) {
            add_tier_steps(source_, workings_, workings_.hedge, nullptr, subject, steps_);
        }
    }

private:
    [[nodiscard]] bool is_foreign() const {
        return instrument_.margin_currency != source_.all.currency;
    }
    /// True where the hedged margin is an amount per lot.
    [[nodiscard]] bool is_amount() const {
        return instrument_.mode == CalcMode::fixed || instrument_.mode == CalcMode::futures;
    }

    void add_mean_price(const std::string& what, const MarginWorkings& margin,
                        std::optional<bool> is_short) {
        steps_.push_back(
            step("open price " + what + symbol_, formula::basic_hedging,
                 mean_open_text(source_, holding_, is_short) + " = " + number(margin.open_price)));
    }

    /// At a mean open price, where that is the symbol itself.
    [[nodiscard]] std::string rate_text(const Conversion& conversion) const {
        const bool is_own = conversion.side == Conversion::Side::own_price;
        return number(conversion.rate) + " (" +
               (is_own ? "mean open price" : std::string{side_of(conversion.side)}) + ")";
    }

    void add_covered(const HedgeWorkings& covered) {
        const MarginWorkings& margin = covered.margin;
        add_mean_price("of all ", margin, std::nullopt);
        if (covered.rates[0] != 1.0 || covered.rates[1] != 1.0) {
            steps_.push_back(step("margin rate hedged " + symbol_, formula::basic_hedging,
                                  "(" + number(covered.rates[0]) + " (long) + " +
                                      number(covered.rates[1]) +
                                      " (short)) / 2 = " + number(margin.margin_rate)));
        }
        if (is_foreign()) {
            steps_.push_back(step("rate hedged " + symbol_, formula::basic_hedging,
                                  "(" + rate_text(covered.conversions[0]) + " + " +
                                      rate_text(covered.conversions[1]) +
                                      ") / 2 = " + number(margin.conversion.rate)));
        }
        const bool has_size = instrument_.hedged_margin.has_value();
        steps_.push_back(step(name_ + " hedged " + symbol_,
                              has_size ? formula::hedged_contract_size : formula::basic_hedging,
                              covered_text(covered) + " = " +
                                  money_.rounded(margin.figure.exact, margin.figure.money.money)));
    }

    [[nodiscard]] std::string covered_text(const HedgeWorkings& covered) const {
        const MarginWorkings& margin = covered.margin;
        if (instrument_.hedged_margin && is_amount()) {
            std::string text = lots(margin.volume) + " * " + number(*instrument_.hedged_margin) +
                               " (hedged margin)";
            if (margin.margin_rate != 1.0) {
                text += " * " + number(margin.margin_rate) + " (margin rate)";
            }
            if (!is_foreign()) return text;
            return text + " = " + number(margin.amount) + " " + instrument_.margin_currency +
                   " * " + number(margin.conversion.rate) + " (rate)";
        }
        std::string text = margin_arithmetic(source_, instrument_, holding_.symbol, margin);
        if (!instrument_.hedged_margin) return text;
        return text + " = " + number(covered.whole) + " * (" + number(*instrument_.hedged_margin) +
               " / " + number(instrument_.contract_size) + ")";
    }

    void add_uncovered(const HedgeWorkings& uncovered) {
        const MarginWorkings& margin = uncovered.margin;
        const bool is_short = holding_.legs[1].position_raw > holding_.legs[0].position_raw;
        add_mean_price(is_short ? "short " : "long ", margin, is_short);
        steps_.push_back(step(name_ + " uncovered " + symbol_, formula::basic_hedging,
                              margin_arithmetic(source_, instrument_, holding_.symbol, margin) +
                                  " = " +
                                  money_.rounded(margin.figure.exact, margin.figure.money.money)));
    }

    void add_orders() {
        std::vector<std::string> margins;
        for (std::size_t i = holding_.first; i < holding_.last; ++i) {
            if (source_.account.exposures[i].kind == OrderKind::position) continue;
            const Figure& figure = workings_.exposures[i - holding_.first].figure;
            margins.push_back(money_.bare(figure.money.money));
        }
        steps_.push_back(step(name_ + " orders " + symbol_, formula::pending_orders,
                              sum_to(margins, money_(workings_.hedge.orders.money.money))));
    }

    const FigureSource& source_;
    const HoldingWorkings& workings_;
    const Holding& holding_;
    const Instrument& instrument_;
    CurrencyText money_;
    const std::string& symbol_;
    const std::string& name_;
    Steps& steps_;
};

}  // namespace

void add_hedge_steps(const FigureSource& source, const HoldingWorkings& holding,
                     const std::string& name, Steps& steps) {
    HedgeSteps{source, holding, name, steps}.add();
}

}  // namespace margind
