#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "app/session_calendar.hpp"

namespace margind::app {

struct SessionChange {
    SessionId session;
    bool is_open = false;
};

/// Tells, asked once a beat, which classes have opened or closed. Between two changes an answer
/// costs a comparison per class, whatever the calendar holds. A clock that is set back is believed.
class SessionClock {
public:
    /// `calendar` outlives the clock.
    explicit SessionClock(const SessionCalendar& calendar);

    /// What is otherwise than at the last call; the first call tells of every class. `wall_ms` is
    /// UTC epoch. What is returned stays until the next call.
    [[nodiscard]] std::span<const SessionChange> changes(std::int64_t wall_ms);

private:
    /// What has been found of a class, and how long it holds.
    struct Known {
        bool is_told = false;
        bool is_open = false;
        std::int64_t from_ms = 0;
        std::int64_t until_ms = 0;
    };

    const SessionCalendar& calendar_;
    std::vector<Known> known_;
    std::vector<SessionChange> changes_;
};

}  // namespace margind::app
