#include "app/time_zone.hpp"

#include <catch2/catch_test_macros.hpp>

#include "support/utc.hpp"

namespace margind::app {
namespace {

using test::utc;
using test::utc_text;

/// What the zone's clock shows at a UTC instant, as a text.
std::string local_of(const TimeZone& zone, std::string_view instant) {
    const auto shown = zone.local(seconds_of(utc(instant))).time_since_epoch();
    return utc_text(std::chrono::milliseconds{shown}.count()).substr(0, 19);
}

/// The UTC instant of a local time, as a text.
std::string utc_of(const TimeZone& zone, std::string_view local) {
    const std::chrono::local_seconds time{seconds_of(utc(local)).time_since_epoch()};
    return utc_text(milliseconds_of(zone.utc(time))).substr(0, 16);
}

TEST_CASE("a zone that does not exist is told with the nearest that does") {
    CHECK(TimeZone::find("America/NewYork").error() ==
          "unknown time zone \"America/NewYork\"; did you mean America/New_York?");
    CHECK(TimeZone::find("Narnia").error() == "unknown time zone \"Narnia\"");
    CHECK(TimeZone::find("").error() ==
          "expected a time zone such as \"America/New_York\", found nothing");
}

TEST_CASE("a table or a folder of the time zone database is no zone") {
    CHECK_FALSE(TimeZone::find("zonenow.tab"));
    CHECK_FALSE(TimeZone::find("zone1970.tab"));
    CHECK_FALSE(TimeZone::find("America"));
    CHECK_FALSE(TimeZone::find("../zoneinfo/UTC"));
}

TEST_CASE("UTC shows what it is") {
    const TimeZone zone = *TimeZone::find("UTC");
    CHECK(local_of(zone, "2026-07-01 12:34:56") == "2026-07-01 12:34:56");
    CHECK(utc_of(zone, "2026-07-01 12:34") == "2026-07-01 12:34");
}

TEST_CASE("New York's clock leaves an hour out in March") {
    const TimeZone zone = *TimeZone::find("America/New_York");
    CHECK(local_of(zone, "2026-03-08 06:59:59") == "2026-03-08 01:59:59");
    CHECK(local_of(zone, "2026-03-08 07:00:00") == "2026-03-08 03:00:00");
    CHECK(utc_of(zone, "2026-03-08 01:59") == "2026-03-08 06:59");
    CHECK(utc_of(zone, "2026-03-08 02:00") == "2026-03-08 07:00");
    CHECK(utc_of(zone, "2026-03-08 02:30") == "2026-03-08 07:00");
    CHECK(utc_of(zone, "2026-03-08 03:00") == "2026-03-08 07:00");
    CHECK(utc_of(zone, "2026-03-08 03:01") == "2026-03-08 07:01");
}

TEST_CASE("New York's clock stands still for the hour that comes twice in November") {
    const TimeZone zone = *TimeZone::find("America/New_York");
    CHECK(local_of(zone, "2026-11-01 05:00:00") == "2026-11-01 01:00:00");
    CHECK(local_of(zone, "2026-11-01 05:59:59") == "2026-11-01 01:59:59");
    CHECK(local_of(zone, "2026-11-01 06:00:00") == "2026-11-01 01:59:59");
    CHECK(local_of(zone, "2026-11-01 06:59:59") == "2026-11-01 01:59:59");
    CHECK(local_of(zone, "2026-11-01 07:00:00") == "2026-11-01 02:00:00");
    CHECK(utc_of(zone, "2026-11-01 01:30") == "2026-11-01 05:30");
    CHECK(utc_of(zone, "2026-11-01 02:00") == "2026-11-01 07:00");
}

TEST_CASE("a zone of the southern half changes the other way round") {
    const TimeZone zone = *TimeZone::find("Australia/Sydney");
    CHECK(utc_of(zone, "2026-01-15 10:00") == "2026-01-14 23:00");
    CHECK(utc_of(zone, "2026-07-15 10:00") == "2026-07-15 00:00");
    CHECK(utc_of(zone, "2026-04-05 02:30") == "2026-04-04 15:30");
    CHECK(utc_of(zone, "2026-10-04 02:30") == "2026-10-03 16:00");
}

TEST_CASE("Kolkata is half an hour off, all the year") {
    const TimeZone zone = *TimeZone::find("Asia/Kolkata");
    CHECK(utc_of(zone, "2026-01-15 09:15") == "2026-01-15 03:45");
    CHECK(utc_of(zone, "2026-07-15 09:15") == "2026-07-15 03:45");
}

TEST_CASE("Lord Howe's clock changes by half an hour") {
    const TimeZone zone = *TimeZone::find("Australia/Lord_Howe");
    CHECK(utc_of(zone, "2026-04-05 01:29") == "2026-04-04 14:29");
    CHECK(utc_of(zone, "2026-04-05 01:45") == "2026-04-04 14:45");
    CHECK(utc_of(zone, "2026-04-05 02:00") == "2026-04-04 15:30");
    CHECK(utc_of(zone, "2026-10-04 02:15") == "2026-10-03 15:30");
    CHECK(utc_of(zone, "2026-10-04 02:30") == "2026-10-03 15:30");
    CHECK(local_of(zone, "2026-10-03 15:30:00") == "2026-10-04 02:30:00");
}

TEST_CASE("a day that the clock leaves out is its end") {
    const TimeZone zone = *TimeZone::find("Pacific/Apia");  // no 2011-12-30 on Samoa
    CHECK(utc_of(zone, "2011-12-29 23:59") == "2011-12-30 09:59");
    CHECK(utc_of(zone, "2011-12-30 00:00") == "2011-12-30 10:00");
    CHECK(utc_of(zone, "2011-12-30 17:00") == "2011-12-30 10:00");
    CHECK(utc_of(zone, "2011-12-31 00:01") == "2011-12-30 10:01");
}

TEST_CASE("daylight saving goes on in the coming years") {
    const TimeZone zone = *TimeZone::find("Europe/London");
    CHECK(utc_of(zone, "2037-07-01 12:00") == "2037-07-01 11:00");
    CHECK(utc_of(zone, "2037-12-01 12:00") == "2037-12-01 12:00");
}

TEST_CASE("milliseconds belong to the second they are in, before 1970 too") {
    CHECK(seconds_of(1'999).time_since_epoch().count() == 1);
    CHECK(seconds_of(-1).time_since_epoch().count() == -1);
    CHECK(milliseconds_of(seconds_of(-1)) == -1'000);
}

}  // namespace
}  // namespace margind::app
