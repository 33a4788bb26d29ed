#include "app/daily_reset.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_range.hpp>

#include "support/utc.hpp"

namespace margind::app {
namespace {

using test::utc;
using test::utc_text;

constexpr std::int64_t hour_ms = 3'600'000;

DailyReset reset(std::string_view zone, int hour, int minute) {
    return DailyReset{TimeZone::find(zone).value(), hour, minute};
}

std::string last(const DailyReset& daily, std::string_view instant) {
    return utc_text(daily.last_reset(utc(instant))).substr(0, 16);
}

std::string next(const DailyReset& daily, std::string_view instant) {
    return utc_text(daily.next_reset(utc(instant))).substr(0, 16);
}

TEST_CASE("a reset belongs to the day it starts") {
    const DailyReset daily = reset("America/New_York", 17, 0);
    CHECK(last(daily, "2026-01-13 21:59:59.999") == "2026-01-12 22:00");
    CHECK(next(daily, "2026-01-13 21:59:59.999") == "2026-01-13 22:00");
    CHECK(last(daily, "2026-01-13 22:00") == "2026-01-13 22:00");
    CHECK(next(daily, "2026-01-13 22:00") == "2026-01-14 22:00");
}

TEST_CASE("the day that loses an hour has 23, the day that gains one 25") {
    const DailyReset daily = reset("America/New_York", 17, 0);
    CHECK(last(daily, "2026-03-08 12:00") == "2026-03-07 22:00");
    CHECK(next(daily, "2026-03-08 12:00") == "2026-03-08 21:00");
    CHECK(last(daily, "2026-11-01 12:00") == "2026-10-31 21:00");
    CHECK(next(daily, "2026-11-01 12:00") == "2026-11-01 22:00");
}

TEST_CASE("midnight in Prague is the prop firm's day the year round") {
    const DailyReset daily = reset("Europe/Prague", 0, 0);
    CHECK(last(daily, "2026-01-15 12:00") == "2026-01-14 23:00");
    CHECK(last(daily, "2026-07-15 12:00") == "2026-07-14 22:00");
    CHECK(last(daily, "2026-03-29 12:00") == "2026-03-28 23:00");
    CHECK(next(daily, "2026-03-29 12:00") == "2026-03-29 22:00");
    CHECK(last(daily, "2026-10-25 12:00") == "2026-10-24 22:00");
    CHECK(next(daily, "2026-10-25 12:00") == "2026-10-25 23:00");
}

TEST_CASE("a reset within a missing hour happens at its end") {
    const DailyReset daily = reset("America/New_York", 2, 30);
    CHECK(next(daily, "2026-03-08 06:59") == "2026-03-08 07:00");
    CHECK(last(daily, "2026-03-08 07:00") == "2026-03-08 07:00");
    CHECK(next(daily, "2026-03-08 07:00") == "2026-03-09 06:30");
}

TEST_CASE("a reset within a repeated hour happens the first time only") {
    const DailyReset daily = reset("America/New_York", 1, 30);
    CHECK(next(daily, "2026-11-01 05:29") == "2026-11-01 05:30");
    CHECK(last(daily, "2026-11-01 06:30") == "2026-11-01 05:30");
    CHECK(next(daily, "2026-11-01 06:29") == "2026-11-02 06:30");
}

TEST_CASE("half hours, of Kolkata and of Lord Howe's summer, are kept") {
    const DailyReset kolkata = reset("Asia/Kolkata", 0, 0);
    CHECK(last(kolkata, "2026-07-15 12:00") == "2026-07-14 18:30");
    const DailyReset lord_howe = reset("Australia/Lord_Howe", 0, 0);
    CHECK(last(lord_howe, "2026-04-05 12:00") == "2026-04-04 13:00");
    CHECK(next(lord_howe, "2026-04-05 12:00") == "2026-04-05 13:30");
    CHECK(next(lord_howe, "2026-10-04 12:00") == "2026-10-04 13:00");
}

TEST_CASE("where midnight is left out, Sao Paulo's day starts at one") {
    const DailyReset daily = reset("America/Sao_Paulo", 0, 0);
    CHECK(next(daily, "2018-11-03 12:00") == "2018-11-04 03:00");  // 00:00 to 01:00 is not there
    CHECK(last(daily, "2018-11-04 02:59") == "2018-11-03 03:00");
    CHECK(last(daily, "2018-11-04 03:00") == "2018-11-04 03:00");
    CHECK(next(daily, "2018-11-04 03:00") == "2018-11-05 02:00");
    CHECK(last(daily, "2018-02-18 01:59") == "2018-02-17 02:00");  // 23:00 to 24:00 comes twice
    CHECK(next(daily, "2018-02-17 12:00") == "2018-02-18 03:00");
}

TEST_CASE("Sao Paulo has a reset for each date of its years with daylight saving") {
    const int year = GENERATE(range(2004, 2019));
    const int hour = GENERATE(0, 23);
    const std::string name = std::to_string(year);
    CAPTURE(name, hour);
    const DailyReset daily = reset("America/Sao_Paulo", hour, 0);
    std::int64_t at = daily.next_reset(utc(name + "-01-01 12:00"));
    int shorter = 0;
    int longer = 0;
    int resets = 1;
    while (at < utc(name + "-12-31 12:00")) {
        const std::int64_t after = daily.next_reset(at);
        CHECK(daily.last_reset(after - 1) == at);
        CHECK(daily.last_reset(after) == after);
        shorter += after - at == 23 * hour_ms ? 1 : 0;
        longer += after - at == 25 * hour_ms ? 1 : 0;
        at = after;
        ++resets;
    }
    CHECK(shorter == 1);
    CHECK(longer == 1);
    CHECK(resets == (year % 4 == 0 ? 366 : 365));
}

TEST_CASE("a date that the clock leaves out has no reset of its own") {
    const DailyReset daily = reset("Pacific/Apia", 12, 0);  // no 2011-12-30 on Samoa
    CHECK(next(daily, "2011-12-29 22:00") == "2011-12-30 10:00");
    CHECK(next(daily, "2011-12-30 10:00") == "2011-12-30 22:00");
    const DailyReset midnight = reset("Pacific/Apia", 0, 0);
    CHECK(next(midnight, "2011-12-29 12:00") == "2011-12-30 10:00");
    CHECK(next(midnight, "2011-12-30 10:00") == "2011-12-31 10:00");
}

TEST_CASE("a year has a reset for each date, 23 to 25 hours apart, and nothing between") {
    const char* zone = GENERATE("America/New_York", "Europe/London", "Australia/Sydney",
                                "Asia/Kolkata", "Australia/Lord_Howe", "Africa/Casablanca", "UTC");
    const int hour = GENERATE(0, 1, 2, 3, 17);
    CAPTURE(zone, hour);
    const DailyReset daily = reset(zone, hour, 30);
    std::int64_t at = daily.next_reset(utc("2025-12-31 23:59"));
    int resets = 0;
    while (at < utc("2026-12-31 23:59")) {
        const std::int64_t after = daily.next_reset(at);
        const bool is_day = after - at >= 23 * hour_ms && after - at <= 25 * hour_ms;
        const bool is_between = daily.last_reset(after - 1) == at && daily.next_reset(at - 1) == at;
        if (!is_day || !is_between || daily.last_reset(at) != at) FAIL(utc_text(at));
        at = after;
        ++resets;
    }
    CHECK(resets == 365);
}

}  // namespace
}  // namespace margind::app
