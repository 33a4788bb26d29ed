// Plans of closes never lower the level where another close would raise it, deal by deal.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <catch2/catch_test_macros.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "support/evaluated.hpp"

using namespace margind;
using namespace margind::test;

namespace {

/// "id lots" of each step.
std::vector<std::string> steps_of(const Answer& answer) {
    std::vector<std::string> steps;
    for (std::size_t i = 0; i < answer.size("/stop_out_plan"); ++i) {
        const std::string at = fmt::format("/stop_out_plan/{}/", i);
        steps.push_back(
            fmt::format("{} {}", answer.text(at + "close"), answer.number(at + "lots")));
    }
    return steps;
}
using Steps = std::vector<std::string>;

/// Two sides of 4 lots of EURUSD that count half in the tiers: level 29.17.
std::string tiered_hedge(std::string_view policy) {
    return fmt::format(
        R"({{"instruments": [{{"symbol": "EURUSD", "calc_mode": "forex", "contract_size": 100000,
              "profit_currency": "USD", "margin_rate": {{"long": 1.2, "short": 1}},
              "tiers": [{{"from": 0, "rate": 1}}, {{"from": 2, "rate": 2}},
                        {{"from": 5, "rate": 4}}],
              "tier_hedged_weight": 0.5}}],
             "quotes": {{"EURUSD": {{"bid": 1.0, "ask": 1.0}}}},
             "account": {{"balance": 1400, "leverage": 100, "close_policy": "{}"}},
             "positions": [{{"id": "L", "symbol": "EURUSD", "side": "buy", "lots": 4,
                             "open_price": 1.0}},
                           {{"id": "S", "symbol": "EURUSD", "side": "sell", "lots": 4,
                             "open_price": 1.0}}]}})",
        policy);
}

/// 2.2 lots sold, one of them covered at no margin, in deals of half a lot; gold beside it.
std::string sliced_hedge(std::string_view policy) {
    return fmt::format(
        R"({{"instruments": [{{"symbol": "EURUSD", "calc_mode": "forex", "contract_size": 100000,
              "profit_currency": "USD", "hedged_margin": 0, "volume_max": 0.5}},
                            {{"symbol": "XAUUSD", "calc_mode": "cfd_leverage",
              "contract_size": 100, "profit_currency": "USD"}}],
             "quotes": {{"EURUSD": {{"bid": 1.1, "ask": 1.1}},
                         "XAUUSD": {{"bid": 2400, "ask": 2400}}}},
             "account": {{"balance": 22500, "leverage": 100, "hedged_margin_mode": "basic",
                          "close_policy": "{}"}},
             "positions": [{{"id": "s", "symbol": "EURUSD", "side": "sell", "lots": 2.2,
                             "open_price": 1.0}},
                           {{"id": "l", "symbol": "EURUSD", "side": "buy", "lots": 1,
                             "open_price": 1.1}},
                           {{"id": "x", "symbol": "XAUUSD", "side": "buy", "lots": 1,
                             "open_price": 2400}}]}})",
        policy);
}

/// A lot of EURUSD bought with an order against it: 1,100 are used.
std::string with_order(std::string_view margin_mode, double lots) {
    return fmt::format(
        R"({{"instruments": [{{"symbol": "EURUSD", "calc_mode": "forex", "contract_size": 100000,
              "profit_currency": "USD"}}],
             "quotes": {{"EURUSD": {{"bid": 1.1, "ask": 1.1}}}},
             "account": {{"balance": 400, "leverage": 100, "margin_mode": "{}"}},
             "positions": [{{"id": "1", "symbol": "EURUSD", "side": "buy", "lots": 1,
                             "open_price": 1.1}}],
             "orders": [{{"id": "o", "symbol": "EURUSD", "type": "sell_limit", "lots": {},
                          "price": 1.1}}]}})",
        margin_mode, lots);
}

/// The level before the first step and after each; what uses nothing has none.
void check_no_step_lowers(const Answer& answer) {
    double last = answer.number("/margin_level");
    for (std::size_t i = 0; i < answer.size("/stop_out_plan"); ++i) {
        const std::string at = fmt::format("/stop_out_plan/{}/level_after", i);
        if (answer.is_null(at)) continue;
        CHECK(answer.number(at) >= last - 1e-9);
        last = answer.number(at);
    }
}

}  // namespace

TEST_CASE("what is flat of a netting account stays while another symbol ends the stop-out",
          "[evaluate][plan]") {
    for (const char* policy : {"largest_loss", "fifo", "largest_margin", "smart", "fair"}) {
        CAPTURE(policy);
        const Answer answer{fmt::format(
            R"({{"instruments": [{{"symbol": "A", "calc_mode": "cfd_leverage",
                  "contract_size": 100, "profit_currency": "USD"}},
                                {{"symbol": "B", "calc_mode": "cfd_leverage",
                  "contract_size": 100, "profit_currency": "USD"}}],
                 "quotes": {{"A": {{"bid": 90, "ask": 90}}, "B": {{"bid": 100, "ask": 100}}}},
                 "account": {{"balance": 1300, "leverage": 10, "margin_mode": "netting",
                              "close_policy": "{}"}},
                 "positions": [
                   {{"id": "a1", "symbol": "A", "side": "buy", "lots": 1, "open_price": 100}},
                   {{"id": "a2", "symbol": "A", "side": "sell", "lots": 1, "open_price": 90}},
                   {{"id": "b1", "symbol": "B", "side": "buy", "lots": 1, "open_price": 100}}
                 ]}})",
            policy)};
        CHECK(answer.number("/margin_level") == 30.0);
        const bool is_partial =
            std::string_view{policy} == "smart" || std::string_view{policy} == "fair";
        CHECK(steps_of(answer) == Steps{is_partial ? "b1 0.41" : "b1 1"});
    }
}

TEST_CASE("after a net position the next symbol goes, not the tickets that cover each other",
          "[evaluate][plan]") {
    for (const char* policy : {"largest_loss", "fifo"}) {
        CAPTURE(policy);
        const Answer answer{fmt::format(
            R"({{"instruments": [{{"symbol": "EURUSD", "calc_mode": "forex",
                  "contract_size": 100000, "profit_currency": "USD"}},
                                {{"symbol": "XAUUSD", "calc_mode": "cfd_leverage",
                  "contract_size": 100, "profit_currency": "USD"}}],
                 "quotes": {{"EURUSD": {{"bid": 1.1, "ask": 1.1}},
                             "XAUUSD": {{"bid": 2400, "ask": 2400}}}},
                 "account": {{"balance": 7700, "leverage": 100, "margin_mode": "netting",
                              "close_policy": "{}"}},
                 "positions": [
                   {{"id": "a", "symbol": "EURUSD", "side": "buy", "lots": 1, "open_price": 1.2}},
                   {{"id": "b", "symbol": "EURUSD", "side": "sell", "lots": 0.4,
                     "open_price": 1.1}},
                   {{"id": "x", "symbol": "XAUUSD", "side": "buy", "lots": 5,
                     "open_price": 2390}}
                 ]}})",
            policy)};
        CHECK(steps_of(answer) == Steps{"a 0.6", "x 5"});
        check_no_step_lowers(answer);
    }
}

TEST_CASE("of a leg whose whole close lowers the level a part goes that raises it",
          "[evaluate][plan]") {
    for (const char* policy :
         {"largest_loss", "largest_margin", "fifo", "hedge_preserving", "smart", "fair"}) {
        CAPTURE(policy);
        const Answer answer{tiered_hedge(policy)};
        CHECK(steps_of(answer).front() == "L 0.67");
        check_no_step_lowers(answer);
    }
}

TEST_CASE("deals end where the next one would lower the level", "[evaluate][plan]") {
    for (const char* policy : {"largest_loss", "hedge_preserving"}) {
        CAPTURE(policy);
        const Answer answer{sliced_hedge(policy)};
        CHECK(steps_of(answer) == Steps{"s 0.5", "s 0.5", "s 0.2", "x 1"});
        check_no_step_lowers(answer);
    }
    for (const char* policy : {"largest_margin", "fifo", "smart", "fair"}) {
        CAPTURE(policy);
        check_no_step_lowers(Answer{sliced_hedge(policy)});
    }
}

TEST_CASE("an order is cancelled whole, whatever the largest deal", "[evaluate][plan]") {
    const Answer answer{
        R"({"instruments": [{"symbol": "EURUSD", "calc_mode": "forex", "contract_size": 100000,
             "profit_currency": "USD", "volume_max": 0.5}],
            "quotes": {"EURUSD": {"bid": 1.1, "ask": 1.1}},
            "account": {"balance": 1000, "leverage": 100},
            "positions": [{"id": "1", "symbol": "EURUSD", "side": "buy", "lots": 1,
                           "open_price": 1.1}],
            "orders": [{"id": "o", "symbol": "EURUSD", "type": "buy_limit", "lots": 2,
                        "price": 1.1}]})"};
    CHECK(steps_of(answer) == Steps{"o 2"});
    CHECK(answer.number("/stop_out_plan/0/margin_after") == 1100.0);
}

TEST_CASE("an order stays whose cancel frees nothing", "[evaluate][plan]") {
    for (const char* mode : {"hedging", "netting"}) {
        CAPTURE(mode);
        const Answer smaller{with_order(mode, 0.9)};
        CHECK(smaller.number("/margin") == 1100.0);
        CHECK(steps_of(smaller).front() == "1 1");
        // Its own figure is larger than what goes with it.
        const Answer larger{with_order(mode, 2.5)};
        CHECK(steps_of(larger).front() == "o 2.5");
        CHECK(larger.number("/stop_out_plan/0/margin_after") == 1100.0);
    }
}

TEST_CASE("an order that begins to count when its position has gone is cancelled then",
          "[evaluate][plan]") {
    const Answer answer{with_order("hedging", 0.9)};
    CHECK(steps_of(answer) == Steps{"1 1", "o 0.9"});
    CHECK(answer.is_null("/stop_out_plan/1/level_after"));
}

TEST_CASE("orders that only free margin together are cancelled before any position",
          "[evaluate][plan]") {
    const Answer answer{
        R"({"instruments": [{"symbol": "USDJPY", "calc_mode": "forex", "contract_size": 100000,
             "profit_currency": "JPY"}],
            "quotes": {"USDJPY": {"bid": 150, "ask": 150}},
            "account": {"balance": 600, "leverage": 100},
            "positions": [{"id": "1", "symbol": "USDJPY", "side": "buy", "lots": 0.5,
                           "open_price": 150},
                          {"id": "2", "symbol": "USDJPY", "side": "sell", "lots": 0.5,
                           "open_price": 150}],
            "orders": [{"id": "b", "symbol": "USDJPY", "type": "buy_stop", "lots": 1,
                        "price": 151},
                       {"id": "s", "symbol": "USDJPY", "type": "sell_stop", "lots": 1,
                        "price": 149}]})"};
    CHECK(answer.number("/margin") == 1500.0);
    CHECK(steps_of(answer) == Steps{"b 1", "s 1"});
    CHECK(answer.number("/stop_out_plan/1/margin_after") == 500.0);
}

TEST_CASE("a deal is whole volume steps within the largest one", "[evaluate][plan]") {
    const auto plan_of = [](double step, double largest) {
        return steps_of(Answer{fmt::format(
            R"({{"instruments": [{{"symbol": "EURUSD", "calc_mode": "forex",
                  "contract_size": 100000, "profit_currency": "USD", "volume_step": {},
                  "volume_max": {}}}],
                 "quotes": {{"EURUSD": {{"bid": 1.1, "ask": 1.1}}}},
                 "account": {{"balance": 1, "leverage": 100}},
                 "positions": [{{"id": "1", "symbol": "EURUSD", "side": "buy", "lots": 0.5,
                                 "open_price": 1.1}}]}})",
            step, largest)});
    };
    CHECK(plan_of(0.1, 0.25) == Steps{"1 0.2", "1 0.2", "1 0.1"});
    CHECK(plan_of(0.5, 0.25) == Steps{"1 0.25", "1 0.25"});  // no whole step fits
}

TEST_CASE("a close that costs more than is left is not the better one", "[evaluate][plan]") {
    const Answer answer{
        R"({"instruments": [{"symbol": "A", "calc_mode": "cfd_leverage", "contract_size": 100,
             "profit_currency": "USD", "liquidation_fee": 0.05},
            {"symbol": "B", "calc_mode": "cfd_leverage", "contract_size": 100,
             "profit_currency": "USD"}],
            "quotes": {"A": {"bid": 100, "ask": 100}, "B": {"bid": 100, "ask": 100}},
            "account": {"balance": 850, "leverage": 10, "close_policy": "fair"},
            "positions": [{"id": "a", "symbol": "A", "side": "buy", "lots": 1, "open_price": 106},
                          {"id": "b", "symbol": "B", "side": "buy", "lots": 1,
                           "open_price": 100}]})"};
    // Equity 250 of a margin of 2,000; a whole lot of A costs 500 to close.
    const Steps steps = steps_of(answer);
    REQUIRE_FALSE(steps.empty());
    CHECK(steps.front().starts_with("b "));
    CHECK(answer.number("/stop_out_plan/0/level_after") > 12.5);
}

namespace {

/// So many positions whose close costs more of the equity than it frees of the margin.
std::string hopeless(std::string_view instrument, std::string_view account, int count) {
    std::vector<std::string> positions;
    for (int i = 0; i < count; ++i) {
        positions.push_back(fmt::format(
            R"({{"id": "{}", "symbol": "A", "side": "buy", "lots": {}, "open_price": {}}})", i,
            (100 + i % 50) / 100.0, 100 + i % 7));
    }
    return fmt::format(
        R"({{"instruments": [{{"symbol": "A", "contract_size": 100, "profit_currency": "USD", {}}}],
             "quotes": {{"A": {{"bid": 100, "ask": 100, "mark": 100}}}},
             "account": {{{}}}, "positions": [{}]}})",
        instrument, account, fmt::join(positions, ", "));
}

}  // namespace

TEST_CASE("where every close lowers the level all of hundreds of positions are planned",
          "[evaluate][plan]") {
    constexpr int count = 150;
    const std::string_view leveraged = R"("calc_mode": "cfd_leverage", "liquidation_fee": 0.02)";
    const std::string_view perpetual =
        R"("calc_mode": "perpetual_linear", "maintenance_margin": 0.005, "taker_fee": 0.0006,
           "liquidation_fee": 0.02)";
    const std::string_view banded =
        R"("calc_mode": "perpetual_linear", "taker_fee": 0.0006, "liquidation_fee": 0.02,
           "tiers": [{"from": 0, "rate": 0.005}, {"from": 100000, "rate": 0.01}])";
    for (const std::string_view instrument : {leveraged, perpetual, banded}) {
        for (const char* account : {R"("margin_mode": "hedging", "close_policy": "largest_loss")",
                                    R"("margin_mode": "hedging", "close_policy": "fair")",
                                    R"("margin_mode": "netting", "close_policy": "largest_loss")",
                                    R"("margin_mode": "hedging", "two_stage_ratio": 0.99)"}) {
            CAPTURE(instrument, account);
            const auto document = [&](double balance) {
                return hopeless(
                    instrument,
                    fmt::format(R"("leverage": 100, "balance": {:.2f}, {})", balance, account),
                    count);
            };
            const Answer rich{document(1e9)};
            const double pnl = rich.number("/equity") - 1e9;
            const Answer answer{document(0.4 * rich.number("/margin") - pnl)};
            REQUIRE(answer.text("/state") == "stop_out");
            const std::size_t closes = answer.size("/stop_out_plan");
            CHECK(closes >= count);
            CHECK(answer.is_null(fmt::format("/stop_out_plan/{}/level_after", closes - 1)));
        }
    }
}
