#include "app/session_clock.hpp"

#include <limits>

namespace margind::app {

SessionClock::SessionClock(const SessionCalendar& calendar)
    : calendar_{calendar}, known_(calendar.size()) {
    changes_.reserve(calendar.size());
}

std::span<const SessionChange> SessionClock::changes(std::int64_t wall_ms) {
    constexpr std::int64_t for_ever = std::numeric_limits<std::int64_t>::max();
    changes_.clear();
    for (std::uint32_t i = 0; i < calendar_.size(); ++i) {
        Known& known = known_[i];
        if (known.from_ms <= wall_ms && wall_ms < known.until_ms) continue;
        const SessionId id{i};
        const bool is_open = calendar_.is_open(id, wall_ms);
        if (!known.is_told || is_open != known.is_open) changes_.push_back({id, is_open});
        known = {.is_told = true,
                 .is_open = is_open,
                 .from_ms = wall_ms,
                 .until_ms = calendar_.next_change(id, wall_ms).value_or(for_ever)};
    }
    return changes_;
}

}  // namespace margind::app
