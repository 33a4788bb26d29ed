// Lines of an explanation: the P/L of each position. Source: docs/formulas.md §1.
#include <cmath>
#include <utility>

#include "core/explain/formula_names.hpp"
#include "core/explain/formula_steps.hpp"

namespace margind {
namespace {

bool has_ticks(const Instrument& instrument) {
    return instrument.mode == CalcMode::futures && instrument.tick_size > 0.0 &&
           instrument.tick_value > 0.0;
}

std::string_view formula_of(const Instrument& instrument) {
    if (instrument.is_forex()) return formula::profit_forex;
    if (instrument.is_perpetual()) return formula::profit_perpetual;
    return has_ticks(instrument) ? formula::profit_futures : formula::profit_cfd;
}

PriceTaken::Kind closing_kind(const RuleSet& rules, bool is_short) {
    switch (rules.valuation_price) {
        case ValuationPrice::closing_side: break;
        case ValuationPrice::mid: return PriceTaken::Kind::mid;
        case ValuationPrice::mark: return PriceTaken::Kind::mark;
        case ValuationPrice::last: return PriceTaken::Kind::last;
    }
    return is_short ? PriceTaken::Kind::ask : PriceTaken::Kind::bid;
}

/// "1 lot * 100000", or for ticks "2 lots * 12.5 (tick value) / 0.25 (tick size)".
std::string size_text(const Exposure& exposure) {
    const Instrument& instrument = *exposure.instrument;
    if (has_ticks(instrument)) {
        return lots(exposure.volume) + " * " + number(instrument.tick_value) + " (tick value) / " +
               number(instrument.tick_size) + " (tick size)";
    }
    return lots(exposure.volume) + " * " + number(instrument.contract_size);
}

/// One position's P/L in words.
class PositionText {
public:
    PositionText(const FigureSource& source, const Exposure& exposure, const PnlWorkings& pnl)
        : source_{source},
          exposure_{exposure},
          pnl_{pnl},
          profit_{exposure.instrument->profit_currency, exposure.profit_digits} {
        const auto kind = closing_kind(source.rules(), exposure.is_short);
        close_ = number(pnl.close) + " (" + price_name(source, exposure.symbol, kind) + ")";
        open_ = number(exposure.price) + " (open price)";
    }

    [[nodiscard]] std::string text() const {
        std::string text = has_legs() ? legs_text() : move_text();
        if (profit_.code == source_.all.currency) return text;
        const double rate = pnl_.conversion.rate;
        text += "; " + profit_text() + " " + profit_.code + " * " + number(rate) + " (" +
                profit_.code + "->" + source_.all.currency + " " +
                std::string{side_of(pnl_.conversion.side)} + ")";
        return text + " = " + source_.money().rounded(pnl_.converted, pnl_.figure.money.money);
    }

    /// Where the rate is the position's own price.
    [[nodiscard]] std::optional<std::string> own_rate_text() const {
        if (pnl_.conversion.side != Conversion::Side::own_price) return std::nullopt;
        const RatePath& path = source_.market.path(exposure_.pnl_rate);
        if (!path.steps[0].is_inverse) return close_;
        return "1 / " + close_ + " = " + number(pnl_.conversion.rate);
    }

private:
    [[nodiscard]] bool is_inverse() const {
        return exposure_.instrument->mode == CalcMode::perpetual_inverse;
    }
    [[nodiscard]] bool has_legs() const { return !std::isnan(pnl_.closing_value); }
    /// Sums of the legs are told with the larger one first where the other way gains.
    [[nodiscard]] bool is_reversed() const { return exposure_.is_short != is_inverse(); }
    [[nodiscard]] bool is_rounded() const {
        return has_legs() || source_.rules().pnl_rounding != PnlRounding::total;
    }

    [[nodiscard]] std::string leg_text(std::string_view name, const std::string& price,
                                       double value, Money leg) const {
        std::string text{name};
        const Instrument& instrument = *exposure_.instrument;
        if (has_ticks(instrument)) {
            text += " " + price + " * " + size_text(exposure_);
        } else {
            text += " " + size_text(exposure_) + (is_inverse() ? " / " : " * ") + price;
        }
        return text + " = " + profit_.rounded(value, leg);
    }

    [[nodiscard]] std::string legs_text() const {
        const double sign = is_reversed() ? -1.0 : 1.0;
        const auto turned = [&](Money leg) { return is_reversed() ? Money{} - leg : leg; };
        const Money closing = turned(pnl_.closing_leg);
        const Money opening = turned(pnl_.opening_leg);
        const std::string close = leg_text("close", close_, sign * pnl_.closing_value, closing);
        const std::string open = leg_text("open", open_, sign * pnl_.opening_value, opening);
        const auto& [first, second] =
            is_reversed() ? std::pair{opening, closing} : std::pair{closing, opening};
        return (is_reversed() ? open + "; " + close : close + "; " + open) + "; " +
               sum_of({profit_.bare(first), profit_.bare(Money{} - second)}) + " = " +
               profit_(pnl_.rounded_profit);
    }

    [[nodiscard]] std::string move_text() const {
        const std::string size = size_text(exposure_);
        const std::string& first = is_reversed() ? open_ : close_;
        const std::string& second = is_reversed() ? close_ : open_;
        const std::string move = is_inverse()
                                     ? size + " * (1 / " + first + " - 1 / " + second + ") = "
                                     : "(" + first + " - " + second + ") * " + size + " = ";
        if (is_rounded()) return move + profit_.rounded(pnl_.exact, pnl_.rounded_profit);
        if (profit_.code != source_.all.currency) {
            return move + number(pnl_.exact) + " " + profit_.code;
        }
        return move + source_.money().rounded(pnl_.converted, pnl_.figure.money.money);
    }

    [[nodiscard]] std::string profit_text() const {
        return is_rounded() ? profit_.bare(pnl_.rounded_profit) : number(pnl_.profit);
    }

    const FigureSource& source_;
    const Exposure& exposure_;
    const PnlWorkings& pnl_;
    CurrencyText profit_;
    std::string close_;
    std::string open_;
};

Causes doubts_of(const FigureSource& source, const Exposure& exposure, const PnlWorkings& pnl) {
    Causes causes = source.rate_doubts(exposure.pnl_rate);
    if (std::isnan(pnl.close)) causes |= source.price_doubts(exposure);
    return causes.none() ? Causes{Cause::overflow} : causes;
}

void add_position(const FigureSource& source, const Exposure& exposure, const PnlWorkings& pnl,
                  Steps& steps) {
    const std::string subject = "pnl " + exposure.id;
    if (exposure.given_pnl) {
        const std::string given = source.money()(*exposure.given_pnl) + " (given)";
        const bool fits = pnl.figure.money.fits;
        steps.push_back(step(subject, formula::profit, fits ? given : unknown(Cause::overflow)));
        return;
    }
    const std::string_view formula = formula_of(*exposure.instrument);
    if (!pnl.figure.money.fits) {
        steps.push_back(step(subject, formula, unknown(doubts_of(source, exposure, pnl))));
        return;
    }
    const PositionText text{source, exposure, pnl};
    if (const auto own = text.own_rate_text()) {
        steps.push_back(step("rate " + exposure.id, formula::pnl_sides, *own));
    }
    steps.push_back(step(subject, formula, text.text()));
}

/// The price that stands in for the closing side.
void add_price(const FigureSource& source, SymbolId symbol, double price, Steps& steps) {
    const std::string subject = "price " + source.name(symbol);
    const Marks marks = source.market.marks(symbol);
    const Quote quote = source.market.quote(symbol);
    const ValuationPrice kind = source.rules().valuation_price;
    std::string text;
    for (const auto& [name, option] : valuation_price_names) {
        if (option == kind) text = name;
    }
    text += " ";
    if (std::isnan(price)) {
        text = unknown(Cause::no_price);
    } else if (kind == ValuationPrice::mid && std::isnan(marks.mid)) {
        text += "(" + number(quote.bid) + " + " + number(quote.ask) + ") / 2 = " + number(price);
    } else {
        text += number(price);
    }
    steps.push_back(step(subject, formula::other_price, text));
}

}  // namespace

std::string price_name(const StepSource& source, SymbolId symbol, PriceTaken::Kind kind) {
    using Kind = PriceTaken::Kind;
    const std::string name{kind_of(kind)};
    const bool is_quoted = kind != Kind::of_order && kind != Kind::open && kind != Kind::mean_open;
    return is_quoted ? source.name(symbol) + " " + name : name;
}

void add_pnl_steps(const FigureSource& source, Steps& steps) {
    const RuleSet& rules = source.rules();
    if (rules.pnl_rounding != PnlRounding::by_mode) {
        for (const auto& [name, rounding] : pnl_rounding_names) {
            if (rounding != rules.pnl_rounding) continue;
            steps.push_back(step("pnl rounding", formula::pnl_rounding, name));
        }
    }
    const auto& exposures = source.account.exposures;
    SymbolId last;
    std::size_t known = 0;
    for (const PositionExplained& position : source.all.positions) {
        if (!position.causes.none()) {
            steps.push_back(step("pnl " + position.id, formula::profit, unknown(position.causes)));
            continue;
        }
        if (position.isolated) continue;
        while (exposures[known].kind != OrderKind::position) ++known;
        const Exposure& exposure = exposures[known];
        const PnlWorkings& pnl = source.workings.pnl[known++];
        if (rules.valuation_price != ValuationPrice::closing_side && !exposure.given_pnl &&
            exposure.symbol != last) {
            add_price(source, exposure.symbol, pnl.close, steps);
            last = exposure.symbol;
        }
        add_position(source, exposure, pnl, steps);
    }
}

}  // namespace margind
