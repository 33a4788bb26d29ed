// P/L by every option of the rules. The margin is general_margin.cpp.
#include "core/general_valuation.hpp"

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
double GeneralValuation::pnl_rate(const Exposure& exposure, bool is_profit, double price) const {
    const RatePair pair = market_.rate(exposure.pnl_rate);
    switch (account_.rules->pnl_conversion) {
        case PnlConversion::worst_side: break;
        case PnlConversion::by_deal:
            if (const auto own = own_rate(exposure.symbol, exposure.pnl_rate, price)) return *own;
            break;
        case PnlConversion::mid: return market_.mid(exposure.pnl_rate);
        case PnlConversion::ask: return pair.ask;
    }
    return pair.of(is_profit);
}

/// The rate by a position's own price, where its symbol is all of the conversion.
std::optional<double> GeneralValuation::own_rate(SymbolId symbol, RateId rate, double price) const {
    const RatePath& path = market_.path(rate);
    if (path.step_count != 1 || path.steps[0].symbol != symbol) return std::nullopt;
    return path.steps[0].is_inverse ? 1.0 / price : price;
}

GeneralValuation::Figure GeneralValuation::pnl_of(const Exposure& exposure) const {
    if (exposure.given_pnl) {
        return {Rounded{*exposure.given_pnl, true}, exposure.given_pnl->to_double(row_.digits)};
    }
    const Instrument& instrument = *exposure.instrument;
    double units = to_units(exposure.volume, instrument.contract_size).value;
    if (exposure.is_short) units = -units;
    const double close =
        valuation_price(*account_.rules, market_, exposure.symbol, exposure.is_short);
    const double profit_scale = scale(exposure.profit_digits);
    const double exact = move_value(instrument, units, exposure.price, close);
    double amount = exact;
    if (rounds_legs(account_.rules->pnl_rounding, instrument)) {
        const Rounded closing = round_to_minor(leg_value(instrument, units, close) * profit_scale);
        const Rounded opening =
            round_to_minor(leg_value(instrument, units, exposure.price) * profit_scale);
        if (!closing.fits || !opening.fits) return {{}, exact};
        amount = (closing.money - opening.money).to_double(exposure.profit_digits);
    } else if (account_.rules->pnl_rounding != PnlRounding::total) {
        const Rounded profit = round_to_minor(exact * profit_scale);
        if (!profit.fits) return {{}, exact};
        amount = profit.money.to_double(exposure.profit_digits);
    }
    const Rate rate{pnl_rate(exposure, amount >= 0.0, close)};
    return {to_money(Amount{amount}, rate, row_.digits),
            exact * pnl_rate(exposure, exact >= 0.0, close)};
}

void GeneralValuation::value_pnl(GeneralFigures& out) {
    double exact = 0.0;
    std::int64_t sum = 0;
    for (std::size_t i = 0; i < account_.exposures.size(); ++i) {
        const Exposure& exposure = account_.exposures[i];
        if (exposure.kind != OrderKind::position) continue;
        const Figure pnl = pnl_of(exposure);
        exact += pnl.exact;
        if (pnl.money.fits) out.exposures[i].pnl = pnl.money.money;
        is_known_ &= pnl.money.fits && !__builtin_add_overflow(sum, pnl.money.money.minor(), &sum);
    }
    out.pnl_exact = exact;
    pnl_ = sum;
    if (account_.rules->pnl_rounding != PnlRounding::total) return;
    const Rounded total = round_to_minor(exact * scale(row_.digits));
    is_known_ &= total.fits;
    pnl_ = total.money.minor();
}

}  // namespace margind
