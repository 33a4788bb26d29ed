#include "app/daily_reset.hpp"

namespace margind::app {

std::int64_t DailyReset::last_reset(std::int64_t utc_ms) const {
    return milliseconds_of(zone_.utc(last_local(utc_ms)));
}

std::int64_t DailyReset::next_reset(std::int64_t utc_ms) const {
    return milliseconds_of(zone_.utc(last_local(utc_ms) + std::chrono::days{1}));
}

std::chrono::local_seconds DailyReset::last_local(std::int64_t utc_ms) const {
    const std::chrono::local_seconds local = zone_.local(seconds_of(utc_ms));
    return std::chrono::floor<std::chrono::days>(local - time_) + time_;
}

}  // namespace margind::app
