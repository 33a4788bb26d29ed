// The calendar against brute force: two years minute by minute, by the C library's local time.
#include "app/session_calendar.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bitset>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_range.hpp>
#include <cstdlib>
#include <ctime>
#include <map>

#include "app/daily_reset.hpp"
#include "support/random.hpp"
#include "support/utc.hpp"

namespace margind::app {
namespace {

using test::Random;
using test::utc;
using test::utc_text;

constexpr std::int64_t minute_ms = 60'000;
constexpr int day_minutes = 1'440;
constexpr int week_minutes = 7 * day_minutes;
constexpr std::array day_names{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};

/// Local time as the C library knows it, in minutes since 1970, for as long as this lives.
class LibraryClock {
public:
    explicit LibraryClock(const std::string& zone) {
        const char* before = std::getenv("TZ");
        before_ = before == nullptr ? "" : before;
        had_ = before != nullptr;
        ::setenv("TZ", (":" + zone).c_str(), 1);
        ::tzset();
    }
    ~LibraryClock() {
        had_ ? ::setenv("TZ", before_.c_str(), 1) : ::unsetenv("TZ");
        ::tzset();
    }
    LibraryClock(const LibraryClock&) = delete;
    LibraryClock& operator=(const LibraryClock&) = delete;

    [[nodiscard]] static std::int64_t local_minute(std::int64_t utc_ms) {
        const std::time_t time = utc_ms / 1'000;
        std::tm parts{};
        ::localtime_r(&time, &parts);
        return ::timegm(&parts) / 60;
    }

private:
    std::string before_;
    bool had_ = false;
};

/// A class as texts for the calendar, and as sets of minutes for brute force.
struct RandomClass {
    SessionSettings settings{.name = "class", .symbols = {"*"}};
    std::bitset<week_minutes> week;                           // from Monday
    std::map<std::int64_t, std::bitset<day_minutes>> closed;  // by date, in days since 1970

    [[nodiscard]] bool is_open(std::int64_t local_minute) const {
        const std::int64_t date = local_minute / day_minutes;
        const auto minute = static_cast<std::size_t>(local_minute % day_minutes);
        const auto holiday = closed.find(date);
        if (holiday != closed.end() && holiday->second.test(minute)) return false;
        const auto weekday = static_cast<std::size_t>((date + 3) % 7);  // 1970 began on a Thursday
        return week.test(weekday * day_minutes + minute);
    }
};

std::string clock_text(int minute_of_day) {
    return fmt::format("{:02}:{:02}", minute_of_day / 60, minute_of_day % 60);
}

/// Minutes of the day near the hours at which clocks are changed, more often than chance has it.
int random_minute(Random& random) {
    const std::int64_t most = random.chance(0.6) ? 240 : day_minutes - 1;
    return static_cast<int>(random.between(0, most));
}

void add_interval(RandomClass& random_class, int open, int close) {
    random_class.settings.open.push_back(fmt::format(
        "{} {}-{} {}", day_names.at(static_cast<std::size_t>(open / day_minutes)),
        clock_text(open % day_minutes), day_names.at(static_cast<std::size_t>(close / day_minutes)),
        clock_text(close % day_minutes)));
    for (int minute = open; minute != close; minute = (minute + 1) % week_minutes) {
        random_class.week.set(static_cast<std::size_t>(minute));
    }
}

/// Times of the week cut it into stretches; every other one is open. The last may span its end.
void add_week(RandomClass& random_class, Random& random) {
    if (random.chance(0.1)) {
        random_class.settings.open = {"always"};
        random_class.week.set();
        return;
    }
    std::vector<int> cuts;
    const std::uint64_t count = 2 * (1 + random.below(6));
    while (cuts.size() < count) {
        const int cut = static_cast<int>(random.below(7)) * day_minutes + random_minute(random);
        if (std::ranges::find(cuts, cut) == cuts.end()) cuts.push_back(cut);
    }
    std::ranges::sort(cuts);
    if (random.chance(0.5)) std::ranges::rotate(cuts, cuts.begin() + 1);
    for (std::size_t i = 0; i < cuts.size(); i += 2) {
        add_interval(random_class, cuts[i], cuts[i + 1]);
    }
}

void add_holiday(RandomClass& random_class, Random& random, std::chrono::sys_days date) {
    std::bitset<day_minutes>& closed = random_class.closed[date.time_since_epoch().count()];
    if (closed.any()) return;
    std::string text = utc_text(milliseconds_of(date)).substr(0, 10);
    int from = 0;
    int until = day_minutes;
    switch (random.below(4)) {
        case 0: break;
        case 1:
            from = 1 + random_minute(random) % (day_minutes - 1);
            text += " until " + clock_text(from);
            break;
        case 2:
            until = 1 + random_minute(random) % (day_minutes - 1);
            text += " from " + clock_text(until);
            break;
        default:
            from = random_minute(random);
            until = static_cast<int>(random.between(from + 1, day_minutes));
            text += " closed " + clock_text(from) + "-" + clock_text(until);
    }
    for (int minute = from; minute < until; ++minute) {
        closed.set(static_cast<std::size_t>(minute));
    }
    random_class.settings.holidays.push_back(text);
}

/// Any dates, and for certain some on which a clock is changed.
RandomClass random_class_in(const std::string& zone, Random& random) {
    RandomClass made;
    made.settings.time_zone = zone;
    add_week(made, random);
    const auto date = [](std::string_view text) {
        return std::chrono::floor<std::chrono::days>(seconds_of(utc(text)));
    };
    for (const char* change :
         {"2026-03-08", "2026-03-29", "2026-04-05", "2026-10-04", "2026-10-25", "2026-11-01"}) {
        if (random.chance(0.5)) add_holiday(made, random, date(change));
    }
    for (std::uint64_t left = random.below(20); left > 0; --left) {
        const std::chrono::days after{random.below(730)};
        add_holiday(made, random, date("2026-01-01") + after);
    }
    return made;
}

/// Whether the class is open in each minute of two years, by a clock that is never put back.
std::vector<bool> brute_force(const RandomClass& random_class, std::int64_t begin, int count) {
    const LibraryClock clock{random_class.settings.time_zone};
    std::vector<bool> open;
    std::int64_t shown = 0;
    for (int i = 0; i < count; ++i) {
        shown = std::max(shown, clock.local_minute(begin + i * minute_ms));
        open.push_back(random_class.is_open(shown));
    }
    return open;
}

TEST_CASE("a calendar says what brute force says, minute by minute for two years") {
    const std::string zone =
        GENERATE("America/New_York", "Europe/London", "Australia/Sydney", "Asia/Kolkata",
                 "Australia/Lord_Howe", "Africa/Casablanca", "America/St_Johns");
    const auto seed = GENERATE(range(1, 3));
    Random random{static_cast<std::uint64_t>(seed)};
    const RandomClass random_class = random_class_in(zone, random);
    CAPTURE(zone, seed, random_class.settings.open, random_class.settings.holidays);
    const std::int64_t begin = utc("2026-01-01");
    const int count = static_cast<int>((utc("2028-01-01") - begin) / minute_ms);
    const std::vector<bool> open = brute_force(random_class, begin, count);

    const SessionCalendar calendar = SessionCalendar::make({&random_class.settings, 1}).value();
    const SessionId id{0};
    std::optional<std::int64_t> next;  // change after the minute, within the two years
    for (int i = count - 1; i >= 0; --i) {
        const auto at = static_cast<std::size_t>(i);
        const std::int64_t minute = begin + i * minute_ms;
        if (i + 1 < count && open[at] != open[at + 1]) next = minute + minute_ms;
        const std::int64_t instant = minute + static_cast<std::int64_t>(random.below(minute_ms));
        if (calendar.is_open(id, instant) != open[at]) FAIL("is_open at " << utc_text(instant));
        // Asked around every change, and once in a while between them.
        const bool is_near = next && *next - minute <= 2 * minute_ms;
        if (!next || (!is_near && i % 7 != 0)) continue;
        if (calendar.next_change(id, instant) != next) FAIL("next at " << utc_text(instant));
    }
    CHECK((next.has_value() || open.front()));
}

TEST_CASE("a local clock and its instants belong together") {
    const std::string zone =
        GENERATE("America/New_York", "Europe/London", "Australia/Sydney", "Asia/Kolkata",
                 "Australia/Lord_Howe", "Africa/Casablanca", "Pacific/Apia", "Asia/Gaza", "UTC");
    CAPTURE(zone);
    const TimeZone clock = TimeZone::find(zone).value();
    Random random{1};
    std::string wrong;
    for (int i = 0; i < 100'000 && wrong.empty(); ++i) {
        const auto instant = seconds_of(
            random.between(utc("2000-01-01") / 1'000, utc("2037-01-01") / 1'000) * 1'000);
        const std::chrono::seconds apart{random.between(-90'000, 90'000)};
        const std::chrono::local_seconds local = clock.local(instant) + apart;
        const bool has_come = clock.utc(local) <= instant;
        if (has_come != (local <= clock.local(instant))) {
            wrong = fmt::format("{} and {} s", utc_text(milliseconds_of(instant)), apart.count());
        }
    }
    CHECK(wrong.empty());
}

}  // namespace
}  // namespace margind::app
