#pragma once
#include <chrono>
#include <cstdint>

#include "app/time_zone.hpp"

namespace margind::app {

/// The instant of each day at which a prop firm's daily figures start anew: a local time, so that a
/// day of 23 or 25 hours is one day. A time that the clock leaves out is the first instant after
/// the gap, of one that comes twice it is the first (time_zone.hpp).
class DailyReset {
public:
    /// Precondition: 0 <= hour < 24, 0 <= minute < 60.
    DailyReset(TimeZone zone, int hour, int minute)
        : zone_{zone}, time_{std::chrono::hours{hour} + std::chrono::minutes{minute}} {}

    /// The latest reset at or before `utc_ms`; instants are UTC epoch milliseconds.
    [[nodiscard]] std::int64_t last_reset(std::int64_t utc_ms) const;
    /// The first reset after `utc_ms`.
    [[nodiscard]] std::int64_t next_reset(std::int64_t utc_ms) const;

private:
    /// The local time of the latest reset at or before `utc_ms`.
    [[nodiscard]] std::chrono::local_seconds last_local(std::int64_t utc_ms) const;

    TimeZone zone_;
    std::chrono::minutes time_;  // since midnight
};

}  // namespace margind::app
