#pragma once
#include <chrono>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace margind::app {

/// A stretch of the week in which a class trades, in minutes since Monday 00:00 local time, `close`
/// at most the week's end.
struct WeeklyInterval {
    std::chrono::minutes open{};
    std::chrono::minutes close{};
    friend bool operator==(const WeeklyInterval&, const WeeklyInterval&) = default;
};

/// A stretch of one local date that is closed, whatever the week says.
struct Closure {
    std::chrono::local_seconds from{};
    std::chrono::local_seconds until{};
    friend bool operator==(const Closure&, const Closure&) = default;
};

inline constexpr std::chrono::minutes whole_week = std::chrono::weeks{1};

/// "00:00" to "23:59" as minutes since midnight.
[[nodiscard]] std::expected<std::chrono::minutes, std::string> parse_time_of_day(
    std::string_view text);

/// "Sun 17:05-Fri 16:55" is one interval, "Mon-Fri 09:30-16:00" one on each of these days (to the
/// next day where the end is not after the start), "Sat 10:00-12:00" one, "always" the whole week.
/// What goes on beyond the week's end is an interval of its own at the week's beginning.
[[nodiscard]] std::expected<std::vector<WeeklyInterval>, std::string> parse_weekly(
    std::string_view text);

/// "2026-12-25" is closed all day, "2026-12-24 until 13:00" from then on, "2027-01-01 from 18:00"
/// before it, "2026-11-26 closed 13:00-18:00" between the two.
[[nodiscard]] std::expected<Closure, std::string> parse_holiday(std::string_view text);

}  // namespace margind::app
