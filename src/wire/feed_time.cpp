#include "wire/feed_time.hpp"

#include <charconv>
#include <chrono>
#include <cstddef>

namespace margind::wire {
namespace {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Reads exactly `count` digits off the front of `text`.
bool take_digits(std::string_view& text, std::size_t count, int& out) {
    if (text.size() < count) return false;
    out = 0;
    for (std::size_t i = 0; i < count; ++i) {
        if (!is_digit(text[i])) return false;
        out = out * 10 + (text[i] - '0');
    }
    text.remove_prefix(count);
    return true;
}

bool take(std::string_view& text, char expected) {
    if (!text.starts_with(expected)) return false;
    text.remove_prefix(1);
    return true;
}

/// Reads a fraction of a second as milliseconds, finer digits dropped.
bool take_fraction_ms(std::string_view& text, int& out) {
    int weight = 100;
    std::size_t digits = 0;
    while (digits < text.size() && is_digit(text[digits])) {
        out += (text[digits] - '0') * weight;
        weight /= 10;
        ++digits;
    }
    text.remove_prefix(digits);
    return digits > 0;
}

/// Reads hh:mm[:ss[.fff]][Z] up to the end, as milliseconds of the day.
std::optional<std::int64_t> read_clock(std::string_view text) {
    int hour = 0;
    int minute = 0;
    int second = 0;
    int ms = 0;
    if (!take_digits(text, 2, hour) || !take(text, ':') || !take_digits(text, 2, minute)) {
        return std::nullopt;
    }
    if (take(text, ':')) {
        if (!take_digits(text, 2, second)) return std::nullopt;
        if ((take(text, '.') || take(text, ',')) && !take_fraction_ms(text, ms)) {
            return std::nullopt;
        }
    }
    if (!take(text, 'Z') && text == "+00:00") text = {};
    if (!text.empty() || hour > 23 || minute > 59 || second > 59) return std::nullopt;
    return ((hour * 60 + minute) * 60 + second) * std::int64_t{1000} + ms;
}

/// 10^-power of a second is one unit.
int power_of(EpochUnit unit) {
    switch (unit) {
        case EpochUnit::seconds: return 0;
        case EpochUnit::milliseconds: return 3;
        case EpochUnit::microseconds: return 6;
        case EpochUnit::nanoseconds: return 9;
    }
    return 3;
}

}  // namespace

std::optional<std::int64_t> parse_epoch(std::string_view text, EpochUnit unit) {
    std::int64_t whole = 0;
    const char* const end = text.data() + text.size();
    if (text.empty() || !is_digit(text.front())) return std::nullopt;
    const auto [stop, error] = std::from_chars(text.data(), end, whole);
    if (error != std::errc{}) return std::nullopt;
    int ms = 0;
    if (stop != end) {
        std::string_view rest{stop, static_cast<std::size_t>(end - stop)};
        if (!take(rest, '.')) return std::nullopt;
        for (const char c : rest) {
            if (!is_digit(c)) return std::nullopt;
        }
        if (unit == EpochUnit::seconds) take_fraction_ms(rest, ms);
    }
    for (int power = power_of(unit); power > 3; --power) whole /= 10;
    if (unit != EpochUnit::seconds) return whole;
    constexpr std::int64_t seconds_max = INT64_MAX / 1000 - 1;
    if (whole > seconds_max) return std::nullopt;
    return whole * 1000 + ms;
}

std::optional<std::int64_t> parse_iso_time(std::string_view text) {
    int year = 0;
    int month = 0;
    int day = 0;
    if (!take_digits(text, 4, year) || !take(text, '-') || !take_digits(text, 2, month) ||
        !take(text, '-') || !take_digits(text, 2, day)) {
        return std::nullopt;
    }
    const std::chrono::year_month_day date{std::chrono::year{year},
                                           std::chrono::month{static_cast<unsigned>(month)},
                                           std::chrono::day{static_cast<unsigned>(day)}};
    if (!date.ok()) return std::nullopt;
    const std::int64_t midnight =
        std::chrono::sys_days{date}.time_since_epoch().count() * std::int64_t{86'400'000};
    if (text.empty()) return midnight;
    if (!take(text, 'T') && !take(text, ' ')) return std::nullopt;
    const std::optional<std::int64_t> clock = read_clock(text);
    if (!clock) return std::nullopt;
    return midnight + *clock;
}

std::optional<std::int64_t> parse_time(std::string_view text) {
    if (const auto iso = parse_iso_time(text)) return iso;
    return parse_epoch(text, EpochUnit::milliseconds);
}

std::optional<std::int64_t> parse_span_ms(std::string_view text) {
    constexpr std::int64_t span_ms_max = std::int64_t{366} * 86'400'000;
    std::int64_t count = 0;
    const char* const end = text.data() + text.size();
    if (text.empty() || !is_digit(text.front())) return std::nullopt;
    const auto [stop, error] = std::from_chars(text.data(), end, count);
    if (error != std::errc{} || count > span_ms_max) return std::nullopt;
    const std::string_view unit{stop, static_cast<std::size_t>(end - stop)};
    std::int64_t factor = 0;
    if (unit == "ms" || (unit.empty() && count == 0)) factor = 1;
    if (unit == "s") factor = 1000;
    if (unit == "m" || unit == "min") factor = 60'000;
    if (unit == "h") factor = 3'600'000;
    if (factor == 0 || count > span_ms_max / factor) return std::nullopt;
    return count * factor;
}

}  // namespace margind::wire
