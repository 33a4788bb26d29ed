#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "margind/core/base/moment.hpp"
#include "margind/core/rules/rules.hpp"

namespace margind::test {

/// What an account remembers of its breaches. States by name: ok, margin_call, stop_out,
/// recovering.
struct ModelMemory {
    std::string state = "ok";
    std::uint32_t breach = 0;  // counts departures from `ok`
    std::uint32_t step = 0;    // counts events within a breach
    bool announced_armed = false;
    bool must_reassert = false;         // after a start or a gap: say again what still holds
    bool is_suspended = false;          // UNKNOWN while in breach
    bool has_told_deficit = false;      // since it last owed nothing, a start or a gap
    std::int64_t deficit = 0;           // minor units, as last told
    std::int64_t last_stop_out_ms = 0;  // wall clock; 0 = never
    std::optional<std::int64_t> above_since_ms;
};

/// Where the level stands.
struct ModelReading {
    bool at_stop_out = false;
    bool at_margin_call = false;
    bool above_stop_leave = true;  // above stop-out + gap
    bool above_call_leave = true;  // above margin call + gap
};

/// One beat of a valued account's states; the name of the event to announce, if there is one.
std::optional<std::string> model_advance(ModelMemory& memory, const ModelReading& reading,
                                         const RuleSet& rules, bool is_armed, Moment now);

/// One beat of an account that cannot be valued.
std::optional<std::string> model_suspend(ModelMemory& memory, bool is_over);

}  // namespace margind::test
