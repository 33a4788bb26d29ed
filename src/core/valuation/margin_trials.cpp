#include "core/valuation/margin_trials.hpp"

#include <algorithm>

namespace margind {
namespace {

constexpr MarginUse use = MarginUse::maintenance;  // what levels are read from

void take_away(Figure& sum, const Figure& part) {
    sum.money.money = sum.money.money - part.money.money;
    sum.exact -= part.exact;
}

/// A perpetual whose margins rest on all of their side.
bool has_bands(const Instrument& instrument) {
    return instrument.is_perpetual() && !instrument.tiers.empty();
}

}  // namespace

MarginTrials::MarginTrials(const AccountRow& row, const GeneralAccount& account,
                           const GeneralMarket& market)
    : account_{account},
      valuation_{row, account, market, nullptr},
      shares_(account.exposures.size()) {
    for (const Exposure& exposure : account_.exposures) volumes_.push_back(exposure.volume);
    const std::vector<Holding> holdings = valuation_.holdings();
    for (const Holding& holding : holdings) {
        Symbol& symbol = symbols_.emplace_back();
        symbol.holding = holding;
        const bool is_mixed = !is_netting() && holding.is_mixed();
        symbol.side_notionals = {side_notional(holding, false), side_notional(holding, true)};
        for (std::size_t i = holding.first; i < holding.last; ++i) {
            shares_[i] = share(i, is_mixed, symbol.side_notionals[account_.exposures[i].is_short]);
        }
    }
    sets_ = tier_sets(holdings);
    for (std::size_t set = 0; set < sets_.size(); ++set) {
        for (const std::size_t i : sets_[set]) symbols_[i].set = set;
    }
    std::vector<std::pair<std::size_t, Symbol>> none;
    for (Symbol& symbol : symbols_) {
        symbol = add_up(symbol, {});
        if (symbol.set != no_set) continue;
        symbol.margin = valuation_.symbol_margin(netted(symbol.holding), use, {});
        add_figure(total_, symbol.margin);
    }
    for (std::size_t set = 0; set < sets_.size(); ++set) join(set, total_, none);
}

std::size_t MarginTrials::symbol_of(std::size_t exposure) const {
    const auto found = std::ranges::upper_bound(
        symbols_, exposure, {}, [](const Symbol& symbol) { return symbol.holding.last; });
    return static_cast<std::size_t>(found - symbols_.begin());
}

/// As GeneralValuation::side_notional, of what is left.
std::optional<double> MarginTrials::side_notional(const Holding& holding, bool is_short) {
    if (!has_bands(*holding.instrument)) return {};
    steps_ += price_steps * static_cast<std::int64_t>(holding.last - holding.first);
    double sum = 0.0;
    for (std::size_t i = holding.first; i < holding.last; ++i) {
        const Exposure& exposure = account_.exposures[i];
        const bool counts = exposure.kind == OrderKind::position && exposure.is_short == is_short &&
                            volumes_[i].raw() > 0;
        if (!counts) continue;
        const double price = valuation_.maintenance_price(exposure).price;
        sum += notional(*exposure.instrument, volumes_[i], price);
    }
    return sum;
}

MarginTrials::Share MarginTrials::share(std::size_t exposure, bool is_mixed,
                                        std::optional<double> side_notional) {
    const Exposure& whole = account_.exposures[exposure];
    Share share{.volume = volumes_[exposure],
                .is_short = whole.is_short,
                .is_position = whole.kind == OrderKind::position};
    if (volumes_[exposure].raw() == 0) return share;
    if (share.is_position) share.open_value = volumes_[exposure].lots() * whole.price;
    if (share.is_position && is_netting()) return share;
    part_ = whole;
    part_.volume = volumes_[exposure];
    steps_ += margin_steps;
    const MarginWorkings margin = valuation_.margin_of(part_, is_mixed, use, side_notional);
    share.figure = margin.figure;
    if (!whole.tier_rate.is_none()) share.tier_notional = margin.tier_notional * margin.tier_rate;
    return share;
}

/// The symbol with the volumes that are left, in the order of the whole valuation.
MarginTrials::Symbol MarginTrials::add_up(const Symbol& symbol, std::span<const Left> left) {
    Symbol out = symbol;
    Holding& sum = out.holding;
    for (Leg& leg : sum.legs) {
        leg = {.position_raw = leg.position_raw, .order_raw = leg.order_raw};
    }
    for (const Left& one : left) {
        if (one.exposure < sum.first || one.exposure >= sum.last) continue;
        const Exposure& exposure = account_.exposures[one.exposure];
        Leg& leg = sum.legs[exposure.is_short ? 1 : 0];
        const std::int64_t gone = exposure.volume.raw() - one.volume.raw();
        (exposure.kind == OrderKind::position ? leg.position_raw : leg.order_raw) -= gone;
        sum.volume_raw -= gone;
    }
    const bool is_mixed = !is_netting() && sum.is_mixed();
    const bool is_other_mix = is_mixed != (!is_netting() && symbol.holding.is_mixed());
    if (!left.empty()) out.side_notionals = {side_notional(sum, false), side_notional(sum, true)};
    for (std::size_t i = sum.first; i < sum.last; ++i) {
        const Share& whole = shares_[i];
        const std::size_t side = whole.is_short ? 1 : 0;
        const bool is_other_side =
            whole.is_position && out.side_notionals[side] != symbol.side_notionals[side];
        const bool is_known = volumes_[i] == whole.volume && !is_other_mix && !is_other_side;
        const Share own = is_known ? whole : share(i, is_mixed, out.side_notionals[side]);
        Leg& leg = sum.legs[side];
        leg.open_value += own.open_value;
        if (own.is_position && is_netting()) continue;
        add_figure(own.is_position ? leg.positions : leg.orders, own.figure);
        (own.is_position ? leg.notional : leg.order_notional) += own.tier_notional;
    }
    steps_ += static_cast<std::int64_t>(sum.last - sum.first) + margin_steps;
    return out;
}

Holding MarginTrials::netted(Holding holding) const {
    if (is_netting()) valuation_.net_positions(holding, use, {});
    return holding;
}

/// Adds the margins of the symbols of a set, of which some have changed.
void MarginTrials::join(std::size_t set, Figure& total,
                        const std::vector<std::pair<std::size_t, Symbol>>& changed) {
    std::vector<Holding> members;
    std::vector<std::size_t> places;
    for (const std::size_t i : sets_[set]) {
        const auto found = std::ranges::find(changed, i, &std::pair<std::size_t, Symbol>::first);
        places.push_back(places.size());
        members.push_back(
            netted(found == changed.end() ? symbols_[i].holding : found->second.holding));
    }
    valuation_.join_tiers(members, places);
    for (std::size_t i = 0; i < members.size(); ++i) {
        const Figure margin = valuation_.symbol_margin(members[i], use, {});
        add_figure(total, margin);
        if (changed.empty()) symbols_[sets_[set][i]].margin = margin;
    }
    steps_ += static_cast<std::int64_t>(members.size()) * margin_steps;
}

Figure MarginTrials::total_with(std::vector<std::pair<std::size_t, Symbol>>& changed) {
    Figure total = total_;
    std::vector<std::size_t> sets;
    for (auto& [i, symbol] : changed) {
        if (symbol.set == no_set) {
            take_away(total, symbols_[i].margin);
            add_figure(total, valuation_.symbol_margin(netted(symbol.holding), use, {}));
        } else if (std::ranges::find(sets, symbol.set) == sets.end()) {
            sets.push_back(symbol.set);
        }
    }
    for (const std::size_t set : sets) {
        for (const std::size_t i : sets_[set]) take_away(total, symbols_[i].margin);
        join(set, total, changed);
    }
    return total;
}

Rounded MarginTrials::with(std::span<const Left> left) {
    for (const Left& one : left) volumes_[one.exposure] = one.volume;
    std::vector<std::pair<std::size_t, Symbol>> changed;
    for (const Left& one : left) {
        const std::size_t i = symbol_of(one.exposure);
        const bool is_known =
            std::ranges::find(changed, i, &std::pair<std::size_t, Symbol>::first) != changed.end();
        if (!is_known) changed.emplace_back(i, add_up(symbols_[i], left));
    }
    const Figure total = total_with(changed);
    for (const Left& one : left) volumes_[one.exposure] = account_.exposures[one.exposure].volume;
    return total.money;
}

}  // namespace margind
