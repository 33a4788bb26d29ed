#include "wire/feed_time.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <utility>

using namespace margind::wire;

TEST_CASE("an ISO 8601 time in UTC is read to the millisecond", "[feed_time]") {
    CHECK(parse_iso_time("1970-01-01T00:00:00Z") == 0);
    CHECK(parse_iso_time("2014-05-08T12:30:00.123Z") == 1399552200123);
    CHECK(parse_iso_time("2014-05-08 12:30:00.123999") == 1399552200123);
    CHECK(parse_iso_time("2014-05-08T12:30:00,1+00:00") == 1399552200100);
    CHECK(parse_iso_time("2014-05-08T12:30") == 1399552200000);
    CHECK(parse_iso_time("2014-05-08") == 1399507200000);
    CHECK(parse_iso_time("2016-02-29") == 1456704000000);
}

TEST_CASE("a time that is no UTC time of ISO 8601 is nothing", "[feed_time]") {
    const std::string_view text =
        GENERATE("", "2014", "2014-13-01", "2015-02-29", "2014-05-08T", "2014-05-08T24:00:00Z",
                 "2014-05-08T12:60", "2014-05-08T12:30:60Z", "2014-05-08T12:30:00.Z",
                 "2014-05-08T12:30:00+02:00", "2014-05-08T12:30:00Zx", "08.05.2014");
    CAPTURE(text);
    CHECK_FALSE(parse_iso_time(text));
}

TEST_CASE("an epoch is read in its unit, finer digits dropped", "[feed_time]") {
    CHECK(parse_epoch("1399507200036", EpochUnit::milliseconds) == 1399507200036);
    CHECK(parse_epoch("1399507200036.9", EpochUnit::milliseconds) == 1399507200036);
    CHECK(parse_epoch("1399507200.036", EpochUnit::seconds) == 1399507200036);
    CHECK(parse_epoch("1399507200.5", EpochUnit::seconds) == 1399507200500);
    CHECK(parse_epoch("1399507200036999", EpochUnit::microseconds) == 1399507200036);
    CHECK(parse_epoch("1399507200036999999", EpochUnit::nanoseconds) == 1399507200036);
    CHECK_FALSE(parse_epoch("9223372036854775807", EpochUnit::seconds));
    CHECK_FALSE(parse_epoch("9223372036854775808", EpochUnit::milliseconds));
    CHECK_FALSE(parse_epoch("12.3x", EpochUnit::milliseconds));
    CHECK_FALSE(parse_epoch("+12", EpochUnit::milliseconds));
}

TEST_CASE("a span of time has a unit", "[feed_time]") {
    CHECK(parse_span_ms("200ms") == 200);
    CHECK(parse_span_ms("5s") == 5'000);
    CHECK(parse_span_ms("2m") == 120'000);
    CHECK(parse_span_ms("1h") == 3'600'000);
    CHECK(parse_span_ms("0") == 0);
    CHECK_FALSE(parse_span_ms("200"));
    CHECK_FALSE(parse_span_ms("-1s"));
    CHECK_FALSE(parse_span_ms("99999999999h"));
    CHECK_FALSE(parse_span_ms("1.5s"));
}
