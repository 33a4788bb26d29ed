#include "http/account_json.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

using namespace margind;
using namespace margind::http;
using Catch::Matchers::ContainsSubstring;

namespace {

Money cents(std::int64_t minor) { return Money::from_minor(minor); }

/// One long position of one lot, below its stop-out level.
AccountAnswer in_stop_out() {
    AccountAnswer answer;
    Explanation& why = answer.explanation;
    why.account = {"live", "1001"};
    why.currency = "USD";
    why.digits = Digits{2};
    why.verdict = Verdict::breach;
    why.state = AccountState::stop_out;
    why.balance = cents(120'000);
    why.cash = cents(120'000);
    why.equity = cents(50'000);
    why.margin = cents(110'000);
    why.pnl = cents(-70'000);
    why.margin_call = Level{10'000};
    why.stop_out = Level{5'000};
    why.prices = {{"EURUSD", 1.093, 1.09302, 1'700'000'000'000, 35, {}}};
    why.rates = {{"JPY", "USD", "1/USDJPY", 0.0064, 0.0065, not_a_price, {}}};
    why.positions = {{.id = "7",
                      .symbol = "EURUSD",
                      .side = Side::buy,
                      .lots = 1.0,
                      .open_price = 1.1,
                      .close_price = 1.093,
                      .pnl = cents(-70'000),
                      .margin = cents(110'000),
                      .is_pnl_known = true,
                      .is_margin_known = true}};
    why.symbols = {{"EURUSD", 1.0, 0.0, cents(110'000), cents(0), cents(110'000)}};
    why.plan = {{.position = "7",
                 .symbol = "EURUSD",
                 .lots = 1.0,
                 .equity_after = cents(50'000),
                 .balance_after = cents(50'000)}};
    why.steps = {"equity = 1200.00 - 700.00 = 500.00 USD"};
    why.rules_hash = "0123456789abcdef";
    answer.ts_ms = 1'700'000'000'200;
    answer.price_age_ms = 35;
    answer.data_epoch = 3;
    answer.breach = 2;
    answer.last_stop_out_ms = 1'700'000'000'100;
    return answer;
}

}  // namespace

TEST_CASE("an account in stop-out shows figures, market, positions, plan and arithmetic") {
    CHECK(account_json(in_stop_out()) ==
          R"({"account":"live:1001","currency":"USD","verdict":"breach","causes":[],)"
          R"("state":"stop_out","unknown_since_ms":null,"breach":2,)"
          R"("last_stop_out_ms":1700000000100,"ts_ms":1700000000200,"price_age_ms":35,)"
          R"("data_epoch":3,"balance":1200.00,"credit":0.00,"cash":1200.00,"pnl":-700.00,)"
          R"("equity":500.00,"margin":1100.00,"free_margin":-600.00,)"
          R"("margin_level":45.45454545454545,"margin_call_level":100,"stop_out_level":50,)"
          R"("level_unit":"percent",)"
          R"("prices":[{"symbol":"EURUSD","bid":1.093,"ask":1.09302,"ts_ms":1700000000000,)"
          R"("age_ms":35,"causes":[]}],)"
          R"("rates":[{"from":"JPY","to":"USD","path":"1/USDJPY","bid":0.0064,"ask":0.0065}],)"
          R"("positions":[{"id":"7","symbol":"EURUSD","side":"buy","lots":1,"open_price":1.1,)"
          R"("close_price":1.093,"pnl":-700.00,"margin":1100.00}],)"
          R"("symbols":[{"symbol":"EURUSD","long_lots":1,"short_lots":0,"long_margin":1100.00,)"
          R"("short_margin":0.00,"margin":1100.00}],)"
          R"("stop_out_plan":[{"close":"7","symbol":"EURUSD","lots":1,"equity_after":500.00,)"
          R"("margin_after":0.00,"balance_after":500.00,"level_after":null}],)"
          R"("explain":["equity = 1200.00 - 700.00 = 500.00 USD"],)"
          R"("rules_hash":"0123456789abcdef"})");
}

TEST_CASE("what is unknown is null and never zero") {
    AccountAnswer answer;
    answer.explanation.account = {"demo", "5"};
    answer.explanation.currency = "USD";
    answer.explanation.causes = Causes{Cause::no_price} | Cause::image_missing;
    answer.unknown_since_ms = 1'700'000'000'000;
    answer.explanation.positions = {
        {.id = "1", .symbol = "XAUUSD", .side = Side::sell, .lots = 2.0}};
    answer.explanation.symbols = {{.symbol = "XAUUSD", .short_lots = 2.0}};
    const std::string json = account_json(answer);
    CHECK_THAT(json,
               ContainsSubstring(R"("verdict":"unknown","causes":["no_price","image_missing"])"));
    CHECK_THAT(json,
               ContainsSubstring(R"("unknown_since_ms":1700000000000,"breach":0,)"
                                 R"("last_stop_out_ms":null,"ts_ms":null,"price_age_ms":null)"));
    CHECK_THAT(json, ContainsSubstring(R"("balance":null,"credit":null,"cash":null,"pnl":null,)"
                                       R"("equity":null,"margin":null,"free_margin":null,)"
                                       R"("margin_level":null)"));
    CHECK_THAT(json, ContainsSubstring(R"("close_price":null,"pnl":null,"margin":null)"));
}

TEST_CASE("an account without margin has no level") {
    AccountAnswer answer = in_stop_out();
    answer.explanation.verdict = Verdict::ok;
    answer.explanation.margin = cents(0);
    answer.price_age_ms = 0;
    CHECK_THAT(account_json(answer),
               ContainsSubstring(R"("equity":500.00,"margin":0.00,"free_margin":500.00,)"
                                 R"("margin_level":null)"));
}

TEST_CASE("an account of the rule set platform shows the platform's figures") {
    AccountAnswer answer = in_stop_out();
    answer.platform = PlatformFigures{.equity = 499.995,
                                      .balance = 1200.0,
                                      .used_margin_executed = 1093.02,
                                      .used_margin_all = 1093.5,
                                      .open_pnl = -0.001,
                                      .level = 45.74,
                                      .degraded = 5,
                                      .orders_skipped = 2};
    const std::string json = account_json(answer);
    CHECK_THAT(json, ContainsSubstring(R"("balance":1200.00,"pnl":0.00,"equity":500.00,)"
                                       R"("margin":1093.02,"free_margin":-593.02,)"
                                       R"("margin_level":45.74,"margin_call_level":100,)"));
    CHECK_THAT(json, ContainsSubstring(R"("platform":{"calc_status":"degraded","degraded_fields":)"
                                       R"(["orders_skipped","missing_prices"],"error_codes":[],)"
                                       R"("orders_skipped":2,"used_margin_executed":1093.02,)"
                                       R"("used_margin_all":1093.5})"));
    answer.platform->used_margin_executed = 0.0;
    CHECK_THAT(account_json(answer), ContainsSubstring(R"("margin_level":null)"));
}

TEST_CASE("a failed calculation of the rule set platform shows no figures") {
    AccountAnswer answer = in_stop_out();
    answer.platform = PlatformFigures{.balance = 7.0, .error = PlatformError::missing_balance};
    const std::string json = account_json(answer);
    CHECK_THAT(json, ContainsSubstring(R"("balance":null,"pnl":null,"equity":null,"margin":null,)"
                                       R"("free_margin":null,"margin_level":null)"));
    CHECK_THAT(json, ContainsSubstring(R"("calc_status":"error","degraded_fields":[],)"
                                       R"("error_codes":["missing_balance"])"));
}
