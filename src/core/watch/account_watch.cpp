#include "margind/core/watch/account_watch.hpp"

#include <algorithm>
#include <cmath>

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

std::span<const AccountId> AccountWatch::left_by(SymbolId symbol) {
    left_.clear();
    rings_.collect(symbol, quotes_.extent(symbol), quotes_.ticks(symbol), left_);
    std::ranges::sort(left_);
    const auto repeats = std::ranges::unique(left_);
    left_.erase(repeats.begin(), repeats.end());
    accounts_.clear();
    for (const std::uint32_t id : left_) accounts_.emplace_back(id);
    return accounts_;
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
PositionPrices AccountWatch::worst_prices(const PositionRow& row, GuardRings::Ring ring) {
    const auto rate = [&](RateId id) {
        return rates_.rate_at(id, [&](SymbolId symbol) { return bounds(symbol, ring); });
    };
    const PriceInterval price = interval(row.symbol, ring);
    return {.close = row.is_short ? price.high : price.low,
            .pnl_rate = rate(row.pnl_rate),
            .margin_price = std::max(std::abs(price.low), std::abs(price.high)),
            .margin_rate = rate(row.margin_rate).ask};
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
