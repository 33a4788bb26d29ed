#include "core/valuation/margin_trials.hpp"

#include <algorithm>

namespace margind {
namespace {

constexpr MarginUse use = MarginUse::maintenance;  // what levels are read from

void shift_figure(Figure& sum, const Figure& part, int sign) {
    sum.money.fits &= part.money.fits;
    sum.money.money = Money::from_minor(sum.money.money.minor() + sign * part.money.money.minor());
    sum.exact += sign * part.exact;
}

/// Nothing is nothing: subtractions would leave a trace of what has gone.
void clear_what_is_empty(Leg& leg) {
    if (leg.position_raw == 0) {
        leg.open_value = leg.notional = 0.0;
        leg.positions = {};
    }
    if (leg.order_raw == 0) {
        leg.order_notional = 0.0;
        leg.orders = {};
    }
}

}  // namespace

MarginTrials::MarginTrials(const AccountRow& row, const GeneralAccount& account,
                           const GeneralMarket& market)
    : account_{account}, valuation_{row, account, market, nullptr} {
    if (account_.margin_mode == MarginMode::netting) return;
    holdings_ = valuation_.holdings();
    for (Holding& holding : holdings_) {
        valuation_.value_legs(holding, use, {});
        side_notionals_.push_back({valuation_.side_notional(holding, false).value_or(0.0),
                                   valuation_.side_notional(holding, true).value_or(0.0)});
    }
    std::vector<Holding> joined = holdings_;
    valuation_.join_tier_scopes(joined);
    for (const Holding& holding : joined) {
        margins_.push_back(valuation_.symbol_margin(holding, use, {}));
        add_figure(total_, margins_.back());
    }
}

/// A perpetual's position whose margin rests on all of its side.
bool MarginTrials::has_shared_bands(const Exposure& exposure) const {
    return exposure.instrument->is_perpetual() && !exposure.instrument->tiers.empty() &&
           exposure.kind == OrderKind::position;
}

/// True where the margins of the symbol's other exposures stay as they are, or keep their
/// proportions.
bool MarginTrials::is_apart(const Holding& holding, const Exposure& exposure, Volume left) const {
    const MarginConversion conversion = account_.rules->margin_conversion;
    if (has_shared_bands(exposure) && conversion == MarginConversion::open_price) return false;
    const bool may_unmix = exposure.kind == OrderKind::position && left.raw() == 0;
    return !(conversion == MarginConversion::by_composition && holding.is_mixed() && may_unmix);
}

/// Adds an exposure to its leg, or takes it away. `is_mixed`: as the others are valued.
void MarginTrials::shift(Holding& holding, const Exposure& exposure, bool is_mixed,
                         int sign) const {
    Leg& leg = holding.legs[exposure.is_short ? 1 : 0];
    const bool is_position = exposure.kind == OrderKind::position;
    const std::int64_t raw = sign * exposure.volume.raw();
    holding.volume_raw += raw;
    (is_position ? leg.position_raw : leg.order_raw) += raw;
    if (is_position) leg.open_value += sign * exposure.volume.lots() * exposure.price;
    if (has_shared_bands(exposure)) return;
    const MarginWorkings margin = valuation_.margin_of(exposure, is_mixed, use);
    shift_figure(is_position ? leg.positions : leg.orders, margin.figure, sign);
    if (exposure.tier_rate.is_none()) return;
    double& sum = is_position ? leg.notional : leg.order_notional;
    sum += sign * margin.tier_notional * margin.tier_rate;
}

/// Every position of a side has its share of what the bands make of all of it.
void MarginTrials::shift_bands(std::size_t holding, Holding& changed, const Exposure& whole) const {
    const double price = valuation_.maintenance_price(whole).price;
    const double own = notional(whole, price);
    const double side =
        side_notionals_[holding][whole.is_short ? 1 : 0] - own + notional(part_, price);
    Leg& leg = changed.legs[whole.is_short ? 1 : 0];
    const MarginWorkings margin = valuation_.margin_of(whole, changed.is_mixed(), use, side);
    leg.positions = valuation_.figure(margin.figure.exact * (side / own));
}

Figure MarginTrials::total_with(std::size_t holding, const Holding& changed) const {
    Figure total = total_;
    const auto replace = [&](std::size_t i, const Holding& by) {
        shift_figure(total, margins_[i], -1);
        add_figure(total, valuation_.symbol_margin(by, use, {}));
    };
    if (changed.instrument->tier_scope.empty()) {
        replace(holding, changed);
        return total;
    }
    std::vector<Holding> all = holdings_;
    all[holding] = changed;
    valuation_.join_tier_scopes(all);
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (!all[i].instrument->tier_scope.empty()) replace(i, all[i]);
    }
    return total;
}

std::optional<MarginTrials::Answer> MarginTrials::with(std::size_t exposure, Volume left) {
    const auto found = std::ranges::upper_bound(holdings_, exposure, {}, &Holding::last);
    if (found == holdings_.end()) return std::nullopt;
    const Exposure& whole = account_.exposures[exposure];
    if (!is_apart(*found, whole, left)) return std::nullopt;
    part_ = whole;
    part_.volume = left;
    Holding changed = *found;
    shift(changed, whole, found->is_mixed(), -1);
    shift(changed, part_, found->is_mixed(), 1);
    const auto index = static_cast<std::size_t>(found - holdings_.begin());
    if (has_shared_bands(whole)) shift_bands(index, changed, whole);
    clear_what_is_empty(changed.legs[whole.is_short ? 1 : 0]);
    const Figure total = total_with(index, changed);
    if (!total.money.fits) return std::nullopt;
    // Each position of a side with bands is rounded by itself.
    const std::size_t rounded = has_shared_bands(whole) ? found->last - found->first : 1;
    return Answer{total.money.money, Money::from_minor(static_cast<std::int64_t>(rounded))};
}

}  // namespace margind
