#include "app/session_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace margind::app {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::local_days;
using std::chrono::minutes;

constexpr minutes midnight{0};
constexpr minutes last_minute{23 * 60 + 59};
constexpr minutes whole_day = days{1};

constexpr std::array<std::string_view, 7> day_names{"Mon", "Tue", "Wed", "Thu",
                                                    "Fri", "Sat", "Sun"};
constexpr std::string_view a_day = "a day (Mon, Tue, Wed, Thu, Fri, Sat, Sun)";
constexpr std::string_view always_or_a_day = "always or a day (Mon, Tue, Wed, Thu, Fri, Sat, Sun)";

/// Reads a text part by part; blanks between parts mean nothing. The first part that is not what it
/// should be is remembered, and what is read after it means nothing either.
class Scanner {
public:
    explicit Scanner(std::string_view text) : rest_{text} { skip_blanks(); }

    [[nodiscard]] bool is_at_letter() const {
        return !rest_.empty() && ((rest_[0] | 0x20) >= 'a') && ((rest_[0] | 0x20) <= 'z');
    }

    bool eat(std::string_view word) {
        if (!rest_.starts_with(word)) return false;
        rest_.remove_prefix(word.size());
        skip_blanks();
        return true;
    }

    void expect(std::string_view word) {
        if (!eat(word)) fail(word);
    }

    /// A day of the week, 0 for Monday.
    int day(std::string_view what = a_day) {
        const auto name = std::ranges::find(day_names, rest_.substr(0, 3));
        if (name == day_names.end()) {
            fail(what);
            return 0;
        }
        eat(*name);
        return static_cast<int>(name - day_names.begin());
    }

    /// HH:MM.
    minutes time(minutes least, minutes most) {
        const std::string_view from = rest_;
        const auto hour = digits(2);
        const bool has_colon = hour && eat_character(':');
        const auto minute = has_colon ? digits(2) : std::nullopt;
        const minutes time = hours{hour.value_or(0)} + minutes{minute.value_or(0)};
        if (!minute || *minute > 59 || time < least || time > most) {
            rest_ = from;
            fail(fmt::format("a time (HH:MM, {:02}:{:02} to {:02}:{:02})", least / hours{1},
                             least % hours{1} / minutes{1}, most / hours{1},
                             most % hours{1} / minutes{1}));
        }
        skip_blanks();
        return time;
    }

    /// YYYY-MM-DD.
    local_days date() {
        using namespace std::chrono;
        const std::string_view from = rest_;
        const int y = digits(4).value_or(0);
        const int m = eat_character('-') ? digits(2).value_or(0) : 0;
        const int d = eat_character('-') ? digits(2).value_or(0) : 0;
        const auto date = year{y} / m / d;
        if (!date.ok() || date.year() < year{1970}) {
            rest_ = from;
            fail("a date (YYYY-MM-DD)");
            return {};
        }
        skip_blanks();
        return local_days{date};
    }

    /// `value`, if the text was right and has been read to its end.
    template <class T>
    std::expected<T, std::string> finish(T value) {
        if (!rest_.empty()) fail("nothing more");
        if (!wrong_.empty()) return std::unexpected{std::move(wrong_)};
        return value;
    }

    void fail(std::string_view what) {
        refuse(rest_.empty() ? fmt::format("expected {} at its end", what)
                             : fmt::format("expected {}, found \"{}\"", what, rest_));
    }

    void refuse(std::string why) {
        if (wrong_.empty()) wrong_ = std::move(why);
    }

private:
    std::optional<int> digits(std::size_t count) {
        if (rest_.size() < count) return std::nullopt;
        int value = 0;
        for (const char c : rest_.substr(0, count)) {
            if (c < '0' || c > '9') return std::nullopt;
            value = value * 10 + (c - '0');
        }
        rest_.remove_prefix(count);
        return value;
    }

    bool eat_character(char c) {
        if (!rest_.starts_with(c)) return false;
        rest_.remove_prefix(1);
        return true;
    }

    void skip_blanks() {
        rest_.remove_prefix(std::min(rest_.find_first_not_of(' '), rest_.size()));
    }

    std::string_view rest_;
    std::string wrong_;
};

void add_interval(std::vector<WeeklyInterval>& intervals, minutes open, minutes close) {
    intervals.push_back({open, std::min(close, whole_week)});
    if (close > whole_week) intervals.push_back({midnight, close - whole_week});
}

/// From `open` to the next time that the week comes to `close`.
std::vector<WeeklyInterval> one_interval(Scanner& text, minutes open, minutes close) {
    close %= whole_week;  // "Sun 24:00" is the midnight before Monday
    if (open == close) text.refuse("ends when it starts; the whole week is always");
    std::vector<WeeklyInterval> intervals;
    add_interval(intervals, open, close > open ? close : close + whole_week);
    return intervals;
}

/// The same times on each day from `first` to `last`, which may be a day of the next week.
std::vector<WeeklyInterval> daily_intervals(Scanner& text, int first, int last, minutes open,
                                            minutes close) {
    if (open == close) text.refuse("ends when it starts; the whole day is 00:00-24:00");
    if (close <= open) close += whole_day;
    std::vector<WeeklyInterval> intervals;
    const int count = (last - first + 7) % 7 + 1;
    for (int day = first; day < first + count; ++day) {
        const minutes date = days{day % 7};
        add_interval(intervals, date + open, date + close);
    }
    return intervals;
}

}  // namespace

std::expected<minutes, std::string> parse_time_of_day(std::string_view text) {
    Scanner scanner{text};
    return scanner.finish(scanner.time(midnight, last_minute));
}

std::expected<std::vector<WeeklyInterval>, std::string> parse_weekly(std::string_view text) {
    Scanner scanner{text};
    if (scanner.eat("always")) {
        return scanner.finish(std::vector{WeeklyInterval{midnight, whole_week}});
    }
    const int first = scanner.day(always_or_a_day);
    const bool has_last = scanner.eat("-");
    const int last = has_last ? scanner.day() : first;
    const minutes open = scanner.time(midnight, last_minute);
    scanner.expect("-");
    if (has_last || !scanner.is_at_letter()) {
        const minutes close = scanner.time(midnight, whole_day);
        return scanner.finish(daily_intervals(scanner, first, last, open, close));
    }
    const int close_day = scanner.day();
    const minutes close = scanner.time(midnight, whole_day);
    return scanner.finish(one_interval(scanner, days{first} + open, days{close_day} + close));
}

std::expected<Closure, std::string> parse_holiday(std::string_view text) {
    constexpr minutes first_minute{1};
    Scanner scanner{text};
    const std::chrono::local_seconds date = scanner.date();
    Closure closure{date, date + whole_day};
    if (scanner.eat("until")) {
        closure.from = date + scanner.time(first_minute, last_minute);
    } else if (scanner.eat("from")) {
        closure.until = date + scanner.time(first_minute, last_minute);
    } else if (scanner.eat("closed")) {
        const minutes from = scanner.time(midnight, last_minute);
        scanner.expect("-");
        closure = {date + from, date + scanner.time(from + first_minute, whole_day)};
    }
    return scanner.finish(closure);
}

}  // namespace margind::app
