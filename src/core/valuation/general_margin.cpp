// The margin by every option of the rules: single exposures, and the sum over all symbols. What the
// exposures of one symbol come to is general_hedging.cpp, the P/L is general_pnl.cpp.
#include <algorithm>
#include <array>

#include "core/valuation/general_valuation.hpp"

namespace margind {
namespace {

double rate_of(const Exposure& exposure, MarginUse use) {
    const SideRates& rates = exposure.instrument->rates(exposure.is_short);
    switch (exposure.kind) {
        case OrderKind::position: break;
        case OrderKind::limit: return rates.limit;
        case OrderKind::stop: return rates.stop;
        case OrderKind::stop_limit: return rates.stop_limit;
    }
    return use == MarginUse::maintenance ? rates.maintenance : rates.position;
}

PriceTaken::Kind kind_of(ValuationPrice price) {
    switch (price) {
        case ValuationPrice::closing_side: break;
        case ValuationPrice::mid: return PriceTaken::Kind::mid;
        case ValuationPrice::mark: return PriceTaken::Kind::mark;
        case ValuationPrice::last: return PriceTaken::Kind::last;
    }
    return PriceTaken::Kind::bid;
}

}  // namespace

double notional(const Instrument& instrument, Volume volume, double price) {
    const double units = to_units(volume, instrument.contract_size).value;
    return at_price(instrument, units, price);
}

double notional(const Exposure& exposure, double price) {
    return notional(*exposure.instrument, exposure.volume, price);
}

double GeneralValuation::leverage_of(const Instrument& instrument) const {
    if (instrument.has_own_leverage()) return 1.0;  // the bands' instead: tier_shares
    return capped_leverage(instrument);
}

double GeneralValuation::capped_leverage(const Instrument& instrument) const {
    const double cap = instrument.leverage_cap;
    return cap > 0.0 ? std::min(account_.leverage, cap) : account_.leverage;
}

/// Orders are taken at their own price, positions at the live one.
PriceTaken GeneralValuation::margin_price(const Exposure& exposure) const {
    using Kind = PriceTaken::Kind;
    if (exposure.kind != OrderKind::position) return {exposure.price, Kind::of_order};
    const Quote quote = market_.quote(exposure.symbol);
    const double mark = market_.marks(exposure.symbol).mark;
    if (exposure.instrument->is_perpetual() && !std::isnan(mark)) return {mark, Kind::mark};
    const ValuationPrice price = account_.rules->valuation_price;
    if (price != ValuationPrice::closing_side) {
        return {valuation_price(*account_.rules, market_, exposure.symbol, exposure.is_short),
                kind_of(price)};
    }
    return {quote.opening(exposure.is_short), exposure.is_short ? Kind::bid : Kind::ask};
}

Conversion GeneralValuation::margin_rate(const Exposure& exposure, bool is_mixed) const {
    using Side = Conversion::Side;
    const RatePair pair = market_.rate(exposure.margin_rate);
    const auto of_pair = [&](bool is_credit) {
        return Conversion{pair.of(is_credit), is_credit ? Side::bid : Side::ask};
    };
    const Conversion mid{market_.mid(exposure.margin_rate), Side::mid};
    switch (account_.rules->margin_conversion) {
        case MarginConversion::order_side: break;
        case MarginConversion::open_price:
            if (const auto own = own_rate(exposure.symbol, exposure.margin_rate, exposure.price)) {
                return {*own, Side::own_price};
            }
            break;
        case MarginConversion::mid: return mid;
        case MarginConversion::ask: return of_pair(false);
        case MarginConversion::by_composition: return is_mixed ? mid : of_pair(!exposure.is_short);
    }
    return of_pair(exposure.is_short);
}

/// The price that a perpetual's maintenance margin is measured at.
PriceTaken GeneralValuation::maintenance_price(const Exposure& exposure) const {
    if (!exposure.instrument->is_maintenance_at_entry) return margin_price(exposure);
    return {exposure.price, PriceTaken::Kind::open};
}

/// What a perpetual's positions of one side come to in its bands; nothing where it has none.
std::optional<double> GeneralValuation::side_notional(const Holding& holding, bool is_short) const {
    if (!holding.instrument->is_perpetual() || holding.instrument->tiers.empty()) return {};
    double sum = 0.0;
    for (std::size_t i = holding.first; i < holding.last; ++i) {
        const Exposure& exposure = account_.exposures[i];
        if (exposure.kind != OrderKind::position || exposure.is_short != is_short) continue;
        sum += margind::notional(exposure, maintenance_price(exposure).price);
    }
    return sum;
}

/// Margin of one exposure without the tiers of a whole side's volume. An order reserves what its
/// position will need when it is opened. `side_notional`: of a perpetual's positions on its side.
MarginWorkings GeneralValuation::margin_of(const Exposure& exposure, bool is_mixed, MarginUse use,
                                           std::optional<double> side_notional) const {
    const Instrument& instrument = *exposure.instrument;
    MarginWorkings out;
    out.use = exposure.kind == OrderKind::position ? use : MarginUse::initial;
    out.volume = exposure.volume;
    out.open_price = exposure.price;
    out.leverage = leverage_of(instrument);
    out.price = margin_price(exposure);
    out.margin_rate = rate_of(exposure, use);
    out.conversion = margin_rate(exposure, is_mixed);
    if (instrument.is_perpetual() && out.use == MarginUse::maintenance) {
        out.price = maintenance_price(exposure);
        out.notional = margind::notional(exposure, out.price.price);
        out.side_notional = side_notional.value_or(out.notional);
        out.terms = maintenance_terms(instrument, out.side_notional);
        if (out.notional != out.side_notional) out.terms.share = out.notional / out.side_notional;
        out.amount = out.terms.of(out.notional) * out.margin_rate;
        // A deduction that is no rule for so small a notional.
        if (out.amount < 0.0) out.amount = not_a_price;
    } else {
        const double base =
            margin_base(instrument, exposure.volume.lots(), exposure.price, out.leverage, out.use);
        out.amount = at_price(instrument, base * out.margin_rate, out.price.price);
    }
    out.figure = figure(out.amount * out.conversion.rate);
    if (!exposure.tier_rate.is_none()) {
        out.tier_notional = margind::notional(exposure, margin_price(exposure).price);
        out.tier_rate = market_.mid(exposure.tier_rate);
    }
    return out;
}

std::vector<Holding> GeneralValuation::holdings() const {
    std::vector<Holding> all;
    all.reserve(std::min<std::size_t>(account_.exposures.size(), 8));
    for (std::size_t i = 0; i < account_.exposures.size(); ++i) {
        const Exposure& exposure = account_.exposures[i];
        if (all.empty() || all.back().symbol != exposure.symbol) {
            Holding& holding = all.emplace_back();
            holding.first = i;
            holding.symbol = exposure.symbol;
            holding.instrument = exposure.instrument;
        }
        Holding& holding = all.back();
        holding.last = i + 1;
        Leg& leg = holding.legs[exposure.is_short ? 1 : 0];
        std::int64_t& sum = exposure.kind == OrderKind::position ? leg.position_raw : leg.order_raw;
        // Volumes beyond 64 bits, of both sides together as well, leave the margin unknown.
        std::int64_t both = 0;
        const bool fits = !__builtin_add_overflow(sum, exposure.volume.raw(), &sum) &&
                          !__builtin_add_overflow(holding.volume_raw, exposure.volume.raw(), &both);
        holding.volume_raw = both;
        if (!fits) leg.positions.money.fits = false;
    }
    return all;
}

void GeneralValuation::value_legs(Holding& holding, MarginUse use, Report report) const {
    const bool is_netting = account_.margin_mode == MarginMode::netting;
    const bool is_mixed = !is_netting && holding.is_mixed();  // netted, nothing is held both ways
    HoldingWorkings* workings = report.workings;
    if (workings != nullptr) workings->exposures.resize(holding.last - holding.first);
    const std::optional<double> sides[] = {side_notional(holding, false),
                                           side_notional(holding, true)};
    for (std::size_t i = holding.first; i < holding.last; ++i) {
        const Exposure& exposure = account_.exposures[i];
        Leg& leg = holding.legs[exposure.is_short ? 1 : 0];
        const bool is_position = exposure.kind == OrderKind::position;
        if (is_position) leg.open_value += exposure.volume.lots() * exposure.price;
        if (is_position && is_netting) continue;
        const MarginWorkings margin = margin_of(exposure, is_mixed, use, sides[exposure.is_short]);
        const Figure& figure = margin.figure;
        add_figure(is_position ? leg.positions : leg.orders, figure);
        if (!exposure.tier_rate.is_none()) {
            double& sum = is_position ? leg.notional : leg.order_notional;
            sum += margin.tier_notional * margin.tier_rate;
        }
        if (workings != nullptr) workings->exposures[i - holding.first] = margin;
        if (report.figures != nullptr && figure.money.fits) {
            report.figures->exposures[i].margin = figure.money.money;
        }
    }
    if (is_netting) net_positions(holding, use, report);
}

/// Margin of the whole account; fills in every exposure's and symbol's share where it is asked for.
Figure GeneralValuation::margin_of_all(MarginUse use, GeneralFigures* figures,
                                       MarginSheet* sheet) const {
    Figure total;
    std::vector<Holding> all = holdings();
    std::vector<std::array<Volume, 2>> volumes;  // before netting
    if (sheet != nullptr) sheet->holdings.resize(all.size());
    const auto report_of = [&](std::size_t i) {
        return Report{figures, sheet != nullptr ? &sheet->holdings[i] : nullptr};
    };
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (figures != nullptr) {
            volumes.push_back({Volume::from_raw(all[i].legs[0].position_raw),
                               Volume::from_raw(all[i].legs[1].position_raw)});
        }
        value_legs(all[i], use, report_of(i));
    }
    for (const auto& set : tier_sets(all)) join_tiers(all, set);
    for (std::size_t i = 0; i < all.size(); ++i) {
        const Holding& holding = all[i];
        const Figure margin = symbol_margin(holding, use, report_of(i));
        add_figure(total, margin);
        if (sheet != nullptr) {
            sheet->holdings[i].holding = holding;
            sheet->holdings[i].margin = margin;
        }
        if (figures == nullptr) continue;
        SymbolFigures& symbol = figures->symbols.emplace_back();
        symbol.symbol = holding.symbol;
        symbol.long_volume = volumes[i][0];
        symbol.short_volume = volumes[i][1];
        symbol.long_margin = holding.legs[0].positions.money.money;
        symbol.short_margin = holding.legs[1].positions.money.money;
        if (margin.money.fits) symbol.margin = margin.money.money;
    }
    if (sheet != nullptr) sheet->total = total;
    return total;
}

void GeneralValuation::value_margin(GeneralFigures& out) {
    const auto known = [](const Figure& margin) {
        return margin.money.fits ? std::optional{margin.money.money} : std::nullopt;
    };
    const bool has_maintenance = std::ranges::any_of(
        account_.exposures,
        [](const Exposure& exposure) { return exposure.instrument->has_maintenance(); });
    MarginSheet* level_sheet = workings_ != nullptr ? &workings_->level : nullptr;
    const Figure level = margin_of_all(MarginUse::maintenance, &out, level_sheet);
    is_known_ &= level.money.fits;
    margin_ = level.money.money;
    out.margin_exact = level.exact;
    out.margin_initial = known(level);
    if (!has_maintenance) return;
    MarginSheet* initial_sheet = workings_ != nullptr ? &workings_->initial.emplace() : nullptr;
    out.margin_initial = known(margin_of_all(MarginUse::initial, nullptr, initial_sheet));
    out.margin_maintenance = known(level);
}

GeneralFigures GeneralValuation::run() {
    GeneralFigures out;
    out.totals = {.balance = row_.balance, .causes = row_.causes, .digits = row_.digits};
    out.exposures.resize(account_.exposures.size());
    value_pnl(out);
    value_margin(out);
    if (!out.totals.causes.none()) return out;
    value_fees(out);
    std::int64_t level_equity = 0;
    if (!is_known_ || !set_figures(out.totals, row_, pnl_, margin_.minor()) ||
        __builtin_sub_overflow(out.totals.equity.minor(), out.totals.closing_fee.minor(),
                               &level_equity)) {
        out.totals.causes = Cause::overflow;
        out.totals.closing_fee = {};
    }
    return out;
}

ExactSums GeneralValuation::sums() const {
    ExactSums sums;
    for (const Exposure& exposure : account_.exposures) {
        if (exposure.kind != OrderKind::position) continue;
        const Figure pnl = pnl_of(exposure).figure;
        sums.pnl += pnl.exact;
        sums.is_known &= pnl.money.fits;
    }
    sums.margin = margin_of_all(MarginUse::maintenance, nullptr, nullptr);
    sums.is_known &= sums.margin.money.fits;
    for (const ClosingFeeWorkings& each : closing_fees()) {
        sums.fees.push_back({each.symbol, each.fee});
    }
    return sums;
}

ExactSums sum_exact(const AccountRow& row, const GeneralAccount& account,
                    const GeneralMarket& market) {
    return GeneralValuation{row, account, market, nullptr}.sums();
}

GeneralFigures value_general(const AccountRow& row, const GeneralAccount& account,
                             const GeneralMarket& market, Workings* workings) {
    return GeneralValuation{row, account, market, workings}.run();
}

}  // namespace margind
