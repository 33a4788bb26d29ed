#pragma once
#include <fmt/format.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include "wire/feed_time.hpp"

namespace margind::test {

/// "2026-03-08 07:00" in UTC as epoch milliseconds.
inline std::int64_t utc(std::string_view text) {
    const auto ms = wire::parse_iso_time(text);
    if (!ms) throw std::invalid_argument{"no UTC time: " + std::string{text}};
    return *ms;
}

/// And back: "2026-03-08 07:00:00.000".
inline std::string utc_text(std::int64_t ms) {
    using namespace std::chrono;
    const sys_time<milliseconds> instant{milliseconds{ms}};
    const auto date = floor<days>(instant);
    const year_month_day day{date};
    const hh_mm_ss time{instant - date};
    return fmt::format("{}-{:02}-{:02} {:02}:{:02}:{:02}.{:03}", static_cast<int>(day.year()),
                       static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()),
                       time.hours().count(), time.minutes().count(), time.seconds().count(),
                       time.subseconds().count());
}

}  // namespace margind::test
