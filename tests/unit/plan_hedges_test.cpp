// Plans of closes where closing more is not always better: hedges, nets and fees.
#include <fmt/format.h>

#include <catch2/catch_test_macros.hpp>
#include <string>
#include <string_view>

#include "support/evaluated.hpp"

using namespace margind;
using namespace margind::test;

namespace {

/// 3 lots of EURUSD bought at 1.15 and 2 sold at 1.10, at 1.10: equity 400, margin 1,150 of the lot
/// that is not covered.
std::string hedged(std::string_view policy) {
    return fmt::format(
        R"({{"instruments": [{{"symbol": "EURUSD", "calc_mode": "forex", "contract_size": 100000,
              "profit_currency": "USD", "hedged_margin": 0}}],
             "quotes": {{"EURUSD": {{"bid": 1.1, "ask": 1.1}}}},
             "account": {{"balance": 15400, "leverage": 100, "hedged_margin_mode": "basic",
                          "close_policy": "{}"}},
             "positions": [{{"id": "1", "symbol": "EURUSD", "side": "buy", "lots": 3,
                             "open_price": 1.15}},
                           {{"id": "2", "symbol": "EURUSD", "side": "sell", "lots": 2,
                             "open_price": 1.10}}]}})",
        policy);
}

}  // namespace

TEST_CASE("of a hedge no more is closed than is not covered", "[evaluate][plan]") {
    for (const char* policy : {"largest_loss", "largest_margin", "fifo", "hedge_preserving"}) {
        CAPTURE(policy);
        const Answer answer{hedged(policy)};
        REQUIRE(answer.size("/stop_out_plan") == 1);
        CHECK(answer.text("/stop_out_plan/0/close") == "1");
        CHECK(answer.number("/stop_out_plan/0/lots") == 1.0);
        CHECK(answer.is_null("/stop_out_plan/0/level_after"));
    }
}

TEST_CASE("smart closes the fewest steps of what is not covered", "[evaluate][plan]") {
    const Answer answer{hedged("smart")};
    REQUIRE(answer.size("/stop_out_plan") == 1);
    CHECK(answer.number("/stop_out_plan/0/lots") == 0.31);  // 400 of 793.5
    CHECK(answer.number("/stop_out_plan/0/level_after") > 50.0);
}

TEST_CASE("fair shares go the way that keeps the level high", "[evaluate][plan]") {
    const Answer answer{hedged("fair")};
    double last = 0.0;
    for (std::size_t i = 0; i < answer.size("/stop_out_plan"); ++i) {
        const std::string at = fmt::format("/stop_out_plan/{}/level_after", i);
        if (answer.is_null(at)) break;
        CHECK(answer.number(at) >= last);
        last = answer.number(at);
    }
    CHECK(last > 50.0);
}

TEST_CASE("a net position is closed to nothing, and never turned round", "[evaluate][plan]") {
    const Answer answer{
        R"({"instruments": [{"symbol": "EURUSD", "calc_mode": "forex", "contract_size": 100000,
             "profit_currency": "USD", "volume_max": 1}],
            "quotes": {"EURUSD": {"bid": 1.1, "ask": 1.1}},
            "account": {"balance": 10500, "leverage": 100, "margin_mode": "netting"},
            "positions": [{"id": "1", "symbol": "EURUSD", "side": "buy", "lots": 3,
                           "open_price": 1.1333},
                          {"id": "2", "symbol": "EURUSD", "side": "sell", "lots": 1,
                           "open_price": 1.1}]})"};
    CHECK(answer.text("/state") == "stop_out");
    double closed = 0.0;
    for (std::size_t i = 0; i < answer.size("/stop_out_plan"); ++i) {
        CHECK(answer.text(fmt::format("/stop_out_plan/{}/close", i)) == "1");
        closed += answer.number(fmt::format("/stop_out_plan/{}/lots", i));
    }
    CHECK(closed <= 2.0);
}
