// Accounts in which the close that comes to mind first is the wrong one.
#include <fmt/format.h>

#include <catch2/catch_test_macros.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "support/evaluated.hpp"

using namespace margind;
using namespace margind::test;

namespace {

using Steps = std::vector<std::string>;

/// "id lots" of each step.
Steps plan(std::string_view document) {
    const Answer answer{std::string{document}};
    Steps steps;
    for (std::size_t i = 0; i < answer.size("/stop_out_plan"); ++i) {
        const std::string at = fmt::format("/stop_out_plan/{}/", i);
        steps.push_back(
            fmt::format("{} {}", answer.text(at + "close"), answer.number(at + "lots")));
    }
    return steps;
}

/// Two longs of A, whose close costs more than it frees, and H on both sides at no margin.
std::string beside_a_hedge(double balance, std::string_view rest) {
    return fmt::format(
        R"({{"instruments": [
              {{"symbol": "A", "calc_mode": "cfd_leverage", "contract_size": 100,
                "profit_currency": "USD", "liquidation_fee": 0.004}},
              {{"symbol": "H", "calc_mode": "forex", "contract_size": 100000,
                "profit_currency": "USD", "margin_currency": "USD", "hedged_margin": 0}},
              {{"symbol": "Z", "calc_mode": "cfd", "contract_size": 1, "profit_currency": "USD",
                "session": "closed"}}],
            "quotes": {{"A": {{"bid": 100, "ask": 100}}, "H": {{"bid": 1.1, "ask": 1.1}},
                        "Z": {{"bid": 100, "ask": 100}}}},
            "account": {{"balance": {}, "leverage": 100, "hedged_margin_mode": "basic"}},
            "positions": [
              {{"id": "A1", "symbol": "A", "side": "buy", "lots": 1, "open_price": 200}},
              {{"id": "A2", "symbol": "A", "side": "buy", "lots": 1, "open_price": 150}},
              {{"id": "H1", "symbol": "H", "side": "buy", "lots": 1, "open_price": 1.16}},
              {{"id": "H2", "symbol": "H", "side": "sell", "lots": 1, "open_price": 1.11}}{}]}})",
        balance, rest);
}

}  // namespace

TEST_CASE("of a net position the ticket goes that raises the level, not the first",
          "[evaluate][plan]") {
    CHECK(plan(R"({"instruments": [{"symbol": "EURUSD", "calc_mode": "forex",
                     "contract_size": 100000, "profit_currency": "USD",
                     "liquidation_fee": 0.0042}],
                   "quotes": {"EURUSD": {"bid": 1.1, "ask": 1.1}},
                   "account": {"balance": 10920, "leverage": 100, "margin_mode": "netting",
                               "margin_conversion": "open_price", "stop_out_level": 45},
                   "positions": [
                     {"id": "1", "symbol": "EURUSD", "side": "buy", "lots": 1, "open_price": 1.0},
                     {"id": "2", "symbol": "EURUSD", "side": "buy", "lots": 1,
                      "open_price": 1.3}]})") == Steps{"2 1"});
}

TEST_CASE("of a hedge at a mean open price a part goes, not both sides", "[evaluate][plan]") {
    CHECK(plan(R"({"instruments": [{"symbol": "EURUSD", "calc_mode": "forex",
                     "contract_size": 100000, "profit_currency": "USD", "hedged_margin": 94000}],
                   "quotes": {"EURUSD": {"bid": 1.05, "ask": 1.05}},
                   "account": {"balance": 10493, "leverage": 100, "hedged_margin_mode": "basic"},
                   "positions": [
                     {"id": "L", "symbol": "EURUSD", "side": "buy", "lots": 1, "open_price": 1.1},
                     {"id": "S", "symbol": "EURUSD", "side": "sell", "lots": 1,
                      "open_price": 1.0}]})") == Steps{"L 0.34"});
}

TEST_CASE("a hedge stays closed where the last that uses margin is left", "[evaluate][plan]") {
    CHECK(plan(beside_a_hedge(20060.0, "")) == Steps{"A1 1", "A2 1"});
}

TEST_CASE("without equity what frees margin goes before a hedge", "[evaluate][plan]") {
    const Steps steps = plan(beside_a_hedge(
        20030.0, R"(, {"id": "Z", "symbol": "Z", "side": "buy", "lots": 1, "open_price": 100})"));
    REQUIRE(steps.size() > 1);
    CHECK(steps[0] == "A1 1");
    CHECK(steps[1] == "A2 1");
}

TEST_CASE("in money a close may free what is held back", "[evaluate][plan]") {
    CHECK(plan(R"({"instruments": [{"symbol": "A", "calc_mode": "perpetual_linear",
                     "contract_size": 1, "profit_currency": "USD", "maintenance_margin": 0.005,
                     "taker_fee": 0.0006, "liquidation_fee": 0.0002}],
                   "quotes": {"A": {"bid": 1000, "ask": 1000, "mark": 1000}},
                   "account": {"balance": 20000, "leverage": 100, "level_unit": "money",
                               "stop_out_level": 19882, "margin_call_level": 30000},
                   "positions": [
                     {"id": "L", "symbol": "A", "side": "buy", "lots": 100, "open_price": 1000},
                     {"id": "S", "symbol": "A", "side": "sell", "lots": 100,
                      "open_price": 1000}]})") == Steps{"S 19.89"});
}
