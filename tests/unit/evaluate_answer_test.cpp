// What `evaluate` answers.
#include <fmt/format.h>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_floating_point.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "support/evaluated.hpp"

using namespace margind;
using namespace margind::test;
using Catch::Matchers::WithinAbs;

TEST_CASE("an account above its levels is ok", "[evaluate]") {
    const Answer answer{textbook(1.1)};
    CHECK(answer.json().starts_with(
        R"({"verdict":"ok","causes":[],"equity":1200.00,"balance":1200.00,"credit":0.00,)"
        R"("pnl":0.00,"pnl_exact":0,"margin":1100.00,"free_margin":100.00,)"));
    CHECK_THAT(answer.number("/margin_level"), WithinAbs(109.0909, 0.0001));
    CHECK(answer.text("/state") == "ok");
    CHECK(answer.has(R"("positions":[{"id":"7","pnl":0.00,"margin":1100.00,)"
                     R"("liquidation_price":)"));
    CHECK(answer.has(R"("symbols":[{"symbol":"EURUSD","long_lots":1,"short_lots":0,)"
                     R"("margin":1100.00}])"));
    CHECK(answer.has(R"("stop_out_plan":[])"));
    CHECK_FALSE(answer.has("ticks"));
}

TEST_CASE("a plan ends after a thousand closes, however small its slices", "[evaluate]") {
    const auto answer = wire::evaluate(R"({
        "instruments": [{"symbol": "EURUSD", "calc_mode": "forex", "contract_size": 100000,
                         "profit_currency": "USD", "volume_max": 0.00000001}],
        "quotes": {"EURUSD": {"bid": 1.1, "ask": 1.1}},
        "account": {"balance": 100, "leverage": 100},
        "positions": [{"symbol": "EURUSD", "side": "buy", "lots": 1, "open_price": 1.1}]})");
    REQUIRE(answer.has_value());
    simdjson::dom::parser parser;
    const simdjson::dom::element parsed = parser.parse(*answer).value();
    CHECK(parsed["stop_out_plan"].get_array().value().size() == 1'000);
}

TEST_CASE("margin call and stop-out are breaches, each at equality", "[evaluate]") {
    const Answer call{textbook(1.0989)};  // 1,090.00 of 1,098.90
    CHECK(call.text("/verdict") == "breach");
    CHECK(call.text("/state") == "margin_call");
    CHECK(call.size("/stop_out_plan") == 0);

    const Answer stop{textbook(1.093)};  // 500.00 of 1,093.00: 45.75 %
    CHECK(stop.text("/verdict") == "breach");
    CHECK(stop.text("/state") == "stop_out");
    REQUIRE(stop.size("/stop_out_plan") == 1);
    CHECK(stop.text("/stop_out_plan/0/close") == "7");
    CHECK(stop.number("/stop_out_plan/0/lots") == 1.0);
    CHECK(stop.number("/stop_out_plan/0/equity_after") == 500.0);
    CHECK(stop.number("/stop_out_plan/0/margin_after") == 0.0);
    CHECK(stop.is_null("/stop_out_plan/0/level_after"));

    const std::string_view levels = R"(, "margin_call_level": 109.09, "stop_out_level": 20)";
    CHECK(Answer{textbook(1.1, levels)}.text("/state") == "ok");
    CHECK(Answer{textbook(1.1, R"(, "margin_call_level": 109.1)")}.text("/state") == "margin_call");
    // 550 of 1,100 is exactly 50 %.
    const std::string_view half = R"(, "credit": -650)";
    CHECK(Answer{textbook(1.1, half)}.text("/state") == "stop_out");
    CHECK(Answer{textbook(1.1, std::string{half} + R"(, "level_compare": "lt")")}.text("/state") ==
          "margin_call");
}

TEST_CASE("credit counts unless told otherwise", "[evaluate]") {
    const Answer with{textbook(1.1, R"(, "credit": 300)")};
    CHECK(with.number("/equity") == 1500.0);
    CHECK(with.number("/credit") == 300.0);
    CHECK(with.number("/pnl") == 0.0);
    const Answer without{textbook(1.1, R"(, "credit": 300, "credit_in_equity": false)")};
    CHECK(without.number("/equity") == 1200.0);
}

TEST_CASE("what is unknown is null, and why is named", "[evaluate]") {
    const Answer no_quote{
        R"({"instruments": [{"symbol": "EURUSD", "calc_mode": "forex", "contract_size": 100000,
             "base_currency": "EUR", "profit_currency": "USD"}],
            "account": {"currency": "EUR", "balance": 1200, "leverage": 100},
            "positions": [{"symbol": "EURUSD", "side": "buy", "lots": 1, "open_price": 1.1}]})"};
    CHECK(no_quote.text("/verdict") == "unknown");
    CHECK(no_quote.texts("/causes") == std::vector<std::string>{"no_price", "no_rate"});
    for (const char* field :
         {"/equity", "/pnl", "/pnl_exact", "/free_margin", "/margin_level", "/positions/0/pnl"}) {
        CAPTURE(field);
        CHECK(no_quote.is_null(field));
    }
    CHECK(no_quote.number("/balance") == 1200.0);
    CHECK(no_quote.number("/margin") == 1000.0);  // EUR on EUR: no price, no rate
    CHECK(no_quote.number("/positions/0/margin") == 1000.0);
    CHECK(no_quote.text("/state") == "ok");
}

TEST_CASE("a missing balance, leverage or instrument is unknown, not zero", "[evaluate]") {
    const auto document = [](std::string_view settings, std::string_view symbol) {
        return fmt::format(
            R"({{"instruments": [{{"symbol": "EURUSD", "calc_mode": "forex",
                  "contract_size": 100000, "base_currency": "EUR", "profit_currency": "USD"}}],
                 "quotes": {{"EURUSD": {{"bid": 1.1, "ask": 1.1}}}},
                 "account": {{{}}},
                 "positions": [{{"symbol": "{}", "side": "buy", "lots": 1, "open_price": 1.1}}]}})",
            settings, symbol);
    };
    const Answer no_balance{document(R"("leverage": 100)", "EURUSD")};
    CHECK(no_balance.texts("/causes") == std::vector<std::string>{"no_balance"});
    CHECK(no_balance.is_null("/balance"));
    CHECK(no_balance.number("/margin") == 1100.0);

    for (const std::string_view leverage : {"", R"(, "leverage": 0)"}) {
        const Answer no_leverage{document(fmt::format(R"("balance": 1200{})", leverage), "EURUSD")};
        CHECK(no_leverage.texts("/causes") == std::vector<std::string>{"no_leverage"});
        CHECK(no_leverage.is_null("/margin"));
        CHECK(no_leverage.is_null("/symbols/0/margin"));
        CHECK(no_leverage.number("/balance") == 1200.0);
    }
    const Answer no_instrument{document(R"("balance": 1200, "leverage": 100)", "GBPUSD")};
    CHECK(no_instrument.text("/verdict") == "unknown");
    CHECK(no_instrument.texts("/causes") == std::vector<std::string>{"no_price", "no_instrument"});
}

TEST_CASE("a margin that lacks an order's is not known", "[evaluate]") {
    const Answer answer{
        R"({"instruments": [{"symbol": "EURUSD", "calc_mode": "forex", "contract_size": 100000,
             "profit_currency": "USD"}],
            "quotes": {"EURUSD": {"bid": 1.1, "ask": 1.1}},
            "account": {"balance": 10000, "leverage": 100},
            "positions": [{"symbol": "EURUSD", "side": "buy", "lots": 1, "open_price": 1.1}],
            "orders": [{"symbol": "GBPUSD", "type": "buy_limit", "lots": 1, "price": 1.2}]})"};
    CHECK(answer.texts("/causes") == std::vector<std::string>{"no_instrument"});
    CHECK(answer.is_null("/equity"));
    CHECK(answer.is_null("/margin"));
    CHECK(answer.number("/symbols/0/margin") == 1100.0);
    CHECK(answer.text("/symbols/1/symbol") == "GBPUSD");
    CHECK(answer.is_null("/symbols/1/margin"));
}

TEST_CASE("quotes in doubt never stop anybody out", "[evaluate]") {
    const auto causes = [](std::string_view quote, std::string_view more = "") {
        const Answer answer{fmt::format(
            R"({{"instruments": [{{"symbol": "EURUSD", "calc_mode": "forex_no_leverage",
                  "contract_size": 100000, "margin_currency": "USD", "profit_currency": "USD",
                  "max_age_ms": 1000}}],
                 "quotes": {{"EURUSD": {}}},
                 "account": {{"balance": 10}},
                 "positions": [{{"symbol": "EURUSD", "side": "buy", "lots": 1, "open_price": 1.1}}]
                 {}}})",
            quote, more)};
        CHECK(answer.text("/verdict") == "unknown");
        CHECK(answer.text("/state") == "ok");
        return answer.texts("/causes");
    };
    using Causes = std::vector<std::string>;
    CHECK(causes("{}") == Causes{"no_price"});
    CHECK(causes(R"({"bid": 1.1})") == Causes{"one_side_missing"});
    CHECK(causes(R"({"bid": 1.2, "ask": 1.1})") == Causes{"no_price", "crossed_price"});
    CHECK(causes(R"({"bid": 1.1, "ask": 1.2, "ts_ms": 5000})", R"(, "now_ms": 6001)") ==
          Causes{"stale_price"});
}

TEST_CASE("a quote at its age limit still counts, and other symbols have no limit", "[evaluate]") {
    const auto verdict = [](std::int64_t now_ms) {
        return Answer{fmt::format(
                          R"({{"instruments": [{{"symbol": "GER40", "calc_mode": "cfd",
                  "contract_size": 1, "profit_currency": "EUR", "max_age_ms": 1000}}],
                 "quotes": {{"GER40": {{"bid": 18000, "ask": 18001, "ts_ms": 5000}},
                             "EURUSD": {{"bid": 1.1, "ask": 1.2, "ts_ms": 10}}}},
                 "account": {{"balance": 100000}},
                 "positions": [{{"symbol": "GER40", "side": "buy", "lots": 1,
                                 "open_price": 18000}}],
                 "now_ms": {}}})",
                          now_ms)}
            .text("/verdict");
    };
    CHECK(verdict(6'000) == "ok");
    CHECK(verdict(6'001) == "unknown");
}

TEST_CASE("ticks run in order and each says what became of it", "[evaluate]") {
    const Answer answer{textbook(1.1, "", R"(, "ticks": [
        {"symbol": "EURUSD", "bid": 1.2, "ask": 1.2, "ts_ms": 2000},
        {"symbol": "EURUSD", "bid": 1.3, "ask": 1.3, "ts_ms": 1999},
        {"symbol": "EURUSD", "bid": -1.3, "ask": 1.3},
        {"symbol": "EURUSD"},
        {"symbol": "EURUSD", "bid": 1.4, "ask": 1.3, "ts_ms": 2001},
        {"symbol": "EURUSD", "bid": 1.25, "ask": 1.25, "ts_ms": 2002}])")};
    CHECK(answer.has(R"("ticks":[{"accepted":true,"reason":null},)"
                     R"({"accepted":false,"reason":"late"},)"
                     R"({"accepted":false,"reason":"not_positive"},)"
                     R"({"accepted":false,"reason":"no_price"},)"
                     R"({"accepted":false,"reason":"crossed"},)"
                     R"({"accepted":true,"reason":null}])"));
    CHECK(answer.text("/verdict") == "ok");
    CHECK(answer.number("/pnl") == 15'000.0);
}

TEST_CASE("a symbol may be allowed to trade below zero", "[evaluate]") {
    const auto document = [](std::string_view allowed) {
        return fmt::format(
            R"({{"instruments": [{{"symbol": "WTI", "calc_mode": "cfd_leverage",
                  "contract_size": 1000, "profit_currency": "USD"{}}}],
                 "ticks": [{{"symbol": "WTI", "bid": -37.63, "ask": -37.60}}],
                 "account": {{"balance": 100000, "leverage": 10}},
                 "positions": [{{"symbol": "WTI", "side": "buy", "lots": 1, "open_price": 10}}]}})",
            allowed);
    };
    const Answer allowed{document(R"(, "allow_negative": true)")};
    CHECK(allowed.number("/pnl") == -47'630.0);
    CHECK(allowed.number("/margin") == 3'760.0);
    CHECK(Answer{document("")}.texts("/causes") == std::vector<std::string>{"no_price"});
}

TEST_CASE("money has the digits of its currency", "[evaluate]") {
    const auto balance = [](std::string_view currency, std::string_view more) {
        const Answer answer{fmt::format(
            R"({{"account": {{"currency": "{}", "balance": 1234.5}}{}}})", currency, more)};
        const auto at = answer.json().find("\"balance\":") + 10;
        return answer.json().substr(at, answer.json().find(',', at) - at);
    };
    CHECK(balance("USD", "") == "1234.50");
    CHECK(balance("JPY", "") == "1235");
    CHECK(balance("KWD", "") == "1234.500");
    CHECK(balance("BTC", "") == "1234.50000000");
    CHECK(balance("USD", R"(, "currencies": {"USD": {"digits": 4}})") == "1234.5000");
}

TEST_CASE("an account without positions is its balance", "[evaluate]") {
    const Answer answer{R"({"account": {"balance": 50, "credit": 5}})"};
    CHECK(answer.text("/verdict") == "ok");
    CHECK(answer.number("/equity") == 55.0);
    CHECK(answer.number("/margin") == 0.0);
    CHECK(answer.is_null("/margin_level"));
    CHECK(answer.size("/positions") == 0);
}

TEST_CASE("netting uses the net volume, hedging the larger leg", "[evaluate]") {
    const auto document = [](std::string_view mode) {
        return fmt::format(
            R"({{"instruments": [{{"symbol": "EURUSD", "calc_mode": "forex",
                  "contract_size": 100000, "margin_currency": "USD", "profit_currency": "USD"}}],
                 "quotes": {{"EURUSD": {{"bid": 1.1, "ask": 1.1}}}},
                 "account": {{"balance": 10000, "leverage": 100, "margin_mode": "{}"}},
                 "positions": [
                   {{"id": "a", "symbol": "EURUSD", "side": "buy", "lots": 0.3, "open_price": 1.1}},
                   {{"id": "b", "symbol": "EURUSD", "side": "sell", "lots": 0.2, "open_price": 1.1}}
                 ]}})",
            mode);
    };
    CHECK(Answer{document("hedging")}.number("/margin") == 300.0);
    CHECK(Answer{document("netting")}.number("/margin") == 100.0);
}

TEST_CASE("the plan closes the largest loss first and predicts the level", "[evaluate]") {
    const Answer answer{
        R"({"instruments": [{"symbol": "A", "calc_mode": "cfd_leverage", "contract_size": 100,
             "profit_currency": "USD"},
             {"symbol": "B", "calc_mode": "cfd_leverage", "contract_size": 100,
             "profit_currency": "USD"}],
            "quotes": {"A": {"bid": 90, "ask": 90}, "B": {"bid": 50, "ask": 50}},
            "account": {"balance": 1340, "leverage": 10},
            "positions": [
              {"id": "small", "symbol": "B", "side": "buy", "lots": 1, "open_price": 51},
              {"id": "large", "symbol": "A", "side": "buy", "lots": 1, "open_price": 100}]})"};
    // Equity 240 of 900 + 500: 17 %. Without A: 240 of 500, 48 %, not yet above 50.
    CHECK(answer.number("/equity") == 240.0);
    REQUIRE(answer.size("/stop_out_plan") == 2);
    CHECK(answer.text("/stop_out_plan/0/close") == "large");
    CHECK(answer.number("/stop_out_plan/0/margin_after") == 500.0);
    CHECK(answer.number("/stop_out_plan/0/level_after") == 48.0);
    CHECK(answer.text("/stop_out_plan/1/close") == "small");
    CHECK(answer.is_null("/stop_out_plan/1/level_after"));
}

TEST_CASE("positions come in the order of the document", "[evaluate]") {
    const Answer answer{
        R"({"account": {"balance": 1},
            "positions": [{"id": "9", "symbol": "Z", "side": "buy", "lots": 1, "open_price": 1},
                          {"id": "1", "symbol": "Z", "side": "buy", "lots": 1, "open_price": 1},
                          {"id": "5", "symbol": "A", "side": "buy", "lots": 1, "open_price":1}]})"};
    CHECK(answer.text("/positions/0/id") == "9");
    CHECK(answer.text("/positions/1/id") == "1");
    CHECK(answer.text("/positions/2/id") == "5");
}

TEST_CASE("the rule set platform answers with the platform's figures", "[evaluate]") {
    const Answer answer{
        R"({"rules": "platform",
            "instruments": [{"symbol": "EURUSD", "calc_mode": "forex", "contract_size": 100000,
                             "profit_currency": "USD"}],
            "quotes": {"EURUSD": {"bid": 1.1, "ask": 1.1002}},
            "account": {"balance": 10000, "leverage": 100},
            "positions": [{"symbol": "EURUSD", "side": "sell", "lots": 1, "open_price": 1.095}]})"};
    CHECK(answer.json().starts_with(
        R"({"verdict":"ok","causes":[],"equity":9480.00,"balance":10000.00,"credit":null,)"
        R"("pnl":-520.00,"margin":1100.20,"free_margin":8379.80,"margin_level":861.66,)"
        R"("calc_status":"ok","degraded_fields":"")"));
    CHECK(answer.is_null("/positions/0/pnl"));
    const std::vector<std::string> expected{
        "equity [7 The rule set platform]: 10000 (balance) - 520 (open pnl) = 9480.00 USD",
        "used margin [7 The rule set platform]: 1100.20 USD",
        "free margin [7 The rule set platform]: 9480 - 1100.2 = 8379.80 USD",
        "level [7 The rule set platform]: 9480 / 1100.2 * 100 = 861.661516088 rounded to "
        "861.66 %",
        "margin call [7 The rule set platform]: 861.66 > 50",
        "stop-out [7 The rule set platform]: 861.66 >= 10",
        "verdict [7 The rule set platform]: ok, state ok",
    };
    CHECK(answer.texts("/explain") == expected);
}

TEST_CASE("the platform's forgiveness shows, and the verdict does not share it", "[evaluate]") {
    const Answer degraded{
        R"({"rules": "platform", "account": {"balance": 10, "leverage": 100},
            "positions": [{"symbol": "EURUSD", "side": "sell", "lots": 1, "open_price": 1.095}]})"};
    CHECK(degraded.text("/calc_status") == "degraded");
    CHECK(degraded.text("/degraded_fields") == "orders_skipped,missing_prices");
    CHECK(degraded.number("/equity") == 10.0);
    CHECK(degraded.text("/verdict") == "unknown");

    const Answer error{R"({"rules": "platform", "account": {"leverage": 100}})"};
    CHECK(error.text("/calc_status") == "error");
    CHECK(error.text("/error_codes") == "missing_balance");
    CHECK(error.is_null("/equity"));
}

TEST_CASE("the same document gives the same bytes", "[evaluate]") {
    const std::string document = textbook(1.093);
    CHECK(Answer{document}.json() == Answer{document}.json());
}

TEST_CASE("an account type is whatever the document says", "[evaluate]") {
    CHECK(Answer{R"({"account": {"id": "strategy_provider:x-1", "balance": 5}})"}.number(
              "/equity") == 5.0);
}

TEST_CASE("amounts that do not fit are unknown", "[evaluate]") {
    const Answer answer{R"({"account": {"balance": 1e300}})"};
    CHECK(answer.text("/verdict") == "unknown");
    CHECK(answer.texts("/causes") == std::vector<std::string>{"overflow"});
    CHECK(answer.is_null("/equity"));
}
