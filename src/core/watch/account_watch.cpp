#include "margind/core/watch/account_watch.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>

#include "margind/core/stop_out/level_reading.hpp"
#include "margind/core/valuation/worst_case.hpp"

namespace margind {

void AccountWatch::grow(std::uint32_t accounts, std::uint32_t symbols) {
    places_.resize(accounts);
    rings_.grow(symbols);
}

std::optional<NextLevel> AccountWatch::next_level(AccountId account) const {
    const Place place = places_[account.value];
    if (place.ring == nowhere) return {};
    return place.next;
}

/// Of a quote that may not be used, or that has left the ring and has not been looked at: nothing.
PriceInterval AccountWatch::interval(SymbolId symbol, GuardRings::Ring ring) {
    const Quote extent = quotes_.extent(symbol);
    if (std::isnan(extent.bid) || std::isnan(extent.ask)) return {not_a_price, not_a_price};
    const PriceInterval out = rings_.interval(symbol, ring, extent);
    return out.holds(extent) ? out : PriceInterval{not_a_price, not_a_price};
}

Quote AccountWatch::bounds(SymbolId symbol, GuardRings::Ring ring) {
    const PriceInterval price = interval(symbol, ring);
    return {price.low, price.high};
}

/// Each of them the worst there is within the ring, for equity and for margin apart. Everything
/// that valuation makes of them rises and falls with them, to the last rounding.
template <class Position>
PositionPrices AccountWatch::worst_prices(const Position& position, GuardRings::Ring ring) {
    if (position.symbol.is_none() || position.pnl_rate.is_none()) return {};
    if (position.margin_rate.is_none()) return {};
    const auto rate = [&](RateId id) {
        return rates_.rate_at(id, [&](SymbolId symbol) { return bounds(symbol, ring); });
    };
    const PriceInterval price = interval(position.symbol, ring);
    return {.close = position.is_short ? price.high : price.low,
            .pnl_rate = rate(position.pnl_rate),
            .margin_price = std::max(std::abs(price.low), std::abs(price.high)),
            .margin_rate = rate(position.margin_rate).ask};
}

AccountWatch::Left AccountWatch::left_by(SymbolId symbol, const BitSet& calm) {
    left_.clear();
    rings_.collect(symbol, quotes_.extent(symbol), quotes_.ticks(symbol), left_);
    std::ranges::sort(left_);
    const auto repeats = std::ranges::unique(left_);
    left_.erase(repeats.begin(), repeats.end());
    const auto all = static_cast<std::uint32_t>(left_.size());
    drop_safe(calm);
    accounts_.clear();
    for (const std::uint32_t id : left_) accounts_.emplace_back(id);
    return {accounts_, all};
}

/// A leap leaves many behind who are far from their levels. Of each ring as it is now drawn: those
/// who are safe in it stay, and are not looked at one by one.
void AccountWatch::drop_safe(const BitSet& calm) {
    if (left_.size() < sweep_min_) return;
    std::array<std::uint32_t, GuardRings::rings> counts{};
    for (const std::uint32_t id : left_) {
        if (places_[id].ring < GuardRings::rings) counts[places_[id].ring] += calm.contains(id);
    }
    // The table of a ring costs as much as some of them.
    const std::size_t least = sweep_min_ + book_.kinds().values().size() / 4;
    for (GuardRings::Ring ring = 0; ring < GuardRings::rings; ++ring) {
        if (counts[ring] < least) continue;
        kinds_.clear();
        for (const PositionKind& kind : book_.kinds().values()) {
            kinds_.push_back(kind_market(kind, worst_prices(kind, ring)));
        }
        unsafe_.clear();
        const auto look = [&](AccountId account, const AccountSums& sums) {
            if (!is_safe(account, sums)) unsafe_.push_back(account.value);
        };
        for (const std::uint32_t id : left_) {
            if (places_[id].ring == ring && calm.contains(id)) {
                bulk_.add(AccountId{id}, kinds_, look);
            } else {
                others_.push_back(id);
            }
        }
        bulk_.finish(kinds_, look);
        left_.clear();
        std::ranges::merge(unsafe_, others_, std::back_inserter(left_));
        others_.clear();
    }
}

/// Of a calm account that is worth this at worst.
bool AccountWatch::is_safe(AccountId account, const AccountSums& worst) const {
    if (!worst.is_exact || worst.margin <= 0.0) return false;
    const AccountProfile& profile = book_.profile(account);
    const bool is_any = places_[account.value].next == NextLevel::any;
    const double equity = static_cast<double>(book_.line(account).cash.minor()) + worst.pnl;
    return above_level(is_any ? profile.nearest() : profile.stop_out, equity, worst.margin) > 0.0;
}

std::span<const SymbolId> AccountWatch::symbols_of(const Holdings& holdings) {
    symbols_.clear();
    for (const std::uint32_t symbol : holdings.symbols) symbols_.emplace_back(symbol);
    for (const std::uint32_t rate : holdings.rates) {
        const RatePath& path = rates_.path(RateId{rate});
        for (std::uint8_t i = 0; i < path.step_count; ++i) {
            symbols_.push_back(path.steps[i].symbol);
        }
    }
    return symbols_;
}

void AccountWatch::enter(AccountId account, const Holdings& holdings, Place place) {
    const Place old = places_[account.value];
    if (old.ring != place.ring || old.is_waiting) {
        remove(account, holdings);
        for (const SymbolId symbol : symbols_of(holdings)) {
            rings_.enter(symbol, place.ring, account.value);
        }
    }
    places_[account.value] = place;
}

void AccountWatch::place(AccountId account, const Holdings& holdings, const RuleSet& rules,
                         const GeneralAccount* general, NextLevel next) {
    GuardRings::Ring ring = GuardRings::point;
    if (general == nullptr || has_worst_case(*general)) {
        ring = widest_ring(account, rules, general, next);
    }
    enter(account, holdings, {ring, next});
}

void AccountWatch::place_at_point(AccountId account, const Holdings& holdings, NextLevel next) {
    enter(account, holdings, {GuardRings::point, next});
}

void AccountWatch::wait_for(AccountId account, SymbolId symbol, NextLevel next) {
    rings_.enter(symbol, GuardRings::point, account.value);
    places_[account.value] = {GuardRings::point, next, true};
}

void AccountWatch::remove(AccountId account, const Holdings& holdings) {
    const GuardRings::Ring ring = places_[account.value].ring;
    if (ring == nowhere) return;
    for (const SymbolId symbol : symbols_of(holdings)) rings_.leave(symbol, ring, account.value);
    places_[account.value] = {};
}

void AccountWatch::clear() {
    rings_.clear();
    std::ranges::fill(places_, Place{});
}

/// Of an account whose positions are in `rows_`, or of a general one.
Valuation AccountWatch::worst(const AccountRow& row, const GeneralAccount* general,
                              GuardRings::Ring ring) {
    if (general == nullptr) {
        return value_account(
            row, rows_, [&](const PositionRow& position) { return worst_prices(position, ring); });
    }
    const QuoteOf within = [&](SymbolId symbol) { return bounds(symbol, ring); };
    return worst_case(row, *general, GeneralMarket{quotes_, rates_}, within);
}

bool AccountWatch::is_safe(const AccountRow& row, const Valuation& worst, const RuleSet& rules,
                           NextLevel next) {
    if (!worst.causes.none()) return false;
    const LevelReading reading = read_levels(row, worst, rules);
    return !reading.at_stop_out && (next == NextLevel::stop_out || !reading.at_margin_call);
}

/// Found by halving: a ring within one that is safe is taken to be safe, and looked at.
GuardRings::Ring AccountWatch::widest_ring(AccountId account, const RuleSet& rules,
                                           const GeneralAccount* general, NextLevel next) {
    const AccountRow row = book_.row(account);
    const PositionSlice positions = book_.positions(account);
    rows_.assign(positions.begin(), positions.end());
    GuardRings::Ring found = GuardRings::point;
    GuardRings::Ring first = 0;
    GuardRings::Ring ring = 0;  // most stand here
    while (first < found) {
        if (is_safe(row, worst(row, general, ring), rules, next)) {
            found = ring;
        } else {
            first = static_cast<GuardRings::Ring>(ring + 1);
        }
        ring = static_cast<GuardRings::Ring>(first + (found - first) / 2);
    }
    return found;
}

}  // namespace margind
