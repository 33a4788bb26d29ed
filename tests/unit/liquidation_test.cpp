// Liquidation prices and the fee that is held back, case by case: what is said of a price is what
// the same document says when the price is there.
#include <fmt/format.h>

#include <catch2/catch_approx.hpp>
#include <catch2/catch_test_macros.hpp>
#include <string>

#include "support/evaluated.hpp"

namespace margind::test {
namespace {

using Catch::Approx;

std::string bybit(double price) {
    return fmt::format(
        R"({{"instruments": [{{"symbol": "BTCUSD", "calc_mode": "perpetual_inverse",
              "contract_size": 1, "profit_currency": "BTC", "maintenance_margin": 0.005,
              "maintenance_basis": "entry", "taker_fee": 0.00075}}],
             "quotes": {{"BTCUSD": {{"bid": {0}, "ask": {0}, "mark": {0}}}}},
             "account": {{"currency": "BTC", "balance": 0.5, "leverage": 100,
                          "valuation_price": "mark", "margin_call_level": 100,
                          "stop_out_level": 100}},
             "positions": [{{"symbol": "BTCUSD", "side": "buy", "lots": 10000,
                             "open_price": 8000}}]}})",
        price);
}

std::string with_fee(std::string_view fee, double balance) {
    return fmt::format(
        R"({{"instruments": [{{"symbol": "X", "calc_mode": "perpetual_linear",
              "contract_size": 100000, "profit_currency": "USD", "maintenance_margin": 0.005,
              "taker_fee": {}}}],
             "quotes": {{"X": {{"bid": 1.1, "ask": 1.1, "mark": 1.1}}}},
             "account": {{"balance": {}, "leverage": 100, "margin_call_level": 100,
                          "stop_out_level": 100}},
             "positions": [{{"symbol": "X", "side": "buy", "lots": 1, "open_price": 1.1}}]}})",
        fee, balance);
}

std::string oil(double bid, std::string_view side, double open_price, double balance) {
    return fmt::format(
        R"({{"instruments": [{{"symbol": "WTI", "calc_mode": "cfd_leverage",
              "contract_size": 1000, "profit_currency": "USD", "allow_negative": true}}],
             "quotes": {{"WTI": {{"bid": {}, "ask": {}}}}},
             "account": {{"balance": {}, "leverage": 100}},
             "positions": [{{"symbol": "WTI", "side": "{}", "lots": 1, "open_price": {}}}]}})",
        bid, bid + 0.02, balance, side, open_price);
}

std::string hedge(double price, std::string_view account) {
    return fmt::format(
        R"({{"instruments": [{{"symbol": "USDJPY", "calc_mode": "forex", "contract_size": 100000,
              "profit_currency": "JPY", "hedged_margin": 0}}],
             "quotes": {{"USDJPY": {{"bid": {0}, "ask": {0}}}}},
             "account": {{"balance": 10000, "leverage": 100, "hedged_margin_mode": "basic" {1}}},
             "positions": [
               {{"symbol": "USDJPY", "side": "buy", "lots": 1, "open_price": 155}},
               {{"symbol": "USDJPY", "side": "sell", "lots": 1, "open_price": 145}}]}})",
        price, account);
}

std::string share(double price, std::string_view rates, std::string_view account) {
    return fmt::format(
        R"({{"instruments": [{{"symbol": "SHIB", "calc_mode": "cfd", "contract_size": 1,
              "profit_currency": "USD", "margin_rate": {}}}],
             "quotes": {{"SHIB": {{"bid": {}, "ask": {}}}}},
             "account": {{"balance": 1000 {}}},
             "positions": [{{"symbol": "SHIB", "side": "sell", "lots": 10000,
                             "open_price": 0.00001}}]}})",
        rates, price, price, account);
}

std::string state(const std::string& document) { return Answer{document}.text("/state"); }

}  // namespace

TEST_CASE("a stop-out holds the closing fee back as the liquidation price does", "[liquidation]") {
    const Answer now{bybit(8'000)};
    CHECK(now.number("/liquidation_price/BTCUSD") == Approx(5'739.0835280023).epsilon(1e-12));
    CHECK(now.number("/closing_fee") == 0.00131152);
    CHECK(now.number("/margin_level") == Approx((0.5 - 0.00131152) / 0.00625 * 100.0));
    CHECK(state(bybit(5'739.09)) == "ok");
    CHECK(state(bybit(5'739.08)) == "stop_out");
    CHECK(state(bybit(5'737.0)) == "stop_out");
}

TEST_CASE("a closing fee above the equity stops the account out", "[liquidation]") {
    for (const char* fee : {"0.0045", "0.01", "1"}) {
        const Answer answer{with_fee(fee, 1'000)};
        CAPTURE(fee, answer.json());
        CHECK(answer.text("/state") == "stop_out");
        CHECK(answer.is_null("/liquidation_price/X"));
    }
    const Answer free{with_fee("0", 1'000)};
    CHECK(free.text("/state") == "ok");
    CHECK_FALSE(free.has("closing_fee"));
    CHECK(free.number("/liquidation_price/X") == Approx(109'000.0 / 99'500.0).epsilon(1e-12));
}

TEST_CASE("nothing is held back where no price leaves nothing", "[liquidation]") {
    const Answer answer{with_fee("0.001", 200'000)};
    CHECK_FALSE(answer.has("closing_fee"));
    CHECK(answer.is_null("/liquidation_price/X"));
    CHECK(answer.is_null("/bankruptcy_price/X"));
}

TEST_CASE("a liquidation price may be below zero where prices may", "[liquidation]") {
    const Answer above{oil(10, "buy", 10, 15'000)};
    CHECK(above.number("/liquidation_price/WTI") == Approx(-5'000.1 / 1'005.0).epsilon(1e-12));
    CHECK(state(oil(-4.97, "buy", 10, 15'000)) == "margin_call");
    CHECK(state(oil(-4.98, "buy", 10, 15'000)) == "stop_out");
    const Answer bought{oil(-2, "buy", -2, 1'000)};
    // 1,000 + 1,000 × (p + 2) = −5 × (p + 0.02)
    CHECK(bought.number("/liquidation_price/WTI") == Approx(-3'000.1 / 1'005.0).epsilon(1e-12));
    const Answer sold{oil(-2, "sell", -2, 3'000)};
    // 3,000 − 1,000 × (p + 2) = 5 × (p − 0.02)
    CHECK(sold.number("/liquidation_price/WTI") == Approx(1'000.1 / 1'005.0).epsilon(1e-12));
    const Answer at_zero{oil(0, "buy", 1, 1'500)};
    CHECK(at_zero.number("/liquidation_price/WTI") == Approx(-500.1 / 1'005.0).epsilon(1e-12));
}

TEST_CASE("where nothing is used there is no liquidation price", "[liquidation]") {
    CHECK(Answer{hedge(150, "")}.is_null("/liquidation_price/USDJPY"));
    CHECK(state(hedge(90, "")) == "ok");
    CHECK(Answer{hedge(150, R"(, "level_unit": "money", "stop_out_level": 100,
                              "margin_call_level": 200)")}
              .is_null("/liquidation_price/USDJPY"));
    CHECK(Answer{share(0.00001, R"({"short": 0})", "")}.is_null("/liquidation_price/SHIB"));
    CHECK(state(share(0.2, R"({"short": 0})", "")) == "ok");
}

TEST_CASE("a hedge without margin is liquidated where its equity passes zero, by option",
          "[liquidation]") {
    const std::string option = R"(, "fully_hedged_stop_out": true)";
    const Answer answer{hedge(150, option)};
    // −1,000,000 JPY at p against 10,000 USD.
    CHECK(answer.number("/liquidation_price/USDJPY") == Approx(100.0).epsilon(1e-12));
    CHECK(state(hedge(100.01, option)) == "ok");
    CHECK(state(hedge(99.99, option)) == "stop_out");
}

TEST_CASE("a liquidation price may be ten thousand times away", "[liquidation]") {
    const Answer answer{share(0.00001, R"({"short": 0.1})", "")};
    // 1,000 − 10,000 × (p − 0.00001) = 0.5 × 0.1 × 10,000 × p
    const double price = answer.number("/liquidation_price/SHIB");
    CHECK(price == Approx(1'000.1 / 10'500.0).epsilon(1e-12));
    CHECK(state(share(price * 0.9999, R"({"short": 0.1})", "")) == "margin_call");
    CHECK(state(share(price * 1.0001, R"({"short": 0.1})", "")) == "stop_out");
}

TEST_CASE("a plan of closes gives back what was held to pay for them", "[liquidation]") {
    // 600 of 550 is above the stop-out until the fee of 110 is held back.
    const Answer answer{with_fee("0.001", 600)};
    CHECK(answer.text("/state") == "stop_out");
    CHECK(answer.number("/stop_out_plan/0/equity_after") == 490.0);
    CHECK(answer.number("/stop_out_plan/0/margin_after") == 0.0);
}

}  // namespace margind::test
