#include "margind/core/market/quotes.hpp"

#include <algorithm>
#include <cmath>

#include "margind/core/base/assert.hpp"

namespace margind {
namespace {

bool is_given(double side) { return !std::isnan(side); }

bool has_aged_at(std::int64_t arrived_ms, std::int64_t now_ms, std::int64_t max_age_ms) {
    return now_ms - arrived_ms > max_age_ms;
}

}  // namespace

void QuoteBoard::grow(std::uint32_t count) {
    const std::size_t known = usable_.size();
    if (known >= count) return;
    usable_.resize(count);
    marks_.resize(count);
    good_.resize(count);
    newest_.resize(count);
    raw_.resize(count);
    stamps_.resize(count);
    causes_.resize(count, Cause::no_price);
    quoted_.resize(count, 0);
    negative_allowed_.resize(count, 0);
    frozen_.resize(count, 0);
    sessions_.resize(count, Session::open);
    max_age_ms_.resize(count, limits_.max_age_ms);
    refusals_.resize(count);
    guard_of_.resize(count, no_guard);
    waiting_.grow(count);
    if (!limits_.guard().has_limits()) return;
    for (std::size_t symbol = known; symbol < count; ++symbol) {
        make_guard(symbol).guard.set(limits_.guard());
    }
}

bool QuoteBoard::freeze(SymbolId symbol, bool is_frozen) {
    std::uint8_t& frozen = frozen_[symbol.value];
    if ((frozen != 0) == is_frozen) return false;
    frozen = is_frozen ? 1 : 0;
    // Whoever thaws a symbol takes its next quote as it is.
    if (!is_frozen) start_afresh(symbol);
    settle(symbol.value);
    return true;
}

bool QuoteBoard::set_session(SymbolId symbol, Session session) {
    Session& known = sessions_[symbol.value];
    if (known == session) return false;
    known = session;
    return true;
}

TickFate QuoteBoard::apply(const PriceTick& tick, Moment now) {
    MARGIND_ASSERT(tick.symbol.value < usable_.size());
    const std::size_t symbol = tick.symbol.value;
    Stamps& stamps = stamps_[symbol];
    ++stamps.ticks;
    const bool is_infinite = std::isinf(tick.bid) || std::isinf(tick.ask);
    if (is_infinite || (!is_given(tick.bid) && !is_given(tick.ask))) {
        return note(tick, TickFate::not_finite, now);
    }
    if (negative_allowed_[symbol] == 0 && (tick.bid <= 0.0 || tick.ask <= 0.0)) {
        return note(tick, TickFate::not_positive, now);
    }
    std::int64_t ts_ms = tick.ts_ms;
    if (ts_ms > now.wall_ms + limits_.future_ms_max) {
        ++implausible_stamps_;
        ts_ms = 0;
    }
    if (ts_ms > 0 && ts_ms < stamps.ts_ms) return note(tick, TickFate::late, now);
    const std::int64_t age_ms =
        tick.is_stored && ts_ms > 0 ? std::max<std::int64_t>(0, now.wall_ms - ts_ms) : 0;
    const Marks marks = usable_marks(tick);
    if (guard_of_[symbol] != no_guard) {
        const Arrival arrival{{tick.bid, tick.ask}, marks, ts_ms, now.steady_ms, age_ms};
        return note(tick, take_guarded(symbol, arrival, now), now);
    }
    raw_[symbol] = {tick.bid, tick.ask};
    marks_[symbol] = marks;
    return note(tick, enter(symbol, {tick.bid, tick.ask}, ts_ms, now.steady_ms - age_ms, now), now);
}

/// A mark that is no price of its symbol is as if it had not come: a mid that is not between the
/// sides, and whatever is further from them than its guard lets a side jump.
Marks QuoteBoard::usable_marks(const PriceTick& tick) const {
    const bool has_none =
        !is_given(tick.marks.mid) && !is_given(tick.marks.mark) && !is_given(tick.marks.last);
    if (has_none) return {};
    const Quote& newest = newest_[tick.symbol.value];
    const double bid = is_given(tick.bid) ? tick.bid : newest.bid;
    const double ask = is_given(tick.ask) ? tick.ask : newest.ask;
    const QuoteGuard* guard = this->guard(tick.symbol);
    const auto usable = [&](double mark) {
        const bool is_price = std::isfinite(mark) && (mark > 0.0 || allows_negative(tick.symbol));
        const bool is_absurd =
            guard != nullptr && guard->is_absurd(std::max({bid - mark, mark - ask, 0.0}));
        return is_price && !is_absurd ? mark : not_a_price;
    };
    const bool is_between = !(tick.marks.mid < bid) && !(tick.marks.mid > ask);
    return {is_between ? usable(tick.marks.mid) : not_a_price, usable(tick.marks.mark),
            usable(tick.marks.last)};
}

/// Lets sides in. A side that is missing leaves the newest one standing, crossed or not: a feed
/// that sends one side at a time crosses on its way to a new price.
TickFate QuoteBoard::enter(std::size_t symbol, Quote sides, std::int64_t ts_ms,
                           std::int64_t arrived_ms, Moment now) {
    Stamps& stamps = stamps_[symbol];
    stamps.ts_ms = std::max(stamps.ts_ms, ts_ms);
    Quote& newest = newest_[symbol];
    // Nearly every tick: a whole quote after one that is in use, of a symbol without guards.
    const bool is_plain = sides.bid <= sides.ask && causes_[symbol].none() &&
                          guard_of_[symbol] == no_guard && arrived_ms == now.steady_ms;
    if (is_plain) {
        newest = good_[symbol] = usable_[symbol] = sides;
        stamps.bid_arrived_ms = stamps.ask_arrived_ms = arrived_ms;
        stamps.good_ts_ms = ts_ms;
        return TickFate::accepted;
    }
    if (!is_given(newest.bid) && !is_given(newest.ask)) ++come_count_;
    if (is_given(sides.bid)) {
        newest.bid = sides.bid;
        stamps.bid_arrived_ms = arrived_ms;
    }
    if (is_given(sides.ask)) {
        newest.ask = sides.ask;
        stamps.ask_arrived_ms = arrived_ms;
    }
    const bool is_crossed = newest.bid > newest.ask;
    if (!is_crossed) {
        good_[symbol] = newest;
        stamps.good_ts_ms = ts_ms;
    }
    causes_[symbol] = is_crossed ? Causes{Cause::crossed_price} : Causes{};
    settle(symbol);
    const SymbolId id{static_cast<std::uint32_t>(symbol)};
    if (has_aged(id, now)) set_stale(symbol);
    return is_crossed ? TickFate::crossed : TickFate::accepted;
}

/// Counts a tick that was not simply accepted.
TickFate QuoteBoard::note(const PriceTick& tick, TickFate fate, Moment now) {
    if (fate == TickFate::accepted) return fate;
    Refusals& refusals = refusals_[tick.symbol.value];
    ++refusals.by_fate[static_cast<std::size_t>(fate)];
    refusals.last = {tick.bid, tick.ask};
    refusals.last_ts_ms = tick.ts_ms;
    refusals.last_wall_ms = now.wall_ms;
    refusals.last_fate = fate;
    return fate;
}

/// Causes and usable sides from what has arrived. Age is left to `age`.
void QuoteBoard::settle(std::size_t symbol) {
    const Quote& good = good_[symbol];
    const Stamps& stamps = stamps_[symbol];
    const bool has_bid = is_given(good.bid);
    const bool has_ask = is_given(good.ask);
    Causes causes;
    if (!has_bid && !has_ask) {
        causes |= Cause::no_price;
    } else if (!has_bid || !has_ask) {
        causes |= Cause::one_side_missing;
    } else if (stamps.bid_arrived_ms == never || stamps.ask_arrived_ms == never) {
        causes |= Cause::stale_price;
    }
    // Only a good quote ends a crossed one.
    if (causes_[symbol].has(Cause::crossed_price)) causes |= Cause::crossed_price;
    if (frozen_[symbol] != 0) causes |= Cause::frozen_price;
    if (guard_of_[symbol] != no_guard) causes |= guard_causes(symbol);
    causes_[symbol] = causes;
    usable_[symbol] = causes.none() ? good : Quote{};
    if (has_bid && has_ask) quoted_[symbol] = 1;
}

void QuoteBoard::distrust_all() {
    for (Guarded& guarded : guards_) guarded.guard.start_afresh();
    waiting_.clear();
    for (std::size_t symbol = 0; symbol < usable_.size(); ++symbol) {
        // A store that came back from an older copy has older stamps, and is all there is.
        stamps_[symbol].ts_ms = 0;
        stamps_[symbol].bid_arrived_ms = never;
        stamps_[symbol].ask_arrived_ms = never;
        settle(symbol);
    }
}

void QuoteBoard::forget(SymbolId symbol) {
    raw_[symbol.value] = {};
    stamps_[symbol.value].bid_arrived_ms = never;
    stamps_[symbol.value].ask_arrived_ms = never;
    causes_[symbol.value] = {};
    start_afresh(symbol);
    settle(symbol.value);
}

std::int64_t QuoteBoard::age_ms(SymbolId symbol, Moment now) const {
    const Stamps& stamps = stamps_[symbol.value];
    const std::int64_t older = std::min(stamps.bid_arrived_ms, stamps.ask_arrived_ms);
    return older == never ? -1 : now.steady_ms - older;
}

bool QuoteBoard::has_aged(SymbolId id, Moment now) const {
    const std::size_t symbol = id.value;
    const Causes causes = causes_[symbol];
    const bool may_age = !causes.has(Cause::no_price) && !causes.has(Cause::one_side_missing) &&
                         !causes.has(Cause::stale_price);
    if (max_age_ms_[symbol] <= 0 || !may_age || sessions_[symbol] != Session::open) return false;
    const Stamps& stamps = stamps_[symbol];
    return has_aged_at(std::min(stamps.bid_arrived_ms, stamps.ask_arrived_ms), now.steady_ms,
                       max_age_ms_[symbol]);
}

void QuoteBoard::set_stale(std::size_t symbol) {
    causes_[symbol] |= Cause::stale_price;
    usable_[symbol] = {};
}

}  // namespace margind
