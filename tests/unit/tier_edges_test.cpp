// Tiers where they begin and where nothing reaches into them.
#include <fmt/format.h>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_floating_point.hpp>
#include <string>
#include <string_view>

#include "support/evaluated.hpp"

using namespace margind;
using namespace margind::test;
using Catch::Matchers::WithinAbs;

namespace {

/// So many lots of EURUSD bought against 5 sold, at 1.1, with these words about the instrument.
std::string against_five(double bought, std::string_view instrument) {
    return fmt::format(
        R"({{"instruments": [{{"symbol": "EURUSD", "calc_mode": "forex", "contract_size": 100000,
              "profit_currency": "USD", {}}}],
             "quotes": {{"EURUSD": {{"bid": 1.1, "ask": 1.1}}}},
             "account": {{"balance": 100000, "leverage": 100}},
             "positions": [{{"symbol": "EURUSD", "side": "buy", "lots": {}, "open_price": 1.1}},
                           {{"symbol": "EURUSD", "side": "sell", "lots": 5,
                             "open_price": 1.1}}]}})",
        instrument, bought);
}

}  // namespace

TEST_CASE("a hedge that counts for nothing costs what the least of it costs", "[evaluate][tiers]") {
    for (const char* bands : {R"("leverage": 100)", R"("rate": 2)"}) {
        CAPTURE(bands);
        const std::string instrument =
            fmt::format(R"("tier_hedged_weight": 0, "tiers": [{{"from": 0, {}}}])", bands);
        const Answer covered{against_five(5.0, instrument)};
        const Answer nearly{against_five(5.01, instrument)};
        CHECK(covered.text("/state") == "ok");
        CHECK_THAT(covered.number("/margin"), WithinAbs(nearly.number("/margin"), 25.0));
    }
}

TEST_CASE("an order covers nothing", "[evaluate][tiers]") {
    const auto margin = [](const char* weight, const char* orders) {
        const Answer answer{fmt::format(
            R"({{"instruments": [{{"symbol": "EURUSD", "calc_mode": "forex",
                 "contract_size": 100000, "profit_currency": "USD",
                 "tier_hedged_weight": {},
                 "tiers": [{{"from": 0, "rate": 0.5}}, {{"from": 1, "rate": 1}},
                           {{"from": 3, "rate": 3}}]}}],
                "quotes": {{"EURUSD": {{"bid": 1.1, "ask": 1.1}}}},
                "account": {{"balance": 100000, "leverage": 100}},
                "positions": [{{"symbol": "EURUSD", "side": "buy", "lots": 5,
                                "open_price": 1.1}}],
                "orders": [{}]}})",
            weight, orders)};
        return answer.number("/margin");
    };
    for (const char* weight : {"0", "0.5", "1"}) {
        CAPTURE(weight);
        CHECK(margin(weight, "") == 9'350.0);
        CHECK(margin(weight, R"({"symbol": "EURUSD", "type": "sell_limit", "lots": 2,
                                 "price": 1.2})") == 9'350.0);
        CHECK(margin(weight, R"({"symbol": "EURUSD", "type": "sell_limit", "lots": 6,
                                 "price": 1.2})") > 9'350.0);
    }
}

TEST_CASE("a perpetual in many tickets needs what it needs in one", "[evaluate][tiers]") {
    const auto margin = [](int tickets, const char* side) {
        std::string positions;
        for (int i = 0; i < tickets; ++i) {
            positions += fmt::format(R"({}{{"symbol": "BTCUSDT", "side": "{}", "lots": {},
                                          "open_price": 50000}})",
                                     i == 0 ? "" : ",", side, 20.0 / tickets);
        }
        const Answer answer{fmt::format(
            R"({{"instruments": [{{"symbol": "BTCUSDT", "calc_mode": "perpetual_linear",
                 "contract_size": 1, "profit_currency": "USDT",
                 "tiers": [{{"from": 0, "rate": 0.004}}, {{"from": 50000, "rate": 0.005}},
                           {{"from": 250000, "rate": 0.01}}, {{"from": 3000000, "rate": 0.025}}]}}],
                "quotes": {{"BTCUSDT": {{"bid": 50000, "ask": 50000}}}},
                "account": {{"currency": "USDT", "balance": 100000, "leverage": 20}},
                "positions": [{}]}})",
            positions)};
        return std::pair{answer.number("/margin"), answer.number("/liquidation_price/BTCUSDT")};
    };
    for (const char* side : {"buy", "sell"}) {
        const auto [whole, liquidation] = margin(1, side);
        CHECK(whole == 8'700.0);
        for (const int tickets : {2, 4, 20}) {
            CAPTURE(side, tickets);
            const auto [margin_of_all, price] = margin(tickets, side);
            CHECK(margin_of_all == whole);
            CHECK_THAT(price, WithinAbs(liquidation, 1e-6));
        }
    }
}

TEST_CASE("the instrument's leverage caps that of its bands", "[evaluate][tiers]") {
    const Answer capped{
        R"({"instruments": [{"symbol": "EURUSD", "calc_mode": "forex", "contract_size": 100000,
             "profit_currency": "USD", "leverage": 30, "tiers": [{"from": 0, "leverage": 500}]}],
            "quotes": {"EURUSD": {"bid": 1.1, "ask": 1.1}},
            "account": {"balance": 100000, "leverage": 500},
            "positions": [{"symbol": "EURUSD", "side": "buy", "lots": 1, "open_price": 1.1}]})"};
    CHECK(capped.number("/margin") == 3'666.67);
    CHECK(capped.number("/margin_before_tiers") == 110'000.0);
}

TEST_CASE("a position's margin is its share of what the tiers leave", "[evaluate][tiers]") {
    const Answer answer{
        R"({"instruments": [{"symbol": "T", "calc_mode": "cfd_leverage", "contract_size": 1,
             "profit_currency": "USD", "tiers": [{"from": 0, "leverage": 100}]},
                            {"symbol": "N", "calc_mode": "cfd_leverage", "contract_size": 1,
             "profit_currency": "USD"}],
            "quotes": {"T": {"bid": 100, "ask": 100}, "N": {"bid": 100, "ask": 100}},
            "account": {"balance": 270, "leverage": 100, "close_policy": "largest_margin"},
            "positions": [{"id": "t", "symbol": "T", "side": "buy", "lots": 100, "open_price": 100},
                          {"id": "n", "symbol": "N", "side": "buy", "lots": 500,
                           "open_price": 100}]})"};
    CHECK(answer.number("/positions/0/margin") == 100.0);
    CHECK(answer.number("/positions/1/margin") == 500.0);
    REQUIRE(answer.size("/stop_out_plan") == 1);
    CHECK(answer.text("/stop_out_plan/0/close") == "n");
}

TEST_CASE("a deduction that leaves less than nothing is no margin", "[evaluate][tiers]") {
    const auto verdict_at = [](double lots) {
        const Answer answer{fmt::format(
            R"({{"instruments": [{{"symbol": "BTCUSD", "calc_mode": "perpetual_linear",
                  "contract_size": 1, "profit_currency": "USD", "tier_basis": "notional",
                  "tiers": [{{"from": 0, "rate": 0.01, "deduction": 10}}]}}],
                 "quotes": {{"BTCUSD": {{"bid": 100, "ask": 100}}}},
                 "account": {{"balance": 1000, "leverage": 10}},
                 "positions": [{{"symbol": "BTCUSD", "side": "buy", "lots": {},
                                 "open_price": 100}}]}})",
            lots)};
        return answer.text("/verdict");
    };
    CHECK(verdict_at(11.0) == "ok");
    CHECK(verdict_at(9.0) == "unknown");
}

TEST_CASE("volumes that do not fit together are unknown, not small", "[evaluate][tiers]") {
    std::string positions;
    for (int i = 0; i < 1'845; ++i) {
        positions += fmt::format(R"({}{{"symbol": "BIG", "side": "buy", "lots": 100000000,
                                         "open_price": 1}})",
                                 i == 0 ? "" : ",");
    }
    const Answer answer{fmt::format(
        R"({{"instruments": [{{"symbol": "BIG", "calc_mode": "forex_no_leverage",
              "contract_size": 0.0001, "profit_currency": "USD", "base_currency": "USD"}}],
             "quotes": {{"BIG": {{"bid": 1, "ask": 1}}}},
             "account": {{"balance": 1000000, "leverage": 100, "hedged_margin_mode": "basic"}},
             "positions": [{}]}})",
        positions)};
    CHECK(answer.text("/verdict") == "unknown");
    CHECK(answer.is_null("/margin"));
}

TEST_CASE("a hedge of sums that differ by a trace counts for nothing as well",
          "[evaluate][tiers]") {
    const auto margin = [](std::string_view buys) {
        const Answer answer{fmt::format(
            R"({{"instruments": [
                  {{"symbol": "A", "calc_mode": "cfd_leverage", "contract_size": 100,
                    "profit_currency": "USD", "tier_basis": "notional", "tier_scope": ["A", "B"],
                    "tier_hedged_weight": 0,
                    "tiers": [{{"from": 0, "rate": 1}}, {{"from": 100, "rate": 5}}]}},
                  {{"symbol": "B", "calc_mode": "cfd_leverage", "contract_size": 100,
                    "profit_currency": "USD", "tier_basis": "notional", "tier_scope": ["A", "B"],
                    "tier_hedged_weight": 0,
                    "tiers": [{{"from": 0, "rate": 1}}, {{"from": 100, "rate": 5}}]}}],
                "quotes": {{"A": {{"bid": 100, "ask": 100}}, "B": {{"bid": 100, "ask": 100}}}},
                "account": {{"balance": 1000000, "leverage": 100, "hedged_margin_mode": "basic"}},
                "positions": [{}, {{"symbol": "A", "side": "sell", "lots": 3, "open_price": 100}},
                              {{"symbol": "B", "side": "buy", "lots": 1, "open_price": 100}}]}})",
            buys)};
        return answer.number("/margin");
    };
    const auto buy = [](double lots) {
        return fmt::format(R"({{"symbol": "A", "side": "buy", "lots": {}, "open_price": 100}})",
                           lots);
    };
    // 0.7 and 2.3 lots at 100 are a trace less than 3 lots at 100 are.
    CHECK(margin(buy(0.7) + ", " + buy(2.3)) == margin(buy(3.0)));
    CHECK(margin(buy(3.0)) == 796.0);
}
