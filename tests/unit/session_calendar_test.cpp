#include "app/session_calendar.hpp"

#include <catch2/catch_test_macros.hpp>

#include "support/utc.hpp"

namespace margind::app {
namespace {

using test::utc;
using test::utc_text;
using Strings = std::vector<std::string>;

/// A calendar of one class.
class OneClass {
public:
    OneClass(std::string zone, Strings open, Strings holidays = {}) {
        const SessionSettings settings{
            "class", std::move(zone), std::move(open), std::move(holidays), {"*"}, {}};
        calendar_ = SessionCalendar::make({&settings, 1}).value();
    }

    [[nodiscard]] bool is_open(std::string_view instant) const {
        return calendar_->is_open(SessionId{0}, utc(instant));
    }
    /// The next change after an instant, "never" when there is none.
    [[nodiscard]] std::string next(std::string_view instant) const {
        const auto change = calendar_->next_change(SessionId{0}, utc(instant));
        return change ? utc_text(*change).substr(0, 16) : "never";
    }

private:
    std::optional<SessionCalendar> calendar_;
};

TEST_CASE("the foreign exchange week opens on Sunday and closes on Friday, New York time") {
    const OneClass fx{"America/New_York", {"Sun 17:05-Fri 16:55"}};
    CHECK(fx.is_open("2026-01-07 00:00"));
    CHECK(fx.next("2026-01-07 00:00") == "2026-01-09 21:55");
    CHECK(fx.next("2026-01-09 21:55") == "2026-01-11 22:05");
    CHECK(fx.is_open("2026-01-09 21:54:59.999"));
    CHECK_FALSE(fx.is_open("2026-01-09 21:55"));
    CHECK_FALSE(fx.is_open("2026-01-11 22:04:59.999"));
    CHECK(fx.is_open("2026-01-11 22:05"));
}

TEST_CASE("New York's opening hours move with daylight saving, both ways") {
    const OneClass fx{"America/New_York", {"Sun 17:05-Fri 16:55"}};
    CHECK(fx.next("2026-03-06 00:00") == "2026-03-06 21:55");
    CHECK(fx.next("2026-03-07 00:00") == "2026-03-08 21:05");
    CHECK(fx.next("2026-03-09 00:00") == "2026-03-13 20:55");
    CHECK(fx.next("2026-10-30 00:00") == "2026-10-30 20:55");
    CHECK(fx.next("2026-10-31 00:00") == "2026-11-01 22:05");
}

TEST_CASE("London's opening hours move on its own days") {
    const OneClass shares{"Europe/London", {"Mon-Fri 08:00-16:30"}};
    CHECK(shares.next("2026-03-27 06:00") == "2026-03-27 08:00");
    CHECK(shares.next("2026-03-27 08:00") == "2026-03-27 16:30");
    CHECK(shares.next("2026-03-27 16:30") == "2026-03-30 07:00");
    CHECK(shares.next("2026-10-23 12:00") == "2026-10-23 15:30");
    CHECK(shares.next("2026-10-23 15:30") == "2026-10-26 08:00");
}

TEST_CASE("Sydney's summer ends in April and begins in October") {
    const OneClass shares{"Australia/Sydney", {"Mon-Fri 10:00-16:00"}};
    CHECK(shares.next("2026-04-03 00:00") == "2026-04-03 05:00");
    CHECK(shares.next("2026-04-03 05:00") == "2026-04-06 00:00");
    CHECK(shares.next("2026-10-02 05:00") == "2026-10-02 06:00");
    CHECK(shares.next("2026-10-02 06:00") == "2026-10-04 23:00");
}

TEST_CASE("Kolkata opens at a quarter to four UTC, all the year") {
    const OneClass shares{"Asia/Kolkata", {"Mon-Fri 09:15-15:30"}};
    CHECK(shares.next("2026-01-15 00:00") == "2026-01-15 03:45");
    CHECK(shares.next("2026-07-15 00:00") == "2026-07-15 03:45");
    CHECK(shares.next("2026-07-15 03:45") == "2026-07-15 10:00");
}

TEST_CASE("an opening within Lord Howe's missing half hour happens at its end") {
    const OneClass early{"Australia/Lord_Howe", {"Sun 02:15-03:00"}};
    CHECK(early.next("2026-09-27 00:00") == "2026-10-03 15:30");
    CHECK(early.next("2026-10-03 15:30") == "2026-10-03 16:00");
    CHECK(early.next("2026-10-03 16:00") == "2026-10-10 15:15");
}

TEST_CASE("an opening within Lord Howe's repeated half hour happens the first time") {
    const OneClass early{"Australia/Lord_Howe", {"Sun 01:45-03:00"}};
    CHECK(early.next("2026-04-04 00:00") == "2026-04-04 14:45");
    CHECK(early.next("2026-04-04 14:45") == "2026-04-04 16:30");
}

TEST_CASE("a session that lies within a missing hour does not take place") {
    const OneClass night{"America/New_York", {"Sun 02:10-02:40"}};
    CHECK(night.next("2026-03-01 12:00") == "2026-03-15 06:10");
    CHECK_FALSE(night.is_open("2026-03-08 07:00"));
}

TEST_CASE("a session that closes within a repeated hour stays closed when it comes again") {
    const OneClass night{"America/New_York", {"Sun 00:00-01:30"}};
    CHECK(night.next("2026-11-01 04:00") == "2026-11-01 05:30");
    CHECK(night.next("2026-11-01 05:30") == "2026-11-08 05:00");
    CHECK(night.is_open("2026-11-01 05:29"));
    CHECK_FALSE(night.is_open("2026-11-01 05:30"));
    CHECK_FALSE(night.is_open("2026-11-01 06:00"));
    CHECK_FALSE(night.is_open("2026-11-01 06:29"));
}

TEST_CASE("sessions over midnight have their break every day") {
    const OneClass futures{"America/Chicago", {"Sun-Thu 17:00-16:00"}};
    CHECK(futures.next("2026-01-12 00:00") == "2026-01-12 22:00");
    CHECK(futures.next("2026-01-12 22:00") == "2026-01-12 23:00");
    CHECK(futures.next("2026-01-12 23:00") == "2026-01-13 22:00");
    CHECK(futures.next("2026-01-16 22:00") == "2026-01-18 23:00");
}

TEST_CASE("a day may have several intervals") {
    const OneClass shares{"Asia/Tokyo", {"Mon-Fri 09:00-11:30", "Mon-Fri 12:30-15:30"}};
    CHECK(shares.next("2026-01-13 00:00") == "2026-01-13 02:30");
    CHECK(shares.next("2026-01-13 02:30") == "2026-01-13 03:30");
    CHECK(shares.next("2026-01-13 03:30") == "2026-01-13 06:30");
}

TEST_CASE("an interval may span the week's end") {
    const OneClass weekend{"UTC", {"Fri 20:00-Mon 04:00"}};
    CHECK(weekend.next("2026-01-09 19:00") == "2026-01-09 20:00");
    CHECK(weekend.next("2026-01-09 20:00") == "2026-01-12 04:00");
    CHECK(weekend.next("2026-01-12 04:00") == "2026-01-16 20:00");
}

TEST_CASE("intervals that touch are one") {
    const OneClass days{"UTC", {"Mon-Tue 00:00-24:00", "Wed 00:00-12:00", "Sun 22:00-24:00"}};
    CHECK(days.next("2026-01-11 22:00") == "2026-01-14 12:00");
    CHECK(days.next("2026-01-14 12:00") == "2026-01-18 22:00");
}

TEST_CASE("what trades always never changes, unless there is a holiday") {
    const OneClass crypto{"UTC", {"always"}};
    CHECK(crypto.is_open("2026-01-10 03:00"));
    CHECK(crypto.next("2026-01-10 03:00") == "never");
    const OneClass all_days{"America/New_York", {"Mon-Sun 00:00-24:00"}, {"2026-12-25"}};
    CHECK(all_days.next("2026-01-10 03:00") == "2026-12-25 05:00");
    CHECK(all_days.next("2026-12-25 05:00") == "2026-12-26 05:00");
    CHECK(all_days.next("2026-12-26 05:00") == "never");
}

TEST_CASE("a holiday closes its local date, whatever the week says") {
    const OneClass fx{"America/New_York", {"Sun 17:05-Fri 16:55"}, {"2026-12-25"}};
    CHECK(fx.next("2026-12-22 00:00") == "2026-12-25 05:00");
    CHECK(fx.next("2026-12-25 05:00") == "2026-12-27 22:05");
}

TEST_CASE("holidays one after the other are one pause") {
    const OneClass shares{"Europe/London", {"always"}, {"2026-12-26", "2026-12-25", "2026-12-28"}};
    CHECK(shares.next("2026-12-20 00:00") == "2026-12-25 00:00");
    CHECK(shares.next("2026-12-25 00:00") == "2026-12-27 00:00");
    CHECK(shares.next("2026-12-27 00:00") == "2026-12-28 00:00");
}

TEST_CASE("an early close, a late opening and a pause are parts of their dates") {
    const OneClass futures{
        "America/New_York",
        {"Sun-Thu 18:00-17:00"},
        {"2026-12-24 until 13:15", "2027-01-01 from 18:00", "2026-11-26 closed 13:00-18:00"}};
    CHECK(futures.next("2026-12-24 12:00") == "2026-12-24 18:15");
    CHECK(futures.next("2026-12-24 18:15") == "2026-12-25 05:00");
    CHECK(futures.next("2026-12-31 12:00") == "2026-12-31 22:00");
    CHECK(futures.next("2026-12-31 23:00") == "2027-01-01 05:00");
    CHECK(futures.next("2027-01-01 05:00") == "2027-01-03 23:00");
    CHECK(futures.next("2026-11-26 12:00") == "2026-11-26 18:00");
    CHECK(futures.next("2026-11-26 18:00") == "2026-11-26 23:00");
}

TEST_CASE("a holiday on a day that daylight saving changes lasts 23 or 25 hours") {
    const OneClass london{"Europe/London", {"always"}, {"2026-03-29", "2026-10-25"}};
    CHECK(london.next("2026-03-01 00:00") == "2026-03-29 00:00");
    CHECK(london.next("2026-03-29 00:00") == "2026-03-29 23:00");
    CHECK(london.next("2026-04-01 00:00") == "2026-10-24 23:00");
    CHECK(london.next("2026-10-24 23:00") == "2026-10-26 00:00");
}

TEST_CASE("an early close within a missing or a repeated hour obeys the same clock") {
    const OneClass new_york{
        "America/New_York", {"always"}, {"2026-03-08 until 02:30", "2026-11-01 until 01:30"}};
    CHECK(new_york.next("2026-03-08 00:00") == "2026-03-08 07:00");
    CHECK(new_york.next("2026-03-08 07:00") == "2026-03-09 04:00");
    CHECK(new_york.next("2026-11-01 00:00") == "2026-11-01 05:30");
    CHECK(new_york.next("2026-11-01 05:30") == "2026-11-02 05:00");
}

TEST_CASE("holidays of years ago or ahead leave today alone") {
    const OneClass shares{"Europe/London", {"Mon-Fri 08:00-16:30"}, {"1999-12-31", "2099-12-31"}};
    CHECK(shares.next("2026-01-13 00:00") == "2026-01-13 08:00");
    CHECK(shares.next("1999-12-30 16:30") == "2000-01-03 08:00");
}

TEST_CASE("a class of a family trades when the family does") {
    const SessionSettings sessions[] = {
        {"fx", "UTC", {"always"}, {}, {}, {"forex", "own"}},
        {"metals", "UTC", {"always"}, {}, {}, {"gold", "commodity"}},
    };
    const SessionCalendar calendar = SessionCalendar::make(sessions).value();
    const auto class_of = [&](std::string_view asset_class) {
        const auto id = calendar.class_of("S", asset_class);
        return id ? calendar.name(*id) : "none";
    };
    for (const char* asset_class : {"forex", "forex_major", "forex_minor", "own"}) {
        CHECK(class_of(asset_class) == "fx");
    }
    for (const char* asset_class : {"gold", "metal", "energy", "agriculture", "commodity"}) {
        CHECK(class_of(asset_class) == "metals");
    }
    for (const char* asset_class : {"index_major", "crypto", "own_too", ""}) {
        CHECK(class_of(asset_class) == "none");
    }
}

TEST_CASE("a symbol belongs to the first class that names it or its asset class") {
    const std::vector<SessionSettings> settings{
        {"gold", "UTC", {"always"}, {}, {"XAU*"}, {}},
        {"fx", "UTC", {"always"}, {}, {"EURUSD", "*JPY"}, {"forex", "metals"}},
        {"shares", "UTC", {"always"}, {}, {}, {"shares"}}};
    const SessionCalendar calendar = SessionCalendar::make(settings).value();
    const auto class_of = [&](std::string_view symbol, std::string_view asset_class) {
        const auto id = calendar.class_of(symbol, asset_class);
        return id ? calendar.name(*id) : "none";
    };
    CHECK(calendar.size() == 3);
    CHECK(class_of("XAUUSD", "metals") == "gold");
    CHECK(class_of("XAGUSD", "metals") == "fx");
    CHECK(class_of("EURUSD", "") == "fx");
    CHECK(class_of("CHFJPY", "shares") == "fx");
    CHECK(class_of("VOD.L", "shares") == "shares");
    CHECK(class_of("EURUSD.x", "") == "none");
    CHECK(class_of("", "") == "none");
}

TEST_CASE("a star stands for any text, everything else for itself") {
    CHECK(fits("EURUSD", "EURUSD"));
    CHECK_FALSE(fits("EURUSD", "EURUSD.pro"));
    CHECK_FALSE(fits("EURUSD", "eurusd"));
    CHECK(fits("EUR*", "EUR"));
    CHECK(fits("EUR*", "EURUSD.pro"));
    CHECK_FALSE(fits("EUR*", "XEURUSD"));
    CHECK(fits("*JPY", "JPY"));
    CHECK(fits("*JPY", "JPYJPY"));
    CHECK_FALSE(fits("*JPY", "USDJPY.pro"));
    CHECK(fits("EUR*.pro", "EURUSD.pro"));
    CHECK_FALSE(fits("EUR*.pro", "EUR.pr"));
    CHECK(fits("*U*D*", "EURUSD"));
    CHECK(fits("*ab*ab", "ababcabab"));
    CHECK_FALSE(fits("*ab*ac", "ababcabab"));
    CHECK(fits("*", ""));
    CHECK(fits("***", "x"));
    CHECK_FALSE(fits("", "x"));
    CHECK_FALSE(fits("[E]*", "E"));
}

TEST_CASE("no calendar is made of settings that are wrong") {
    const SessionSettings settings{"fx", "Narnia", {"always"}, {}, {"*"}, {}};
    CHECK(SessionCalendar::make({&settings, 1}).error() ==
          "sessions[fx].time_zone: unknown time zone \"Narnia\"");
    CHECK(SessionCalendar::make({})->size() == 0);
}

}  // namespace
}  // namespace margind::app
