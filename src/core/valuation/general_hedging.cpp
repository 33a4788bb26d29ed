// What the exposures of one symbol come to: the larger leg, basic hedging, netting.
#include <algorithm>

#include "core/valuation/general_valuation.hpp"

namespace margind {
namespace {

/// True where the shorts cost more; one that does not fit is the larger one.
bool are_shorts_larger(const Figure& buys, const Figure& sells) {
    if (!buys.money.fits) return false;
    return !sells.money.fits || buys.money.money < sells.money.money;
}

double side_rate(const Instrument& instrument, bool is_short, MarginUse use) {
    const SideRates& rates = instrument.rates(is_short);
    return use == MarginUse::maintenance ? rates.maintenance : rates.position;
}

}  // namespace

/// Leaves one position of the net volume, at the larger side's mean open price, on that side.
/// Orders against it only count for what they exceed it by.
void GeneralValuation::net_positions(Holding& holding, MarginUse use, Report report) const {
    const std::int64_t net = holding.legs[0].position_raw - holding.legs[1].position_raw;
    const bool is_short = net < 0;
    Leg& side = holding.legs[is_short ? 1 : 0];
    Leg& other = holding.legs[is_short ? 0 : 1];
    const double open_price = side.open_price();
    const std::int64_t volume = std::abs(net);
    side.position_raw = volume;
    other.position_raw = 0;
    if (other.order_raw > 0) {
        const auto excess =
            static_cast<double>(std::max<std::int64_t>(0, other.order_raw - volume));
        other.pending_share = excess / static_cast<double>(other.order_raw);
    }
    bool has_carrier = false;
    for (std::size_t i = holding.first; i < holding.last; ++i) {
        const Exposure& exposure = account_.exposures[i];
        if (exposure.kind != OrderKind::position) continue;
        Figure figure;
        if (!has_carrier && net != 0 && exposure.is_short == is_short) {
            has_carrier = true;
            Exposure carrier = exposure;
            carrier.volume = Volume::from_raw(volume);
            carrier.price = open_price;
            const MarginWorkings margin = margin_of(carrier, false, use);
            figure = side.positions = margin.figure;
            if (!exposure.tier_rate.is_none()) {
                side.notional += margin.tier_notional * margin.tier_rate;
            }
            if (report.workings != nullptr) report.workings->net = margin;
        }
        if (report.figures != nullptr && figure.money.fits) {
            report.figures->exposures[i].margin = figure.money.money;
        }
    }
}

void GeneralValuation::add_part(Report report, const Holding& holding, std::string name,
                                const Figure& part) const {
    if (report.figures == nullptr || !part.money.fits) return;
    report.figures->parts.push_back({holding.symbol, std::move(name), part.money.money});
}

/// A side's margin, positions and orders, through the tiers where there are any.
Figure GeneralValuation::leg_margin(const Holding& holding, bool is_short, Report report) const {
    const Leg& leg = holding.legs[is_short ? 1 : 0];
    const Figure orders = counted_orders(leg);
    Figure total = leg.positions;
    add_figure(total, orders);
    SideWorkings* side = nullptr;
    if (report.workings != nullptr) {
        side = &report.workings->sides[is_short ? 1 : 0];
        side->orders = orders;
    }
    return through_tiers(holding, leg, total, report, side);
}

Figure GeneralValuation::larger_leg(const Holding& holding, Report report) const {
    const Report no_parts{nullptr, report.workings};
    const Figure buys = leg_margin(holding, false, no_parts);
    const Figure sells = leg_margin(holding, true, no_parts);
    const bool is_short = are_shorts_larger(buys, sells);
    if (report.figures == nullptr) return is_short ? sells : buys;
    const Leg& leg = holding.legs[is_short ? 1 : 0];
    if (leg.orders.money.money.minor() != 0 && holding.instrument->tiers.empty()) {
        add_part(report, holding, is_short ? "short" : "long", leg.positions);
        add_part(report, holding, "orders", counted_orders(leg));
    }
    const Figure margin = leg_margin(holding, is_short, report);
    for (const bool side : {false, true}) {
        Figure before = holding.legs[side].positions;
        add_figure(before, counted_orders(holding.legs[side]));
        stretch_exposures(holding, side, before, side ? sells : buys, report);
    }
    return margin;
}

/// The conversion of a mean price, which stands in for the live one where the symbol itself is all
/// of the conversion.
Conversion GeneralValuation::mean_conversion(const Holding& holding, double price,
                                             bool is_short) const {
    Exposure like = account_.exposures[holding.first];
    like.kind = OrderKind::position;
    like.is_short = is_short;
    like.price = price;
    if (const auto own = own_rate(holding.symbol, like.margin_rate, price)) {
        return {*own, Conversion::Side::own_price};
    }
    return margin_rate(like, holding.is_mixed());
}

/// Margin of a volume at a mean open price.
MarginWorkings GeneralValuation::mean_margin(const Holding& holding, Volume volume, double price,
                                             double rate, Conversion conversion,
                                             MarginUse use) const {
    MarginWorkings out;
    out.use = use;
    out.volume = volume;
    out.open_price = price;
    out.leverage = leverage_of(*holding.instrument);
    out.price = {price, PriceTaken::Kind::mean_open};
    out.margin_rate = rate;
    out.conversion = conversion;
    const double base = margin_base(*holding.instrument, volume.lots(), price, out.leverage, use);
    out.amount = at_price(*holding.instrument, base * rate, price);
    out.figure = figure(out.amount * conversion.rate);
    return out;
}

/// What both sides cover: with the hedged contract size at the mean price of all positions and the
/// mean of both sides' rates.
HedgeWorkings GeneralValuation::covered_margin(const Holding& holding, MarginUse use) const {
    const Instrument& instrument = *holding.instrument;
    const Leg& buys = holding.legs[0];
    const Leg& sells = holding.legs[1];
    const Volume covered = Volume::from_raw(std::min(buys.position_raw, sells.position_raw));
    const double price =
        (buys.open_value + sells.open_value) / (buys.position_lots() + sells.position_lots());
    HedgeWorkings out;
    for (const bool is_short : {false, true}) {
        out.conversions[is_short] = mean_conversion(holding, price, is_short);
        out.rates[is_short] = side_rate(instrument, is_short, use);
    }
    Conversion conversion = out.conversions[0];
    conversion.rate = (out.conversions[0].rate + out.conversions[1].rate) / 2.0;
    const double rate = (out.rates[0] + out.rates[1]) / 2.0;
    out.margin = mean_margin(holding, covered, price, rate, conversion, use);
    out.whole = out.margin.figure.exact;
    if (!instrument.hedged_margin) return out;
    const double hedged = *instrument.hedged_margin;
    const bool is_amount =
        instrument.mode == CalcMode::fixed || instrument.mode == CalcMode::futures;
    if (is_amount) {
        out.margin.amount = covered.lots() * hedged * rate;
        out.margin.figure = figure(out.margin.amount * conversion.rate);
    } else {
        out.margin.figure = figure(out.whole * (hedged / instrument.contract_size));
    }
    return out;
}

/// What is left of the larger side, at its mean open price and rate.
HedgeWorkings GeneralValuation::uncovered_margin(const Holding& holding, MarginUse use) const {
    const std::int64_t net = holding.legs[0].position_raw - holding.legs[1].position_raw;
    const bool is_short = net < 0;
    const double price = holding.legs[is_short ? 1 : 0].open_price();
    HedgeWorkings out;
    out.rates[is_short] = side_rate(*holding.instrument, is_short, use);
    out.conversions[is_short] = mean_conversion(holding, price, is_short);
    out.margin = mean_margin(holding, Volume::from_raw(std::abs(net)), price, out.rates[is_short],
                             out.conversions[is_short], use);
    return out;
}

/// Basic hedging: what is covered, what is not, and the orders of both sides on top.
Figure GeneralValuation::basic_margin(const Holding& holding, MarginUse use, Report report) const {
    const Leg& buys = holding.legs[0];
    const Leg& sells = holding.legs[1];
    Figure total;
    total.money.fits = buys.positions.money.fits && sells.positions.money.fits;
    const auto add_summand = [&](const char* name, const Figure& part) {
        add_figure(total, part);
        add_part(report, holding, name, part);
    };
    if (holding.is_mixed()) {
        const HedgeWorkings covered = covered_margin(holding, use);
        add_summand("hedged", covered.margin.figure);
        if (report.workings != nullptr) report.workings->covered = covered;
    }
    if (buys.position_raw != sells.position_raw) {
        const HedgeWorkings uncovered = uncovered_margin(holding, use);
        add_summand("uncovered", uncovered.margin.figure);
        if (report.workings != nullptr) report.workings->uncovered = uncovered;
    }
    Figure orders = buys.orders;
    add_figure(orders, sells.orders);
    add_figure(total, orders);  // also what is nothing when it is rounded: tiers take the exact sum
    if (orders.money.money.minor() != 0) add_part(report, holding, "orders", orders);
    SideWorkings* side = nullptr;
    if (report.workings != nullptr) {
        side = &report.workings->hedge;
        side->orders = orders;
    }
    const Figure margin = through_tiers(holding, further_leg(holding), total, report, side);
    stretch_exposures(holding, std::nullopt, total, margin, report);
    return margin;
}

Figure GeneralValuation::symbol_margin(const Holding& holding, MarginUse use, Report report) const {
    const bool is_basic = account_.hedges_basically(*holding.instrument);
    return is_basic ? basic_margin(holding, use, report) : larger_leg(holding, report);
}

}  // namespace margind
