#include "support/reference_model_states.hpp"

namespace margind::test {
namespace {

std::string stop_out_event(bool is_armed) { return is_armed ? "stop_out" : "would_stop_out"; }

void go(ModelMemory& memory, const std::string& state) {
    if (memory.state == "ok") {
        memory.breach += 1;
        memory.step = 0;
    }
    memory.step += 1;
    memory.state = state;
    memory.above_since_ms.reset();
}

std::string go_to_stop_out(ModelMemory& memory, bool is_armed, Moment now) {
    go(memory, "stop_out");
    memory.last_stop_out_ms = now.wall_ms;
    memory.announced_armed = is_armed;
    return stop_out_event(is_armed);
}

bool is_cooling_down(const ModelMemory& memory, const RuleSet& rules, Moment now) {
    if (memory.last_stop_out_ms == 0) return false;
    const std::int64_t passed_ms = now.wall_ms - memory.last_stop_out_ms;
    return passed_ms >= 0 && passed_ms < rules.cooldown_ms;  // a clock set back waits for nothing
}

/// What was announced before the start, if it still holds.
std::optional<std::string> announced_again(const ModelMemory& memory, const ModelReading& reading) {
    if (memory.state == "stop_out" && reading.at_stop_out) {
        return stop_out_event(memory.announced_armed);
    }
    if (memory.state == "margin_call" && reading.at_margin_call && !reading.at_stop_out) {
        return "margin_call";
    }
    return {};
}

}  // namespace

std::optional<std::string> model_advance(ModelMemory& memory, const ModelReading& reading,
                                         const RuleSet& rules, bool is_armed, Moment now) {
    memory.is_suspended = false;
    if (memory.must_reassert) {
        const bool is_forbidden = memory.announced_armed && !is_armed;
        if (memory.state == "stop_out" && reading.at_stop_out && is_forbidden) return {};
        memory.must_reassert = false;
        if (const auto again = announced_again(memory, reading)) return again;
    }
    const bool was_ok = memory.state == "ok";
    const bool was_stop_out = memory.state == "stop_out";

    if (reading.at_stop_out) {
        memory.above_since_ms.reset();
        if (was_stop_out) {
            // Announced in dry run only: now it counts.
            if (is_armed && !memory.announced_armed) return go_to_stop_out(memory, true, now);
            return {};
        }
        if (!is_cooling_down(memory, rules, now)) return go_to_stop_out(memory, is_armed, now);
        if (!was_ok) return {};
        go(memory, "margin_call");
        return "margin_call";
    }
    if (was_ok) {
        if (!reading.at_margin_call) return {};
        go(memory, "margin_call");
        return "margin_call";
    }
    // On the way out: above both levels for the dwell time.
    if (!reading.above_call_leave || !reading.above_stop_leave) {
        memory.above_since_ms.reset();
    } else {
        if (!memory.above_since_ms) memory.above_since_ms = now.steady_ms;
        if (now.steady_ms - *memory.above_since_ms >= rules.dwell_ms) {
            go(memory, "ok");
            return "recovered";
        }
    }
    if (was_stop_out && reading.above_stop_leave) {
        const auto above_since_ms = memory.above_since_ms;
        go(memory, "recovering");
        memory.above_since_ms = above_since_ms;  // the dwell goes on
        return "recovered";
    }
    return {};
}

std::optional<std::string> model_suspend(ModelMemory& memory, bool is_over) {
    memory.above_since_ms.reset();
    if (memory.state == "ok" || memory.is_suspended) return {};
    if (memory.must_reassert && !is_over) return {};  // it may just not have been read yet
    memory.is_suspended = true;
    return "unknown";
}

}  // namespace margind::test
