// P/L by every option of the rules. The margin is general_margin.cpp.
#include <algorithm>
#include <cmath>

#include "core/valuation/general_valuation.hpp"

namespace margind {
namespace {

bool rounds_legs(PnlRounding rounding, const Instrument& instrument) {
    if (rounding == PnlRounding::by_mode) return instrument.is_forex();
    return rounding == PnlRounding::per_leg;
}

/// Value of `units` at a price, in profit currency, before any rounding.
double leg_value(const Instrument& instrument, double units, double price) {
    switch (instrument.mode) {
        case CalcMode::perpetual_inverse: return -units / price;
        case CalcMode::futures:
            if (instrument.tick_size > 0.0 && instrument.tick_value > 0.0) {
                const double lots = units / instrument.contract_size;
                return price * lots * instrument.tick_value / instrument.tick_size;
            }
            return price * units;
        default: return price * units;
    }
}

/// The same of a difference of prices, which is exact where a difference of values is not.
double move_value(const Instrument& instrument, double units, double open, double close) {
    if (instrument.mode == CalcMode::perpetual_inverse) return units * (1.0 / open - 1.0 / close);
    return leg_value(instrument, units, close - open);
}

}  // namespace

double valuation_price(const RuleSet& rules, const GeneralMarket& market, SymbolId symbol,
                       bool is_short) {
    const Quote quote = market.quote(symbol);
    const Marks marks = market.marks(symbol);
    if (std::isnan(quote.bid)) return not_a_price;  // the marks came with it
    switch (rules.valuation_price) {
        case ValuationPrice::closing_side: return quote.closing(is_short);
        case ValuationPrice::mid:
            return std::isnan(marks.mid) ? (quote.bid + quote.ask) / 2.0 : marks.mid;
        case ValuationPrice::mark: return marks.mark;
        case ValuationPrice::last: return marks.last;
    }
    return not_a_price;
}

/// Account currency for one of the profit currency.
Conversion GeneralValuation::pnl_rate(const Exposure& exposure, bool is_profit,
                                      double price) const {
    using Side = Conversion::Side;
    const RatePair pair = market_.rate(exposure.pnl_rate);
    switch (account_.rules->pnl_conversion) {
        case PnlConversion::worst_side: break;
        case PnlConversion::by_deal:
            if (const auto own = own_rate(exposure.symbol, exposure.pnl_rate, price)) {
                return {*own, Side::own_price};
            }
            break;
        case PnlConversion::mid: return {market_.mid(exposure.pnl_rate), Side::mid};
        case PnlConversion::ask: return {pair.ask, Side::ask};
    }
    return {pair.of(is_profit), is_profit ? Side::bid : Side::ask};
}

/// The rate by a position's own price, where its symbol is all of the conversion. A price at or
/// below zero is no rate.
std::optional<double> GeneralValuation::own_rate(SymbolId symbol, RateId rate, double price) const {
    if (!(price > 0.0)) return std::nullopt;
    const RatePath& path = market_.path(rate);
    if (path.step_count != 1 || path.steps[0].symbol != symbol) return std::nullopt;
    return path.steps[0].is_inverse ? 1.0 / price : price;
}

PnlWorkings GeneralValuation::pnl_of(const Exposure& exposure) const {
    PnlWorkings out;
    out.figure.money.fits = false;
    if (exposure.given_pnl) {
        const bool fits = static_cast<double>(exposure.given_pnl->minor()) < minor_limit;
        out.figure = {Rounded{*exposure.given_pnl, fits},
                      exposure.given_pnl->to_double(row_.digits)};
        return out;
    }
    const Instrument& instrument = *exposure.instrument;
    double units = to_units(exposure.volume, instrument.contract_size).value;
    if (exposure.is_short) units = -units;
    out.close = valuation_price(*account_.rules, market_, exposure.symbol, exposure.is_short);
    const double profit_scale = scale(exposure.profit_digits);
    out.figure.exact = out.exact = move_value(instrument, units, exposure.price, out.close);
    out.profit = out.exact;
    if (!(out.close > 0.0) && !instrument.may_be_negative()) {
        out.close = not_a_price;  // no price of such a contract: the position is UNKNOWN
        return out;
    }
    if (rounds_legs(account_.rules->pnl_rounding, instrument)) {
        out.closing_value = leg_value(instrument, units, out.close);
        out.opening_value = leg_value(instrument, units, exposure.price);
        const Rounded closing = round_to_minor(out.closing_value * profit_scale);
        const Rounded opening = round_to_minor(out.opening_value * profit_scale);
        if (!closing.fits || !opening.fits) return out;
        out.closing_leg = closing.money;
        out.opening_leg = opening.money;
        out.rounded_profit = closing.money - opening.money;
        out.profit = out.rounded_profit.to_double(exposure.profit_digits);
    } else if (account_.rules->pnl_rounding != PnlRounding::total) {
        const double largest = std::max(std::abs(leg_value(instrument, units, out.close)),
                                        std::abs(leg_value(instrument, units, exposure.price)));
        const Rounded profit = round_to_minor(out.exact * profit_scale, largest * profit_scale);
        if (!profit.fits) return out;
        out.rounded_profit = profit.money;
        out.profit = out.rounded_profit.to_double(exposure.profit_digits);
    }
    out.conversion = pnl_rate(exposure, out.profit >= 0.0, out.close);
    out.converted = out.profit * out.conversion.rate;
    out.figure = {to_money(Amount{out.profit}, Rate{out.conversion.rate}, row_.digits),
                  out.exact * pnl_rate(exposure, out.exact >= 0.0, out.close).rate};
    return out;
}

void GeneralValuation::value_pnl(GeneralFigures& out) {
    double exact = 0.0;
    std::int64_t sum = 0;
    if (workings_ != nullptr) workings_->pnl.resize(account_.exposures.size());
    for (std::size_t i = 0; i < account_.exposures.size(); ++i) {
        const Exposure& exposure = account_.exposures[i];
        if (exposure.kind != OrderKind::position) continue;
        const PnlWorkings pnl = pnl_of(exposure);
        if (workings_ != nullptr) workings_->pnl[i] = pnl;
        const Rounded& money = pnl.figure.money;
        exact += pnl.figure.exact;
        if (money.fits) out.exposures[i].pnl = money.money;
        is_known_ &= money.fits && !__builtin_add_overflow(sum, money.money.minor(), &sum);
    }
    out.pnl_exact = exact;
    pnl_ = sum;
    if (account_.rules->pnl_rounding != PnlRounding::total) return;
    const Rounded total = round_to_minor(exact * scale(row_.digits));
    is_known_ &= total.fits;
    pnl_ = total.money.minor();
}

}  // namespace margind
