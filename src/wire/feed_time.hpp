#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

namespace margind::wire {

enum class EpochUnit : std::uint8_t { seconds, milliseconds, microseconds, nanoseconds };

/// Decimal text of a UTC epoch in `unit` as whole milliseconds, finer digits dropped; nothing for
/// signs, blanks, exponents and what does not fit.
[[nodiscard]] std::optional<std::int64_t> parse_epoch(std::string_view text, EpochUnit unit);

/// Time text of ISO 8601 in UTC ("2014-05-08T12:30:00.123Z"; also with a space, without seconds,
/// fraction or zone, or a date alone) as epoch ms; nothing for anything else, other zones included.
[[nodiscard]] std::optional<std::int64_t> parse_iso_time(std::string_view text);

/// A point in time as a person writes it: ISO 8601, or an epoch in ms.
[[nodiscard]] std::optional<std::int64_t> parse_time(std::string_view text);

/// A span of time: "200ms", "5s", "2m", "1h", "0" as milliseconds.
[[nodiscard]] std::optional<std::int64_t> parse_span_ms(std::string_view text);

/// True from 1990 to 2100. An epoch in the wrong unit falls outside.
[[nodiscard]] constexpr bool is_plausible_feed_time(std::int64_t ms) {
    constexpr std::int64_t year_1990 = 631'152'000'000;
    constexpr std::int64_t year_2100 = 4'102'444'800'000;
    return ms >= year_1990 && ms < year_2100;
}

}  // namespace margind::wire
