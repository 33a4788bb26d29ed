#include "app/session_text.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <utility>

namespace margind::app {
namespace {

using namespace std::chrono_literals;
using std::chrono::days;
using std::chrono::local_days;
using std::chrono::minutes;

using Intervals = std::vector<WeeklyInterval>;

constexpr minutes mon = days{0};
constexpr minutes tue = days{1};
constexpr minutes fri = days{4};
constexpr minutes sat = days{5};
constexpr minutes sun = days{6};

std::string wrong_in(std::string_view text) {
    const auto intervals = parse_weekly(text);
    return intervals ? "nothing" : intervals.error();
}

std::string wrong_in_holiday(std::string_view text) {
    const auto closure = parse_holiday(text);
    return closure ? "nothing" : closure.error();
}

TEST_CASE("a weekly interval goes from a time of one day to a time of another") {
    CHECK(parse_weekly("Mon 09:00-Fri 17:30") == Intervals{{mon + 9h, fri + 17h + 30min}});
    CHECK(parse_weekly("Mon 09:00-Mon 17:00") == Intervals{{mon + 9h, mon + 17h}});
}

TEST_CASE("what goes on beyond the week's end does so at its beginning") {
    CHECK(parse_weekly("Sun 17:05-Fri 16:55") ==
          Intervals{{sun + 17h + 5min, whole_week}, {mon, fri + 16h + 55min}});
    CHECK(parse_weekly("Mon 10:00-Mon 09:00") ==
          Intervals{{mon + 10h, whole_week}, {mon, mon + 9h}});
    CHECK(parse_weekly("Sat 10:00-Sun 24:00") == Intervals{{sat + 10h, whole_week}});
}

TEST_CASE("times without an end day hold for each day named") {
    CHECK(parse_weekly("Sat 10:00-12:00") == Intervals{{sat + 10h, sat + 12h}});
    CHECK(parse_weekly("Mon-Tue 09:30-16:00") ==
          Intervals{{mon + 9h + 30min, mon + 16h}, {tue + 9h + 30min, tue + 16h}});
    CHECK(parse_weekly("Mon-Sun 00:00-24:00")->size() == 7);
    CHECK(parse_weekly("Fri-Fri 00:00-24:00") == Intervals{{fri, sat}});
}

TEST_CASE("days named may go on beyond the week's end") {
    CHECK(parse_weekly("Sun-Mon 01:00-02:00") ==
          Intervals{{sun + 1h, sun + 2h}, {mon + 1h, mon + 2h}});
}

TEST_CASE("an end that is not after the start belongs to the next day") {
    CHECK(parse_weekly("Mon 22:00-04:00") == Intervals{{mon + 22h, tue + 4h}});
    CHECK(parse_weekly("Sun 22:00-00:00") == Intervals{{sun + 22h, whole_week}});
    CHECK(parse_weekly("Sun 22:00-04:00") == Intervals{{sun + 22h, whole_week}, {mon, mon + 4h}});
}

TEST_CASE("always is the whole week") {
    CHECK(parse_weekly("always") == Intervals{{mon, whole_week}});
}

TEST_CASE("blanks between the parts of an interval mean nothing") {
    CHECK(parse_weekly("  Sun 17:05 - Fri 16:55 ") == parse_weekly("Sun 17:05-Fri 16:55"));
    CHECK(parse_weekly("Mon - Fri  09:30 - 16:00") == parse_weekly("Mon-Fri 09:30-16:00"));
}

TEST_CASE("an interval that is none is refused with what was expected and found") {
    const auto [text, wrong] = GENERATE(values<std::pair<std::string, std::string>>({
        {"", "expected always or a day (Mon, Tue, Wed, Thu, Fri, Sat, Sun) at its end"},
        {"mon 09:00-10:00",
         "expected always or a day (Mon, Tue, Wed, Thu, Fri, Sat, Sun), found "
         "\"mon 09:00-10:00\""},
        {"Mon", "expected a time (HH:MM, 00:00 to 23:59) at its end"},
        {"Mon 9:00-10:00", "expected a time (HH:MM, 00:00 to 23:59), found \"9:00-10:00\""},
        {"Mon 09:60-10:00", "expected a time (HH:MM, 00:00 to 23:59), found \"09:60-10:00\""},
        {"Mon 24:00-10:00", "expected a time (HH:MM, 00:00 to 23:59), found \"24:00-10:00\""},
        {"Mon 09:00-24:01", "expected a time (HH:MM, 00:00 to 24:00), found \"24:01\""},
        {"Mon 09:00", "expected - at its end"},
        {"Mon 09:00 10:00", "expected -, found \"10:00\""},
        {"Mon 09:00-", "expected a time (HH:MM, 00:00 to 24:00) at its end"},
        {"Mon 09:00-Fry 10:00",
         "expected a day (Mon, Tue, Wed, Thu, Fri, Sat, Sun), found \"Fry 10:00\""},
        {"Mon-Fri 09:00-Sat 10:00", "expected a time (HH:MM, 00:00 to 24:00), found \"Sat 10:00\""},
        {"Mon-09:00-10:00",
         "expected a day (Mon, Tue, Wed, Thu, Fri, Sat, Sun), found \"09:00-10:00\""},
        {"Mon 09:00-10:00,", "expected nothing more, found \",\""},
        {"Mon 09:00:00-10:00", "expected -, found \":00-10:00\""},
        {"always open", "expected nothing more, found \"open\""},
        {"Mon 09:00-Mon 09:00", "ends when it starts; the whole week is always"},
        {"Mon 09:00-09:00", "ends when it starts; the whole day is 00:00-24:00"},
    }));
    CAPTURE(text);
    CHECK(wrong_in(text) == wrong);
}

TEST_CASE("a holiday is a date, or a part of it") {
    const std::chrono::local_seconds date = local_days{2026y / 12 / 24};
    CHECK(parse_holiday("2026-12-24") == Closure{date, date + 24h});
    CHECK(parse_holiday("2026-12-24 until 13:00") == Closure{date + 13h, date + 24h});
    CHECK(parse_holiday("2026-12-24 from 18:00") == Closure{date, date + 18h});
    CHECK(parse_holiday("2026-12-24 closed 13:00-18:00") == Closure{date + 13h, date + 18h});
    CHECK(parse_holiday("2026-12-24 closed 13:00 - 24:00") == Closure{date + 13h, date + 24h});
    CHECK(parse_holiday("2028-02-29").has_value());
}

TEST_CASE("a holiday that is none is refused with what was expected and found") {
    const auto [text, wrong] = GENERATE(values<std::pair<std::string, std::string>>({
        {"", "expected a date (YYYY-MM-DD) at its end"},
        {"2026-02-29", "expected a date (YYYY-MM-DD), found \"2026-02-29\""},
        {"2026-13-01", "expected a date (YYYY-MM-DD), found \"2026-13-01\""},
        {"26-12-24", "expected a date (YYYY-MM-DD), found \"26-12-24\""},
        {"2026-12-2", "expected a date (YYYY-MM-DD), found \"2026-12-2\""},
        {"2026/12/24", "expected a date (YYYY-MM-DD), found \"2026/12/24\""},
        {"1926-12-24", "expected a date (YYYY-MM-DD), found \"1926-12-24\""},
        {"2026-12-24 till 13:00", "expected nothing more, found \"till 13:00\""},
        {"2026-12-24 until", "expected a time (HH:MM, 00:01 to 23:59) at its end"},
        {"2026-12-24 until 00:00", "expected a time (HH:MM, 00:01 to 23:59), found \"00:00\""},
        {"2026-12-24 from 24:00", "expected a time (HH:MM, 00:01 to 23:59), found \"24:00\""},
        {"2026-12-24 closed 13:00", "expected - at its end"},
        {"2026-12-24 closed 13:00-13:00",
         "expected a time (HH:MM, 13:01 to 24:00), found \"13:00\""},
        {"2026-12-24 from 10:00 until 13:00", "expected nothing more, found \"until 13:00\""},
    }));
    CAPTURE(text);
    CHECK(wrong_in_holiday(text) == wrong);
}

TEST_CASE("a time of day ends before midnight") {
    CHECK(parse_time_of_day("00:00") == 0min);
    CHECK(parse_time_of_day("17:05") == 17h + 5min);
    CHECK(parse_time_of_day("23:59") == 23h + 59min);
    CHECK_FALSE(parse_time_of_day("24:00"));
    CHECK_FALSE(parse_time_of_day("17:05:00"));
    CHECK_FALSE(parse_time_of_day("5pm"));
    CHECK_FALSE(parse_time_of_day(""));
}

}  // namespace
}  // namespace margind::app
