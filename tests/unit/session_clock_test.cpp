#include "app/session_clock.hpp"

#include <catch2/catch_test_macros.hpp>
#include <optional>

#include "support/utc.hpp"

namespace margind::app {
namespace {

using test::utc;

SessionCalendar calendar_of(std::vector<SessionSettings> settings) {
    return SessionCalendar::make(settings).value();
}

/// New York's foreign exchange week, London's shares, and what trades always.
SessionCalendar three_classes() {
    return calendar_of({{"fx", "America/New_York", {"Sun 17:05-Fri 16:55"}, {}, {"EUR*"}, {}},
                        {"shares", "Europe/London", {"Mon-Fri 08:00-16:30"}, {}, {"*.L"}, {}},
                        {"crypto", "UTC", {"always"}, {}, {"BTC*"}, {}}});
}

/// What the clock tells at an instant, as "fx opens, shares closes".
std::string told(SessionClock& clock, const SessionCalendar& calendar, std::int64_t wall_ms) {
    std::string text;
    for (const SessionChange& change : clock.changes(wall_ms)) {
        text += (text.empty() ? "" : ", ") + calendar.name(change.session) +
                (change.is_open ? " opens" : " closes");
    }
    return text;
}

TEST_CASE("the first beat tells how every class stands") {
    const SessionCalendar calendar = three_classes();
    SessionClock clock{calendar};
    CHECK(told(clock, calendar, utc("2026-01-13 12:00")) == "fx opens, shares opens, crypto opens");
    SessionClock weekend{calendar};
    CHECK(told(weekend, calendar, utc("2026-01-10 12:00")) ==
          "fx closes, shares closes, crypto opens");
}

TEST_CASE("later beats tell of what has changed, once") {
    const SessionCalendar calendar = three_classes();
    SessionClock clock{calendar};
    CHECK_FALSE(clock.changes(utc("2026-01-09 12:00")).empty());
    CHECK(clock.changes(utc("2026-01-09 16:29:59.999")).empty());
    CHECK(told(clock, calendar, utc("2026-01-09 16:30:00.100")) == "shares closes");
    CHECK(clock.changes(utc("2026-01-09 16:30:00.300")).empty());
    CHECK(told(clock, calendar, utc("2026-01-09 21:55")) == "fx closes");
    CHECK(told(clock, calendar, utc("2026-01-12 09:00")) == "fx opens, shares opens");
}

TEST_CASE("what has opened and closed between two beats is not told") {
    const SessionCalendar calendar = three_classes();
    SessionClock clock{calendar};
    CHECK_FALSE(clock.changes(utc("2026-01-13 07:00")).empty());
    CHECK(clock.changes(utc("2026-01-13 17:00")).empty());
}

TEST_CASE("a clock that is set back takes its changes back") {
    const SessionCalendar calendar = three_classes();
    SessionClock clock{calendar};
    CHECK_FALSE(clock.changes(utc("2026-01-13 16:40")).empty());
    CHECK(told(clock, calendar, utc("2026-01-13 16:20")) == "shares opens");
    CHECK(told(clock, calendar, utc("2026-01-13 16:40")) == "shares closes");
    CHECK(clock.changes(utc("2026-01-13 16:35")).empty());
}

TEST_CASE("a year of beats tells of each opening and closing") {
    const SessionCalendar calendar = three_classes();
    SessionClock clock{calendar};
    constexpr std::int64_t beat_ms = 60'000;
    const std::int64_t begin = utc("2026-01-01");
    CHECK(clock.changes(begin).size() == 3);
    int changes = 0;
    for (std::int64_t now = begin + beat_ms; now < utc("2027-01-01"); now += beat_ms) {
        for (const SessionChange& change : clock.changes(now)) {
            ++changes;
            CHECK(change.is_open == calendar.is_open(change.session, now));
            CHECK(change.is_open != calendar.is_open(change.session, now - beat_ms));
        }
    }
    CHECK(changes == 2 * (52 + 261));  // weekends of fx, days of shares
}

TEST_CASE("without classes there is nothing to tell") {
    const SessionCalendar calendar = calendar_of({});
    SessionClock clock{calendar};
    CHECK(clock.changes(0).empty());
}

}  // namespace
}  // namespace margind::app
