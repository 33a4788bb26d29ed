// The margin by every option of the rules. The P/L is general_pnl.cpp.
#include <algorithm>
#include <array>
#include <numeric>
#include <string>

#include "core/general_valuation.hpp"

namespace margind {
namespace {

void add(Rounded& sum, const Rounded& part) {
    std::int64_t total = 0;
    sum.fits &= part.fits && !__builtin_add_overflow(sum.money.minor(), part.money.minor(), &total);
    sum.money = Money::from_minor(total);
}

template <class Figure>
void add_figure(Figure& sum, const Figure& part) {
    add(sum.money, part.money);
    sum.exact += part.exact;
}

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

/// An order reserves what its position will need when it is opened.
MarginUse use_of(const Exposure& exposure, MarginUse use) {
    return exposure.kind == OrderKind::position ? use : MarginUse::initial;
}

template <class Figure>
const Figure& larger(const Figure& a, const Figure& b) {
    if (!a.money.fits) return a;
    if (!b.money.fits) return b;
    return a.money.money < b.money.money ? b : a;
}

}  // namespace

double notional(const Exposure& exposure, double price) {
    const Instrument& instrument = *exposure.instrument;
    const double units = to_units(exposure.volume, instrument.contract_size).value;
    return at_price(instrument, units, price);
}

double GeneralValuation::leverage_of(const Instrument& instrument) const {
    if (instrument.has_own_leverage()) return 1.0;  // the bands' instead: tier_shares
    const double cap = instrument.leverage_cap;
    return cap > 0.0 ? std::min(account_.leverage, cap) : account_.leverage;
}

/// Orders are taken at their own price, positions at the live one.
double GeneralValuation::margin_price(const Exposure& exposure) const {
    if (exposure.kind != OrderKind::position) return exposure.price;
    const Quote quote = market_.quote(exposure.symbol);
    const double mark = market_.marks(exposure.symbol).mark;
    if (exposure.instrument->is_perpetual() && !std::isnan(mark)) return mark;
    if (account_.rules->valuation_price != ValuationPrice::closing_side) {
        return valuation_price(*account_.rules, market_, exposure.symbol, exposure.is_short);
    }
    return quote.opening(exposure.is_short);
}

double GeneralValuation::margin_rate(const Exposure& exposure, bool is_mixed) const {
    const RatePair pair = market_.rate(exposure.margin_rate);
    const double mid = market_.mid(exposure.margin_rate);
    switch (account_.rules->margin_conversion) {
        case MarginConversion::order_side: break;
        case MarginConversion::open_price:
            if (const auto own = own_rate(exposure.symbol, exposure.margin_rate, exposure.price)) {
                return *own;
            }
            break;
        case MarginConversion::mid: return mid;
        case MarginConversion::ask: return pair.ask;
        case MarginConversion::by_composition: return is_mixed ? mid : pair.of(!exposure.is_short);
    }
    return pair.of(exposure.is_short);
}

double GeneralValuation::notional(const Exposure& exposure) const {
    return margind::notional(exposure, margin_price(exposure));
}

/// Margin of one exposure in account currency, before any rounding and without tiers.
double GeneralValuation::exact_margin(const Exposure& exposure, double rate, bool is_mixed,
                                      MarginUse use) const {
    const Instrument& instrument = *exposure.instrument;
    const double conversion = margin_rate(exposure, is_mixed);
    if (instrument.is_perpetual() && use == MarginUse::maintenance) {
        const double size = instrument.is_maintenance_at_entry
                                ? margind::notional(exposure, exposure.price)
                                : notional(exposure);
        return perpetual_maintenance(instrument, size) * rate * conversion;
    }
    const double base = margin_base(instrument, exposure.volume.lots(), exposure.price,
                                    leverage_of(instrument), use);
    const double amount = instrument.uses_price()
                              ? at_price(instrument, base * rate, margin_price(exposure))
                              : base * rate;
    return amount * conversion;
}

std::vector<GeneralValuation::Group> GeneralValuation::groups() const {
    std::vector<Group> all;
    for (std::size_t i = 0; i < account_.exposures.size(); ++i) {
        const Exposure& exposure = account_.exposures[i];
        if (all.empty() || all.back().symbol != exposure.symbol) {
            Group& group = all.emplace_back();
            group.first = i;
            group.symbol = exposure.symbol;
            group.instrument = exposure.instrument;
        }
        Group& group = all.back();
        group.last = i + 1;
        Leg& leg = group.legs[exposure.is_short ? 1 : 0];
        (exposure.kind == OrderKind::position ? leg.position_raw : leg.order_raw) +=
            exposure.volume.raw();
    }
    return all;
}

void GeneralValuation::value_legs(Group& group, MarginUse use, GeneralFigures* out) const {
    const bool is_netting = account_.margin_mode == MarginMode::netting;
    for (std::size_t i = group.first; i < group.last; ++i) {
        const Exposure& exposure = account_.exposures[i];
        Leg& leg = group.legs[exposure.is_short ? 1 : 0];
        const bool is_position = exposure.kind == OrderKind::position;
        if (is_position) leg.open_value += exposure.volume.lots() * exposure.price;
        if (is_position && is_netting) continue;
        const Figure margin = figure(exact_margin(exposure, rate_of(exposure, use),
                                                  group.is_mixed(), use_of(exposure, use)));
        add_figure(is_position ? leg.positions : leg.orders, margin);
        if (!exposure.tier_rate.is_none()) {
            leg.notional += notional(exposure) * market_.mid(exposure.tier_rate);
        }
        if (out != nullptr && margin.money.fits) out->exposures[i].margin = margin.money.money;
    }
    if (is_netting) net_positions(group, use, out);
}

/// Leaves one position of the net volume, at the larger side's mean open price, on that side.
/// Orders against it only count for what they exceed it by.
void GeneralValuation::net_positions(Group& group, MarginUse use, GeneralFigures* out) const {
    const std::int64_t net = group.legs[0].position_raw - group.legs[1].position_raw;
    const bool is_short = net < 0;
    Leg& side = group.legs[is_short ? 1 : 0];
    Leg& other = group.legs[is_short ? 0 : 1];
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
    for (std::size_t i = group.first; i < group.last; ++i) {
        Exposure exposure = account_.exposures[i];
        if (exposure.kind != OrderKind::position) continue;
        Figure margin;
        if (!has_carrier && net != 0 && exposure.is_short == is_short) {
            has_carrier = true;
            exposure.volume = Volume::from_raw(volume);
            exposure.price = open_price;
            margin = figure(exact_margin(exposure, rate_of(exposure, use), false, use));
            side.positions = margin;
            if (!exposure.tier_rate.is_none()) {
                side.notional += notional(exposure) * market_.mid(exposure.tier_rate);
            }
        }
        if (out != nullptr && margin.money.fits) out->exposures[i].margin = margin.money.money;
    }
}

/// How far a side reaches into the tiers: lots, or notional in their currency.
double GeneralValuation::tier_amount(const Group& group, const Leg& leg) const {
    const Instrument& instrument = *group.instrument;
    const auto reach = [&](const Leg& side) {
        return instrument.tier_basis == TierBasis::notional ? side.notional : side.lots();
    };
    if (!instrument.tier_hedged_weight) return reach(leg);
    const double buys = reach(group.legs[0]);
    const double sells = reach(group.legs[1]);
    const double covered = std::min(buys, sells);
    return std::max(buys, sells) - covered + covered * *instrument.tier_hedged_weight;
}

/// Symbols of one set reach into its tiers together, each with its larger side.
void GeneralValuation::join_tier_scopes(std::vector<Group>& groups) const {
    const auto amount = [&](const Group& group) {
        return std::max(tier_amount(group, group.legs[0]), tier_amount(group, group.legs[1]));
    };
    for (Group& group : groups) {
        const auto& scope = group.instrument->tier_scope;
        if (scope.size() < 2) continue;
        for (const Group& other : groups) {
            if (other.symbol == group.symbol || other.instrument->tier_scope != scope) continue;
            group.beside += amount(other);
        }
    }
}

/// A side's margin, positions and orders, through the tiers where there are any.
GeneralValuation::Figure GeneralValuation::leg_margin(const Group& group, const Leg& leg,
                                                      GeneralFigures* out) const {
    Figure total = leg.positions;
    add_figure(total, counted_orders(leg));
    return through_tiers(group, leg, total, out);
}

/// A margin so far without tiers, where there are any. `leg` says how far it reaches into them.
GeneralValuation::Figure GeneralValuation::through_tiers(const Group& group, const Leg& leg,
                                                         const Figure& total,
                                                         GeneralFigures* out) const {
    const Instrument& instrument = *group.instrument;
    if (instrument.tiers.empty() || instrument.is_perpetual()) return total;
    const double own = tier_amount(group, leg);
    if (!(own > 0.0)) return figure(own);  // nothing, or unknown
    const double amount = own + group.beside;
    const double exact = total.exact / amount;
    const std::vector<double> shares = tier_shares(instrument, amount, account_.leverage);
    if (out != nullptr) {
        for (std::size_t i = 0; i < shares.size(); ++i) {
            add_part(out, group, "tier " + std::to_string(i + 1), figure(exact * shares[i]));
        }
    }
    return figure(exact * std::accumulate(shares.begin(), shares.end(), 0.0));
}

void GeneralValuation::add_part(GeneralFigures* out, const Group& group, std::string name,
                                const Figure& part) const {
    if (out == nullptr || !part.money.fits) return;
    out->parts.push_back({group.symbol, std::move(name), part.money.money});
}

/// Basic hedging: what is uncovered at the larger side's mean price and rate, what is covered with
/// the hedged contract size at the mean price of all and the mean of both rates; orders on top.
GeneralValuation::Figure GeneralValuation::basic_margin(const Group& group, MarginUse use,
                                                        GeneralFigures* out) const {
    const Leg& buys = group.legs[0];
    const Leg& sells = group.legs[1];
    const std::int64_t covered = std::min(buys.position_raw, sells.position_raw);
    const bool is_short = sells.position_raw > buys.position_raw;
    const Leg& side = is_short ? sells : buys;
    Exposure like = account_.exposures[group.first];
    like.kind = OrderKind::position;
    // Mean open prices stand in for live ones here, also where a conversion is the symbol itself.
    const auto margin_at = [&](std::int64_t raw, double price, double rate, double conversion) {
        const double base = margin_base(*group.instrument, Volume::from_raw(raw).lots(), price,
                                        leverage_of(*group.instrument), use);
        return at_price(*group.instrument, base * rate, price) * conversion;
    };
    const auto conversion_at = [&](double price, bool is_sale) {
        if (const auto own = own_rate(group.symbol, like.margin_rate, price)) return *own;
        like.is_short = is_sale;
        like.price = price;
        return margin_rate(like, group.is_mixed());
    };
    const auto rate_of_side = [&](bool is_sale) {
        like.is_short = is_sale;
        return rate_of(like, use);
    };
    Figure total;
    const auto add_summand = [&](const char* name, const Figure& part) {
        add_figure(total, part);
        add_part(out, group, name, part);
    };
    if (covered > 0) {
        const double price =
            (buys.open_value + sells.open_value) / (buys.position_lots() + sells.position_lots());
        const double conversion = (conversion_at(price, false) + conversion_at(price, true)) / 2.0;
        const double rate = (rate_of_side(false) + rate_of_side(true)) / 2.0;
        double exact = margin_at(covered, price, rate, conversion);
        if (const auto hedged = group.instrument->hedged_margin) {
            const bool is_amount = group.instrument->mode == CalcMode::fixed ||
                                   group.instrument->mode == CalcMode::futures;
            exact = is_amount ? Volume::from_raw(covered).lots() * *hedged * rate * conversion
                              : exact * (*hedged / group.instrument->contract_size);
        }
        add_summand("hedged", figure(exact));
    }
    if (const std::int64_t rest = side.position_raw - covered; rest > 0) {
        const double price = side.open_price();
        add_summand("uncovered", figure(margin_at(rest, price, rate_of_side(is_short),
                                                  conversion_at(price, is_short))));
    }
    Figure orders = buys.orders;
    add_figure(orders, sells.orders);
    if (!orders.money.fits || orders.money.money.minor() != 0) add_summand("orders", orders);
    const bool is_longer = tier_amount(group, buys) >= tier_amount(group, sells);
    return through_tiers(group, is_longer ? buys : sells, total, out);
}

GeneralValuation::Figure GeneralValuation::symbol_margin(const Group& group, MarginUse use,
                                                         GeneralFigures* out) const {
    const bool is_basic = account_.rules->hedged_margin == HedgedMargin::basic &&
                          account_.margin_mode == MarginMode::hedging;
    if (is_basic) return basic_margin(group, use, out);
    const Figure buys = leg_margin(group, group.legs[0], nullptr);
    const Figure sells = leg_margin(group, group.legs[1], nullptr);
    if (out == nullptr) return larger(buys, sells);
    const bool is_short = &larger(buys, sells) == &sells;
    const Leg& leg = group.legs[is_short ? 1 : 0];
    if (leg.orders.money.money.minor() != 0 && group.instrument->tiers.empty()) {
        add_part(out, group, is_short ? "short" : "long", leg.positions);
        add_part(out, group, "orders", counted_orders(leg));
    }
    return leg_margin(group, leg, out);
}

/// Margin of the whole account; fills in every exposure's and symbol's share where there is `out`.
GeneralValuation::Figure GeneralValuation::margin_of_all(MarginUse use, GeneralFigures* out) const {
    Figure total;
    std::vector<Group> all = groups();
    std::vector<std::array<Volume, 2>> volumes;  // before netting
    for (Group& group : all) {
        volumes.push_back({Volume::from_raw(group.legs[0].position_raw),
                           Volume::from_raw(group.legs[1].position_raw)});
        value_legs(group, use, out);
    }
    join_tier_scopes(all);
    for (std::size_t i = 0; i < all.size(); ++i) {
        const Group& group = all[i];
        const Figure margin = symbol_margin(group, use, out);
        add_figure(total, margin);
        if (out == nullptr) continue;
        SymbolFigures& symbol = out->symbols.emplace_back();
        symbol.symbol = group.symbol;
        symbol.long_volume = volumes[i][0];
        symbol.short_volume = volumes[i][1];
        symbol.long_margin = group.legs[0].positions.money.money;
        symbol.short_margin = group.legs[1].positions.money.money;
        if (margin.money.fits) symbol.margin = margin.money.money;
    }
    return total;
}

void GeneralValuation::value_margin(GeneralFigures& out) {
    const auto known = [](const Figure& margin) {
        return margin.money.fits ? std::optional{margin.money.money} : std::nullopt;
    };
    const bool has_maintenance = std::ranges::any_of(
        account_.exposures,
        [](const Exposure& exposure) { return exposure.instrument->has_maintenance(); });
    const Figure level = margin_of_all(MarginUse::maintenance, &out);
    is_known_ &= level.money.fits;
    margin_ = level.money.money;
    out.margin_exact = level.exact;
    out.margin_initial =
        has_maintenance ? known(margin_of_all(MarginUse::initial, nullptr)) : known(level);
    if (has_maintenance) out.margin_maintenance = known(level);
}

GeneralFigures GeneralValuation::run() {
    GeneralFigures out;
    out.totals = {.balance = row_.balance, .causes = row_.causes, .digits = row_.digits};
    out.exposures.resize(account_.exposures.size());
    value_pnl(out);
    value_margin(out);
    if (!out.totals.causes.none()) return out;
    if (!is_known_ || !set_figures(out.totals, row_, pnl_, margin_.minor())) {
        out.totals.causes = Cause::overflow;
    }
    return out;
}

GeneralFigures value_general(const AccountRow& row, const GeneralAccount& account,
                             const GeneralMarket& market) {
    return GeneralValuation{row, account, market}.run();
}

}  // namespace margind
