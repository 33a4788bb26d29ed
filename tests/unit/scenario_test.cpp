#include "wire/scenario.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <string>
#include <utility>
#include <vector>

#include "wire/scenario_runner.hpp"

using namespace margind;

namespace {

/// The problems of a text, or of its run, as a terminal shows them.
std::vector<std::string> problems_of(std::string_view text) {
    std::vector<std::string> shown;
    const auto scenario = wire::parse_scenario(text);
    if (!scenario) {
        for (const auto& problem : scenario.error()) shown.push_back(problem.in_file("a"));
        return shown;
    }
    wire::ScenarioRunner runner{*scenario};
    for (const auto& problem : runner.run()) shown.push_back(problem.in_file("a"));
    return shown;
}

constexpr std::string_view case_start =
    "account live:1 balance 1000.00 leverage 100\n"
    "open live:1 EURUSD buy 0.10 at 1.10000\n"
    "tick EURUSD 1.10100 1.10110\n"
    "flush\n";

std::vector<std::string> problems_after_start(std::string_view line) {
    return problems_of(std::string{case_start} + std::string{line});
}

}  // namespace

TEST_CASE("a scenario that holds has no problems", "[scenario]") {
    CHECK(problems_after_start("expect live:1 equity 1010.00 margin 110.11 state ok\n").empty());
    CHECK(problems_after_start("expect live:1 equity 1010 level 917.26%").empty());
    CHECK(problems_after_start("\r\n  # a comment\nexpect live:1 pnl 10.00 # and another\r\n")
              .empty());
}

TEST_CASE("a failed expectation names its place, what was expected and what was found",
          "[scenario]") {
    using Problems = std::vector<std::string>;
    CHECK(problems_after_start("expect live:1 equity 1010.00 margin 99.99 state margin_call") ==
          Problems{"a:5:37: expected live:1 margin 99.99, found 110.11",
                   "a:5:49: expected live:1 state margin_call, found ok"});
    CHECK(problems_after_start("expect live:1 equity 1010.001") ==
          Problems{"a:5:22: expected live:1 equity 1010.001, found 1010.00"});
    CHECK(problems_after_start("expect live:1 level 917.2%") ==
          Problems{"a:5:21: expected live:1 level 917.2%, found 917.3%"});
    CHECK(problems_after_start("expect events margin_call") ==
          Problems{"a:5:1: expected the events margin_call, found none"});
    CHECK(problems_after_start("account live:1 balance 1.00\nflush\nexpect live:1 equity 1.00") ==
          Problems{"a:7:22: expected live:1 equity 1.00, found none (no_leverage)"});
}

TEST_CASE("a step that cannot be done is a problem of the run", "[scenario]") {
    using Problems = std::vector<std::string>;
    CHECK(problems_after_start("close live:1 7") == Problems{"a:5:1: live:1 has no open order 7"});
    CHECK(problems_after_start("open live:1 EURUSD buy 1 at 1.1 id 1") ==
          Problems{"a:5:1: order 1 of live:1 is open already"});
}

TEST_CASE("a scenario that cannot be read names line, column and what was expected", "[scenario]") {
    const auto [line, problem] = GENERATE(values<std::pair<std::string_view, std::string_view>>({
        {"", "a:1:1: a scenario without a statement"},
        {"acount live:1", "a:1:1: expected account, balance"},
        {"account live1", "a:1:9: expected an account such as live:1001, found 'live1'"},
        {"account", "a:1:8: expected an account such as live:1001, found the end of the line"},
        {"account live:", "a:1:9: expected an account"},
        {"account vip:1", "a:1:9: 'vip' is no account type"},
        {"account live:1 balance", "a:1:23: expected a balance, found the end of the line"},
        {"account live:1 balance 1,5", "a:1:24: expected a balance, found '1,5'"},
        {"account live:1 balance nan", "a:1:24: expected a balance, found 'nan'"},
        {"account live:1 call 100", "a:1:21: expected a margin-call level in percent"},
        {"account live:1 mode both", "a:1:21: expected the margin mode hedging or netting"},
        {"account live:1 colour red", "a:1:16: expected balance, currency"},
        {"balance live:1 5", "a:1:9: no line above introduces the account live:1"},
        {"account live:1\nopen live:1 EURUSD by 1 at 1",
         "a:2:20: expected buy or sell, found 'by'"},
        {"account live:1\nopen live:1 EURUSD buy -1 at 1", "a:2:24: expected lots"},
        {"account live:1\nopen live:1 EURUSD buy 0.000000001 at 1", "a:2:24: expected lots"},
        {"account live:1\nopen live:1 EURUSD buy 1 for 1", "a:2:26: expected 'at', found 'for'"},
        {"tick EURUSD 1.1", "a:1:16: expected an ask, or - for none, found the end"},
        {"tick EURUSD 1.1 1.2 1.3", "a:1:21: expected the end of the line, found '1.3'"},
        {"flush 0", "a:1:7: expected a number of beats from 1 to"},
        {"wait 200", "a:1:6: expected a span of time, such as 200ms or 5s, found '200'"},
        {"rules exotic", "a:1:7: expected the rule set standard or platform"},
        {"rules standard dwell 5", "a:1:22: expected a dwell time"},
        {"beat 0", "a:1:6: expected an interval above 0"},
        {"flush\ncurrency EUR", "a:2:10: 'currency' is a setting of the whole scenario"},
        {"digits JPY 9", "a:1:12: expected 0 to 8 digits"},
        {"instrument", "a:1:11: expected a symbol"},
        {"instrument X future", "a:1:14: expected a calc mode"},
        {"instrument X type 5", "a:1:19: expected a type from 1 to 4"},
        {"expect tick fine", "a:1:13: expected one of accepted, not_finite"},
        {"expect quote EURUSD 1.1", "a:1:24: expected an ask, found the end"},
        {"expect quote EURUSD all", "a:1:21: expected a bid, or none, found 'all'"},
        {"tick EURUSD 1.1 1.2 stamp -1", "a:1:27: expected the tick's stamp"},
        {"tick EURUSD 1.1 1.2 early 5", "a:1:27: expected how early the tick is"},
        {"expect events margin_cal", "a:1:15: expected none, or a list of margin_call"},
        {"account live:1\nexpect live:1", "a:2:14: expected what is expected of the account"},
        {"account live:1\nexpect live:1 equity x", "a:2:22: expected an amount"},
        {"account live:1\nexpect live:1 level 50", "a:2:21: expected a margin level in percent"},
        {"account live:1\nexpect live:1 state fine", "a:2:21: expected ok, margin_call"},
        {"account live:1\nexpect live:1 causes bad_luck", "a:2:22: expected none, or a list of"},
    }));
    CAPTURE(line);
    const auto problems = problems_of(line);
    REQUIRE(problems.size() == 1);
    CAPTURE(problems[0]);
    CHECK(problems[0].starts_with(problem));
}

TEST_CASE("all problems of a scenario are told at once", "[scenario]") {
    CHECK(problems_of("tick EURUSD x 1\nflush\nwait 5\nexpect live:1 state ok\n").size() == 3);
}

TEST_CASE("hostile bytes in a scenario are problems, not crashes", "[scenario]") {
    CHECK(problems_of(std::string(100'000, 'x')).size() == 1);
    CHECK(problems_of(std::string("tick \0 1 1", 10)).size() == 1);
    CHECK(problems_of("tick \xff 1 1").size() == 1);
}

TEST_CASE("events of one account and of all are counted apart", "[scenario]") {
    CHECK(problems_after_start("tick EURUSD 0.90000 0.90010\nflush\n"
                               "expect live:1 events would_stop_out\n"
                               "expect live:1 events none\n"
                               "expect events would_stop_out\n"
                               "expect events none\n")
              .empty());
}
