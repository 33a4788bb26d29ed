#include "app/config_sessions.hpp"

#include <catch2/catch_test_macros.hpp>
#include <fstream>

#include "app/engine_options.hpp"
#include "margind/core/rules/asset_class.hpp"
#include "support/paths.hpp"
#include "support/temp_folder.hpp"
#include "support/tool_run.hpp"
#include "support/utc.hpp"

namespace margind::app {
namespace {

LoadedConfig load(const std::string& text) {
    const test::TempFolder folder;
    return load_config(folder.write("margind.toml", text), {}, {});
}

/// What is told of a file of that text: "line:column: key: what is wrong", a line each.
std::string told_of(const std::string& text) {
    std::string told;
    for (const std::string& problem : load(text).problems) {
        told += problem.substr(problem.find("margind.toml:") + 13) + "\n";
    }
    return told;
}

constexpr const char* fx = R"([[sessions]]
name = "fx"
time_zone = "America/New_York"
open = ["Sun 17:05-Fri 16:55"]
holidays = ["2026-12-25", "2026-12-24 until 13:00"]
symbols = ["EUR*", "*JPY"]
)";

TEST_CASE("sessions are read in the order of the file") {
    const LoadedConfig loaded = load(std::string{fx} + R"(
[[sessions]]
name = "shares"
time_zone = "Europe/London"
open = ["Mon-Fri 08:00-16:30"]
asset_classes = ["shares"]
)");
    CHECK(loaded.problems.empty());
    REQUIRE(loaded.config.sessions.size() == 2);
    const SessionSettings& first = loaded.config.sessions[0];
    CHECK(first.name == "fx");
    CHECK(first.time_zone == "America/New_York");
    CHECK(first.open == Strings{"Sun 17:05-Fri 16:55"});
    CHECK(first.holidays == Strings{"2026-12-25", "2026-12-24 until 13:00"});
    CHECK(first.symbols == Strings{"EUR*", "*JPY"});
    CHECK(first.asset_classes.empty());
    CHECK(loaded.config.sessions[1].asset_classes == Strings{"shares"});
}

TEST_CASE("a file without sessions has none") {
    CHECK(load("").config.sessions.empty());
    CHECK(load("sessions = []\n").problems.empty());
}

TEST_CASE("each wrong text of a session is told with its line and column, all at once") {
    CHECK(told_of(R"([[sessions]]
name = "fx"
time_zone = "Europe/Londo"
open = ["Sun", "Mon-Fri 09:30-16:00",
        "Tue 10:00-11:00"]
holidays = ["2026-02-30", "2026-12-24 until 13:00", "2026-12-24"]
symbols = ["EUR*", "", "EUR*"]
)") == R"(3:1: sessions[fx].time_zone: unknown time zone "Europe/Londo"; did you mean Europe/London?
4:9: sessions[fx].open: "Sun": expected a time (HH:MM, 00:00 to 23:59) at its end
5:9: sessions[fx].open: "Tue 10:00-11:00" overlaps "Mon-Fri 09:30-16:00"
6:13: sessions[fx].holidays: "2026-02-30": expected a date (YYYY-MM-DD), found "2026-02-30"
6:53: sessions[fx].holidays: "2026-12-24" closes what "2026-12-24 until 13:00" has closed already
7:20: sessions[fx].symbols: expected a name, found nothing
7:24: sessions[fx].symbols: "EUR*" is there above already
)");
}

TEST_CASE("intervals overlap across the week's end, too") {
    CHECK(told_of(R"([[sessions]]
name = "fx"
time_zone = "UTC"
open = ["Mon 02:00-03:00", "Sun 23:00-Mon 02:30", "Sat 10:00-12:00", "Sat 12:00-13:00"]
symbols = ["*"]
)") == R"(4:28: sessions[fx].open: "Sun 23:00-Mon 02:30" overlaps "Mon 02:00-03:00"
)");
}

TEST_CASE("a session says its name, zone, hours and members") {
    CHECK(told_of("[[sessions]]\n") == R"(1:1: sessions[#1].name: expected a name, found nothing
1:1: sessions[#1].time_zone: expected a time zone such as "America/New_York", found nothing
1:1: sessions[#1].open: expected one interval or more, found none
1:1: sessions[#1]: expected symbols or asset_classes: nothing belongs to it
)");
}

TEST_CASE("what two sessions may not share is told of the later one") {
    CHECK(told_of(std::string{fx} + R"(
[[sessions]]
name = "fx"
time_zone = "UTC"
open = ["always"]
symbols = ["EURUSD", "*JPY"]
)") == R"(9:1: sessions[fx].name: "fx" is the name of a class above
12:22: sessions[fx].symbols: "*JPY" is there above already
)");
}

TEST_CASE("a name of a session has neither blanks nor quotes") {
    CHECK(told_of(R"([[sessions]]
name = "f x"
time_zone = "UTC"
open = ["always"]
symbols = ["*"]
)") == R"(2:1: sessions[f x].name: expected letters, digits, _, - and ., found "f x"
)");
}

TEST_CASE("a key that a session does not have is told with the nearest it has") {
    CHECK(told_of(R"([[sessions]]
name = "fx"
zone = "UTC"
timezone = "UTC"
time_zone = "UTC"
open = ["always"]
symbol = ["*"]
)") == R"(7:1: sessions[fx].symbol: unknown key; did you mean symbols?
4:1: sessions[fx].timezone: unknown key; did you mean time_zone?
3:1: sessions[fx].zone: unknown key
)");
}

TEST_CASE("what would only follow from a refused key of a session is not told") {
    CHECK(told_of(R"([[sessions]]
name = "fx"
time_zone = 1
open = "always"
symbols = ["*", 2]
)") == R"(3:1: sessions[fx].time_zone: expected a text in quotes
4:1: sessions[fx].open: expected a list of texts
5:1: sessions[fx].symbols: expected a list of texts
)");
}

TEST_CASE("sessions that are no tables are refused") {
    const std::string refused = ": sessions: expected tables, each under its own [[sessions]]\n";
    CHECK(told_of("[sessions]\nname = \"fx\"\n") == "1:1" + refused);
    CHECK(told_of("[sessions]\n") == "1:1" + refused);
    CHECK(told_of("sessions = [1]\n") == "1:12" + refused);
}

TEST_CASE("sessions are not set on the command line") {
    CHECK(load_config("", {}, {"sessions.name=fx"}).problems.size() == 1);
}

TEST_CASE("printed sessions name their sources and can be read again") {
    const LoadedConfig loaded = load(fx);
    const std::string printed = print_config(loaded, false);
    CHECK(printed.contains("\n[[sessions]]\nname = \"fx\"  # how the class is called; "));
    CHECK(printed.contains("margind.toml:4\n"));
    CHECK(printed.contains(
        "asset_classes = []  # asset classes, or families of them, whose symbols belong to it; "
        "default\n"));
    const LoadedConfig again = load(printed);
    CHECK(again.problems.empty());
    REQUIRE(again.config.sessions.size() == 1);
    CHECK(again.config.sessions[0].holidays == loaded.config.sessions[0].holidays);
}

TEST_CASE("printed as JSON, sessions are a list of their keys") {
    const std::string json = print_config(load(fx), true);
    CHECK(json.contains(R"(,"sessions":[{"name":{"value":"fx","source":")"));
    CHECK(json.contains(R"("symbols":{"value":["EUR*", "*JPY"],"source":")"));
    CHECK(json.ends_with("\"source\":\"default\"}}]}\n"));
    CHECK(print_config(load(""), true).ends_with(",\"sessions\":[]}\n"));
}

TEST_CASE("the runbook's sessions are valid, and of classes that exist") {
    const std::string page = test::content_of(test::source_dir() + "/docs/runbook.md");
    const std::size_t start = page.find("```toml\n[[sessions]]") + 8;
    const LoadedConfig loaded = load(page.substr(start, page.find("```", start) - start));
    CHECK(loaded.problems.empty());
    REQUIRE(loaded.config.sessions.size() == 2);
    for (const std::string& asset_class : loaded.config.sessions[1].asset_classes) {
        INFO(asset_class);
        CHECK(is_listed_class(asset_class));
    }
}

TEST_CASE("a class whose family is there above would never be reached") {
    CHECK(told_of(std::string{fx} + R"(asset_classes = ["forex", "own"]
[[sessions]]
name = "majors"
time_zone = "Europe/London"
open = ["always"]
asset_classes = ["gold", "forex_major", "metal"]
)") == "12:26: sessions[majors].asset_classes: \"forex_major\" belongs to \"forex\", which is "
       "there above already\n");
}

TEST_CASE("config/margind.toml shows every key of a session in an example that is valid") {
    std::ifstream file{test::source_dir() + "/config/margind.toml"};
    std::string example;
    for (std::string line; std::getline(file, line);) {
        if (line == "# [[sessions]]" || (!example.empty() && line.starts_with("# "))) {
            example += line.substr(2) + "\n";
        }
    }
    const LoadedConfig loaded = load(example);
    CHECK(loaded.problems.empty());
    REQUIRE(loaded.config.sessions.size() == 1);
    for (const std::string& asset_class : loaded.config.sessions[0].asset_classes) {
        INFO(asset_class);
        CHECK(is_listed_class(asset_class));
    }
    SessionSettings session;
    for (const Field& field : session_fields(session)) {
        INFO(field.name);
        CHECK(example.contains("# " + field.why + "\n" + field.name + " = "));
    }
}

TEST_CASE("a daily reset is a time in a zone") {
    CHECK(told_of("[prop]\nreset_time = \"17:00\"\n").empty());
    CHECK(told_of("[prop]\nreset_time = \"00:00\"\nreset_time_zone = \"Europe/Prague\"\n").empty());
    CHECK(told_of("[prop]\nreset_time = \"24:00\"\nreset_time_zone = \"Narnia\"\n") ==
          R"(2:1: prop.reset_time: expected a time (HH:MM, 00:00 to 23:59), found "24:00"
3:1: prop.reset_time_zone: unknown time zone "Narnia"
)");
    CHECK(told_of("[prop]\nreset_time_zone = \"Narnia\"\n") ==
          "2:1: prop.reset_time_zone: unknown time zone \"Narnia\"\n");
}

TEST_CASE("a configuration gives its calendar and its reset") {
    const Config config =
        load(std::string{fx} + "[prop]\nreset_time = \"17:05\"\nreset_time_zone = \"UTC\"\n")
            .config;
    const SessionCalendar calendar = session_calendar(config);
    const SessionId id = calendar.class_of("EURUSD", "").value();
    CHECK(calendar.next_change(id, test::utc("2026-12-22")) == test::utc("2026-12-24 18:00"));
    const DailyReset reset = daily_reset(config).value();
    CHECK(reset.next_reset(test::utc("2026-12-22")) == test::utc("2026-12-22 17:05"));
    CHECK(session_calendar(Config{}).size() == 0);
    CHECK_FALSE(daily_reset(Config{}));
}

}  // namespace
}  // namespace margind::app
