#include "margind/core/stop_out/stop_out.hpp"

#include <utility>

#include "core/base/hash.hpp"

namespace margind {
namespace {

constexpr std::pair<AccountState, std::string_view> state_names[] = {
    {AccountState::ok, "ok"},
    {AccountState::margin_call, "margin_call"},
    {AccountState::stop_out, "stop_out"},
    {AccountState::recovering, "recovering"},
};

EventKind stop_out_kind(bool is_armed) {
    return is_armed ? EventKind::stop_out : EventKind::would_stop_out;
}

EventKind enter(BreachMemory& memory, AccountState state, EventKind kind) {
    if (memory.state == AccountState::ok) {
        ++memory.breach;
        memory.step = 0;
        memory.suspensions = 0;
    }
    ++memory.step;
    memory.state = state;
    memory.above_since_ms = -1;
    return kind;
}

EventKind enter_stop_out(BreachMemory& memory, bool is_armed, Moment now) {
    memory.last_stop_out_ms = now.wall_ms;
    memory.announced_armed = is_armed;
    return enter(memory, AccountState::stop_out, stop_out_kind(is_armed));
}

/// A clock that went back does not lengthen the wait.
bool cools_down(const BreachMemory& memory, const RuleSet& rules, Moment now) {
    return memory.last_stop_out_ms != 0 && now.wall_ms >= memory.last_stop_out_ms &&
           now.wall_ms - memory.last_stop_out_ms < rules.cooldown_ms;
}

/// True when the level has been above call + gap, and stop-out + gap, for the dwell time without a
/// break.
bool has_dwelt(BreachMemory& memory, const LevelReading& reading, const RuleSet& rules,
               Moment now) {
    if (!reading.above_call_leave || !reading.above_stop_leave) {
        memory.above_since_ms = -1;
        return false;
    }
    if (memory.above_since_ms < 0) memory.above_since_ms = now.steady_ms;
    return now.steady_ms - memory.above_since_ms >= rules.dwell_ms;
}

/// After a start: what was announced is announced again under its old id, if it still holds.
std::optional<EventKind> reassert(BreachMemory& memory, const LevelReading& reading) {
    if (!std::exchange(memory.must_reassert, false)) return {};
    if (memory.state == AccountState::stop_out && reading.at_stop_out) {
        return stop_out_kind(memory.announced_armed);
    }
    if (memory.state == AccountState::margin_call && reading.at_margin_call &&
        !reading.at_stop_out) {
        return EventKind::margin_call;
    }
    return {};
}

Transition from_ok(BreachMemory& memory, const LevelReading& reading, const RuleSet& rules,
                   bool is_armed, Moment now) {
    const bool waits = reading.at_stop_out && cools_down(memory, rules, now);
    if (reading.at_stop_out && !waits) return {enter_stop_out(memory, is_armed, now), false};
    if (reading.at_margin_call || waits) {
        return {enter(memory, AccountState::margin_call, EventKind::margin_call), waits};
    }
    return {};
}

/// margin_call and recovering: down to stop_out, or up to ok after the dwell time.
Transition from_between(BreachMemory& memory, const LevelReading& reading, const RuleSet& rules,
                        bool is_armed, Moment now) {
    if (reading.at_stop_out) {
        memory.above_since_ms = -1;
        if (cools_down(memory, rules, now)) return {{}, true};
        return {enter_stop_out(memory, is_armed, now), false};
    }
    if (has_dwelt(memory, reading, rules, now)) {
        return {enter(memory, AccountState::ok, EventKind::recovered), false};
    }
    return {{}, reading.above_call_leave};
}

Transition from_stop_out(BreachMemory& memory, const LevelReading& reading, const RuleSet& rules,
                         bool is_armed, Moment now) {
    if (reading.at_stop_out) {
        // Armed after a dry run: what was only said now counts.
        const bool is_armed_now = is_armed && !memory.announced_armed;
        const bool is_back = reading.news == PartNews::again;
        const bool must_wait = is_back && cools_down(memory, rules, now);
        if (is_armed_now || reading.news == PartNews::fresh || (is_back && !must_wait)) {
            return {enter_stop_out(memory, is_armed, now), false};
        }
        return {.event = {}, .wants_next_beat = must_wait};
    }
    if (has_dwelt(memory, reading, rules, now)) {
        return {enter(memory, AccountState::ok, EventKind::recovered), false};
    }
    if (!reading.above_stop_leave) return {};
    const std::int64_t above_since_ms = memory.above_since_ms;
    const Transition left{enter(memory, AccountState::recovering, EventKind::recovered),
                          reading.above_call_leave};
    memory.above_since_ms = above_since_ms;
    return left;
}

}  // namespace

std::string_view to_string(AccountState state) {
    return state_names[std::to_underlying(state)].second;
}

std::string_view to_string(EventKind kind) {
    switch (kind) {
        case EventKind::margin_call: return "margin_call";
        case EventKind::stop_out: return "stop_out";
        case EventKind::would_stop_out: return "would_stop_out";
        case EventKind::recovered: return "recovered";
        case EventKind::touched: return "touched";
        case EventKind::unknown: return "unknown";
        case EventKind::deficit: return "deficit";
        case EventKind::daily_loss: return "daily_loss";
        case EventKind::drawdown: return "drawdown";
    }
    return "unknown";
}

std::optional<AccountState> account_state_from(std::string_view name) {
    for (const auto& [state, state_name] : state_names) {
        if (state_name == name) return state;
    }
    return {};
}

Transition advance(BreachMemory& memory, const LevelReading& reading, const RuleSet& rules,
                   bool is_armed, Moment now) {
    memory.is_suspended = false;
    // Nothing is stopped out while disarmed, not even again: it is said when armed.
    const bool must_wait = memory.must_reassert && memory.state == AccountState::stop_out &&
                           memory.announced_armed && !is_armed;
    if (must_wait && reading.at_stop_out) return {};
    const std::optional<EventKind> repeated = reassert(memory, reading);
    // Under its old id it would say that it is of what it was of then.
    if (repeated && reading.news == PartNews::fresh) {
        return {enter_stop_out(memory, is_armed, now), false};
    }
    if (repeated) {
        const bool must_arm =
            memory.state == AccountState::stop_out && is_armed && !memory.announced_armed;
        return {repeated, must_arm || reading.news == PartNews::again};
    }
    switch (memory.state) {
        case AccountState::ok: return from_ok(memory, reading, rules, is_armed, now);
        case AccountState::margin_call:
        case AccountState::recovering: return from_between(memory, reading, rules, is_armed, now);
        case AccountState::stop_out: return from_stop_out(memory, reading, rules, is_armed, now);
    }
    return {};
}

Transition suspend(BreachMemory& memory, bool is_over) {
    memory.above_since_ms = -1;
    if (memory.state == AccountState::ok || memory.is_suspended) return {};
    if (memory.must_reassert && !is_over) return {.event = {}, .wants_next_beat = true};
    memory.is_suspended = true;
    ++memory.suspensions;
    return {EventKind::unknown, false};
}

std::string event_id(std::string_view account, EventKind kind, std::uint32_t breach,
                     std::uint32_t step) {
    return event_id(account, kind, (std::uint64_t{breach} << 32) | step);
}

std::string event_id(std::string_view account, EventKind kind, std::uint64_t occasion) {
    std::string id;
    for (const std::uint64_t seed : {0x6d617267696e6431ull, 0x6d617267696e6432ull}) {
        Hasher hash{seed};
        hash.add(account);
        hash.add(to_string(kind));
        hash.add(occasion);
        id += to_hex(hash.value());
    }
    return id;
}

}  // namespace margind
