// What `evaluate` says about documents that it cannot work out.
#include "wire/evaluate_document.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <string>
#include <string_view>

#include "wire/evaluate.hpp"

using namespace margind;
using wire::Problems;

namespace {

constexpr std::string_view good = R"({
  "rules": "standard",
  "instruments": [{"symbol": "EURUSD", "calc_mode": "forex", "contract_size": 100000,
                   "base_currency": "EUR", "profit_currency": "USD", "margin_currency": "EUR",
                   "digits": 5}],
  "quotes": {"EURUSD": {"bid": 1.09990, "ask": 1.10010}},
  "account": {"id": "live:1", "currency": "USD", "balance": 10000, "credit": 0, "leverage": 100,
              "margin_mode": "hedging", "margin_call_level": 100, "stop_out_level": 50},
  "positions": [{"id": "1", "symbol": "EURUSD", "side": "buy", "lots": 1.0, "open_price": 1.09,
                 "swap": 0, "commission": 0}],
  "orders": []
})";

/// The good document with one piece of it exchanged.
std::string with(std::string_view piece, std::string_view other) {
    std::string document{good};
    const auto at = document.find(piece);
    REQUIRE(at != std::string::npos);
    return document.replace(at, piece.size(), other);
}

Problems problems_of(std::string_view document) {
    Problems problems;
    (void)wire::read_document(document, problems);
    return problems;
}

/// One problem, and exactly this one.
void check_problem(const std::string& document, std::string_view expected) {
    const Problems problems = problems_of(document);
    CAPTURE(problems);
    REQUIRE(problems.size() == 1);
    CHECK(problems[0] == expected);
}

}  // namespace

TEST_CASE("the contract's document is read without a problem", "[evaluate]") {
    Problems problems;
    const wire::EvaluateDocument document = wire::read_document(good, problems);
    CHECK(problems.empty());
    CHECK(document.rules.kind == RuleSetKind::standard);
    REQUIRE(document.instruments.size() == 1);
    CHECK(document.instruments[0].contract_size == 100'000.0);
    REQUIRE(document.quotes.size() == 1);
    CHECK(document.quotes[0].ask == 1.1001);
    CHECK(document.account.key.text() == "live:1");
    CHECK(document.account.margin_mode == MarginMode::hedging);
    REQUIRE(document.account.orders.size() == 1);
    CHECK(document.account.orders[0].volume == Volume::from_raw(Volume::per_lot));
    CHECK(document.now_ms == 0);
}

TEST_CASE("every option reaches the place where it counts", "[evaluate]") {
    Problems problems;
    const wire::EvaluateDocument document = wire::read_document(
        R"({"instruments": [
              {"symbol": "F", "calc_mode": "fixed", "contract_size": 10, "profit_currency": "EUR",
               "initial_margin": 1500, "margin_rate": {"long": 1.15, "short": 1.25},
               "allow_negative": true, "max_age_ms": 3000, "session": "open"},
              {"symbol": "B", "calc_mode": "crypto", "contract_size": 1, "profit_currency": "USD",
               "factor": 2.5, "leverage": 20}],
            "currencies": {"EUR": {"digits": 4}},
            "ticks": [{"symbol": "F", "bid": -1, "ask": 1, "ts_ms": 900}],
            "account": {"balance": -5.5, "credit": 7, "margin_mode": "netting",
                        "margin_call_level": 120.5, "stop_out_level": 30, "level_compare": "lt",
                        "credit_in_equity": false, "fully_hedged_stop_out": true, "leave_gap": 2.5,
                        "dwell_ms": 400, "cooldown_ms": 0, "level_unit": "percent",
                        "valuation_price": "closing_side", "pnl_conversion": "worst_side",
                        "margin_conversion": "order_side", "close_policy": "largest_loss",
                        "hedged_margin_mode": "larger_leg"},
            "positions": [{"symbol": "F", "side": "sell", "lots": 0.00000001, "open_price": -3}],
            "now_ms": 1000})",
        problems);
    CAPTURE(problems);
    REQUIRE(problems.empty());
    CHECK(document.instruments[0].initial_margin == 1'500.0);
    CHECK(document.instruments[0].margin_rate_long == 1.15);
    CHECK(document.instruments[0].margin_rate_short == 1.25);
    CHECK(document.instruments[1].factor == 2.5);
    CHECK(document.instruments[1].leverage == 20.0);
    CHECK(document.instruments[0].allow_negative == "true");
    CHECK(document.instruments[0].max_age_ms == 3'000.0);
    CHECK(document.currency_digits == std::vector{std::pair{std::string{"EUR"}, Digits{4}}});
    CHECK(document.ticks[0].bid == -1.0);
    CHECK(document.now_ms == 1'000);
    CHECK(document.rules.level_compare == LevelCompare::less);
    CHECK_FALSE(document.rules.credit_in_equity);
    CHECK(document.rules.fully_hedged_stop_out);
    CHECK(document.rules.leave_gap == Level{250});
    CHECK(document.rules.dwell_ms == 400);
    CHECK(document.rules.cooldown_ms == 0);
    CHECK(document.account.balance == -5.5);
    CHECK(document.account.margin_call_level == 120.5);
    CHECK(document.account.orders[0].volume == Volume::from_raw(1));
    CHECK(document.account.orders[0].id == "1");
    CHECK(document.account.key.text() == "live:1");
}

TEST_CASE("now is the newest stamp where the document does not say", "[evaluate]") {
    Problems problems;
    const wire::EvaluateDocument document = wire::read_document(
        R"({"account": {}, "quotes": {"A": {"bid": 1, "ask": 1, "ts_ms": 500},
                                      "B": {"bid": 1, "ask": 1, "ts_ms": 700}}})",
        problems);
    CHECK(problems.empty());
    CHECK(document.now_ms == 700);
}

TEST_CASE("bytes that are no JSON document are refused", "[evaluate]") {
    for (const std::string_view bytes :
         {"", " ", "{", "[", "nonsense", "{} x", "{}{}", "{\"a\":1,}", "{\"a\" 1}", "{\"a\":01}",
          "{\"a\":1e400}", "{\"a\":NaN}", "{\"a\":\"\xff\"}", "{\"a\":\"\\ud800\"}"}) {
        CAPTURE(bytes);
        const Problems problems = problems_of(bytes);
        REQUIRE(problems.size() == 1);
        CHECK(problems[0].starts_with("document: "));
        CHECK(problems[0].contains("expected one JSON document: "));
    }
    const auto place_of = [](std::string_view bytes) {
        const std::string text = problems_of(bytes)[0];
        return text.substr(0, text.find(": expected"));
    };
    CHECK(place_of("{\"a\" 1}") == "document: column 6");
    CHECK(place_of("{\n  \"a\": 1,\n  \"b\": [1, x]\n}") == "document: line 3, column 12");
    CHECK(place_of("{\"a\":01}") == "document: column 6");
    CHECK(place_of("{\"a\":1}\n{\"b\":2}") == "document: line 2, column 1");
    CHECK(problems_of(std::string(100'000, '[')).size() == 1);
    CHECK(problems_of("[]")[0] == "document: expected an object, found an array");
    CHECK(problems_of("3")[0] == "document: expected an object, found 3");
}

TEST_CASE("a field that is not known is named with the one that was meant", "[evaluate]") {
    check_problem(with("\"leverage\"", "\"leverege\""),
                  "account.leverege: unknown field, perhaps leverage");
    check_problem(with("\"digits\"", "\"digitz\""),
                  "instruments[0].digitz: unknown field, perhaps digits");
    check_problem(with("\"orders\"", "\"Orders\""), "Orders: unknown field, perhaps orders");
    check_problem(with("\"swap\"", "\"favourite_colour\""),
                  "positions[0].favourite_colour: unknown field");
    check_problem(with("\"orders\": []", "\"\\u0007\": 1"), "\\u0007: unknown field");
}

TEST_CASE("a field that is there twice is refused", "[evaluate]") {
    check_problem(with("\"credit\": 0", "\"balance\": 20000"),
                  "account.balance: expected once, found twice");
    check_problem(with("\"orders\": []", "\"rules\": \"standard\""),
                  "rules: expected once, found twice");
    check_problem(with("\"bid\": 1.09990", "\"ask\": 1.09990"),
                  "quotes.EURUSD.ask: expected once, found twice");
}

TEST_CASE("a required field that is missing is named", "[evaluate]") {
    check_problem(with("\"calc_mode\": \"forex\",", ""),
                  "instruments[0].calc_mode: expected one of forex, forex_no_leverage, cfd, "
                  "cfd_leverage, cfd_index, futures, crypto, fixed, perpetual_linear, "
                  "perpetual_inverse, found nothing");
    check_problem(with("\"contract_size\": 100000,", ""),
                  "instruments[0].contract_size: expected a number above 0, found nothing");
    check_problem(with("\"profit_currency\": \"USD\",", ""),
                  "instruments[0].profit_currency: expected a text, found nothing");
    check_problem(with("\"lots\": 1.0,", ""),
                  "positions[0].lots: expected a number above 0, found nothing");
    check_problem(with("\"side\": \"buy\",", ""),
                  "positions[0].side: expected one of buy, sell, found nothing");
    check_problem(with("\"open_price\": 1.09,", ""),
                  "positions[0].open_price: expected a number, found nothing");
    check_problem("{}", "account: expected an object, found nothing");
}

TEST_CASE("a value of the wrong type or out of range is shown", "[evaluate]") {
    check_problem(with("\"contract_size\": 100000", "\"contract_size\": -100000"),
                  "instruments[0].contract_size: expected a number above 0, found -100000");
    check_problem(with("\"contract_size\": 100000", "\"contract_size\": \"100000\""),
                  "instruments[0].contract_size: expected a number above 0, found \"100000\"");
    check_problem(with("\"balance\": 10000", "\"balance\": null"),
                  "account.balance: expected a number, found null");
    check_problem(with("\"balance\": 10000", "\"balance\": [1]"),
                  "account.balance: expected a number, found an array");
    check_problem(with("\"leverage\": 100", "\"leverage\": -1"),
                  "account.leverage: expected a number of 0 or above, found -1");
    check_problem(with("\"digits\": 5", "\"digits\": 5.5"),
                  "instruments[0].digits: expected an integer from 0 to 15, found 5.5");
    check_problem(with("\"stop_out_level\": 50", "\"stop_out_level\": 1e11"),
                  "account.stop_out_level: expected a level of 0 to 10,000,000,000, "
                  "found 100000000000");
    check_problem(with("\"lots\": 1.0", "\"lots\": 0"),
                  "positions[0].lots: expected a number above 0, found 0");
    check_problem(with("\"lots\": 1.0", "\"lots\": 0.000000001"),
                  "positions[0].lots: expected 0.00000001 to 100,000,000 lots in steps of "
                  "0.00000001, found 1e-09");
    check_problem(with("\"side\": \"buy\"", "\"side\": \"long\""),
                  "positions[0].side: expected one of buy, sell, found \"long\"");
    check_problem(with("\"symbol\": \"EURUSD\", \"side\"", "\"symbol\": \"\", \"side\""),
                  "positions[0].symbol: expected a text, found \"\"");
    check_problem(with("\"live:1\"", "\"1\""), "account.id: expected type:id, as in \"live:1\"");
    check_problem(with("{\"bid\": 1.09990, \"ask\": 1.10010}", "1.1"),
                  "quotes.EURUSD: expected an object, found 1.1");
    check_problem(with("\"bid\": 1.09990", "\"bid\": -1.1"),
                  "quotes.EURUSD.bid: expected a number above 0 (or allow_negative on the "
                  "instrument), found -1.1");
    check_problem(with("\"orders\": []", "\"currencies\": {\"USD\": {\"digits\": 9}}"),
                  "currencies.USD.digits: expected an integer from 0 to 8, found 9");
    check_problem(with("\"orders\": []", "\"now_ms\": 1.5"),
                  "now_ms: expected an integer from 0 to 9999999999999, found 1.5");
}

TEST_CASE("a long text is cut in the error", "[evaluate]") {
    const Problems problems = problems_of(with("\"buy\"", '"' + std::string(1'000, 'x') + '"'));
    REQUIRE(problems.size() == 1);
    CHECK(problems[0].size() < 150);
}

TEST_CASE("a position's margin mode and its margin belong together", "[evaluate]") {
    check_problem(
        with("\"swap\": 0", "\"margin_mode\": \"isolated\""),
        "positions[0].margin_mode: expected a perpetual: calc_mode forex has no margin of "
        "a position's own");
    check_problem(with("\"swap\": 0", "\"isolated_margin\": 5"),
                  "positions[0].isolated_margin: expected with margin_mode isolated only");
    check_problem(with("\"swap\": 0", "\"margin_mode\": \"portfolio\""),
                  "positions[0].margin_mode: expected one of cross, isolated, found \"portfolio\"");
}

TEST_CASE("an option that the calculation mode does not use is refused", "[evaluate]") {
    check_problem(with("\"digits\": 5", "\"factor\": 2"),
                  "instruments[0].factor: calc_mode forex does not use it");
    check_problem(with("\"digits\": 5", "\"initial_margin\": 2"),
                  "instruments[0].initial_margin: calc_mode forex does not use it");
    check_problem(with("\"calc_mode\": \"forex\"", "\"calc_mode\": \"cfd\", \"leverage\": 5"),
                  "instruments[0].leverage: calc_mode cfd does not use it");
    check_problem(with("\"calc_mode\": \"forex\"", "\"calc_mode\": \"fixed\""),
                  "instruments[0].initial_margin: expected the margin of one lot, 0 or above");
    check_problem(with("\"digits\": 5", "\"taker_fee\": 0.1"),
                  "instruments[0].taker_fee: calc_mode forex does not use it");
    check_problem(with("\"digits\": 5", "\"maintenance_margin\": 1"),
                  "instruments[0].maintenance_margin: calc_mode forex does not use it");
}

TEST_CASE("tiers that cannot be are refused with what they should be", "[evaluate]") {
    const auto check_tiers = [](const std::string& tiers, const char* problem) {
        check_problem(with("\"digits\": 5", "\"tiers\": [" + tiers + "]"), problem);
    };
    check_tiers(R"({"from": 1, "rate": 1})",
                "instruments[0].tiers: expected bands from 0 on, each from above the one before");
    check_tiers(R"({"from": 0, "rate": 1}, {"from": 0, "rate": 2})",
                "instruments[0].tiers: expected bands from 0 on, each from above the one before");
    check_tiers(R"({"from": 0})",
                "instruments[0].tiers: expected either a rate or a leverage in each band");
    check_tiers(R"({"from": 0, "rate": 1}, {"from": 5, "leverage": 2})",
                "instruments[0].tiers: expected rates in all bands or leverages in all");
    check_tiers(R"({"from": 0, "rate": 1, "deduction": 5})",
                "instruments[0].tiers: a deduction is for perpetuals");
    check_tiers(R"({"rate": 1})",
                "instruments[0].tiers[0].from: expected a number of 0 or above, found nothing");
}

TEST_CASE("pending orders have a type, a price and an id of their own", "[evaluate]") {
    const auto check_order = [](const std::string& order, const char* problem) {
        check_problem(with("\"orders\": []", "\"orders\": [" + order + "]"), problem);
    };
    check_order(R"({"symbol": "EURUSD", "type": "limit", "lots": 1, "price": 1})",
                "orders[0].type: expected one of buy_limit, sell_limit, buy_stop, sell_stop, "
                "buy_stop_limit, sell_stop_limit, found \"limit\"");
    check_order(R"({"symbol": "EURUSD", "type": "buy_limit", "lots": 1})",
                "orders[0].price: expected a number, found nothing");
    check_order(R"({"id": "1", "symbol": "EURUSD", "type": "buy_limit", "lots": 1, "price": 1})",
                "orders[0].id: expected each id once, found \"1\" twice");
}

TEST_CASE("symbols and ids are there once", "[evaluate]") {
    check_problem(with("\"digits\": 5}",
                       "\"digits\": 5}, {\"symbol\": \"EURUSD\", \"calc_mode\": \"cfd\", "
                       "\"contract_size\": 1, \"profit_currency\": \"USD\"}"),
                  "instruments[1].symbol: expected each symbol once, found it twice");
    check_problem(with("\"commission\": 0}",
                       "\"commission\": 0}, {\"id\": \"1\", \"symbol\": \"EURUSD\", "
                       "\"side\": \"sell\", \"lots\": 1, \"open_price\": 1.1}"),
                  "positions[1].id: expected each id once, found \"1\" twice");
}

TEST_CASE("a price from after now is refused", "[evaluate]") {
    check_problem(R"({"account": {}, "now_ms": 1000,
                      "quotes": {"EURUSD": {"bid": 1.1, "ask": 1.2, "ts_ms": 1001}}})",
                  "now_ms: expected no stamp after it, found 1001 in a quote");
}

TEST_CASE("the rule set platform refuses what it would not use", "[evaluate]") {
    const std::string platform = with("\"standard\"", "\"platform\"");
    CHECK(problems_of(platform).empty());
    const auto altered = [&](std::string_view piece, std::string_view other) {
        std::string document = platform;
        const auto at = document.find(piece);
        REQUIRE(at != std::string::npos);
        return document.replace(at, piece.size(), other);
    };
    check_problem(altered("\"credit\": 0", "\"credit\": 5"),
                  "account.credit: expected 0: the rule set platform knows no credit");
    check_problem(altered("\"hedging\"", "\"netting\""),
                  "account.margin_mode: expected hedging: the rule set platform does not net");
    check_problem(altered("\"currency\": \"USD\"", "\"currency\": \"EUR\""),
                  "account.currency: expected USD, the currency of the rule set platform");
    check_problem(altered("\"credit\": 0", "\"level_compare\": \"le\""),
                  "account.level_compare: the rule set platform does not use it");
    check_problem(altered("\"digits\": 5", "\"leverage\": 20"),
                  "instruments[0].leverage: the rule set platform does not use it");
    check_problem(altered("\"forex\"", "\"cfd\""),
                  "instruments[0].calc_mode: expected one of forex, cfd_leverage, crypto in the "
                  "rule set platform, found \"cfd\"");
    // What the platform forgives is no problem here either.
    CHECK(problems_of(altered("\"contract_size\": 100000,", "")).empty());
}

TEST_CASE("all problems of a document come in one list", "[evaluate]") {
    const std::string document = R"({
        "rules": "strict", "colour": 1,
        "instruments": [{"symbol": "EURUSD", "calc_mode": "forex", "contract_size": -1,
                         "profit_currency": 7}, 5],
        "quotes": {"EURUSD": {"bid": "1.1", "last": "x"}},
        "account": {"id": "live:1", "balance": true, "leverage": 100},
        "positions": [{"symbol": "EURUSD", "side": "up", "lots": -1, "open_price": 1.1}],
        "orders": [1]})";
    const Problems expected{
        "rules: expected one of standard, platform, found \"strict\"",
        "instruments[0].contract_size: expected a number above 0, found -1",
        "instruments[0].profit_currency: expected a text, found 7",
        "instruments[1]: expected an object, found 5",
        "quotes.EURUSD.bid: expected a number, found \"1.1\"",
        "quotes.EURUSD.last: expected a number, found \"x\"",
        "account.balance: expected a number, found true",
        "positions[0].lots: expected a number above 0, found -1",
        "positions[0].side: expected one of buy, sell, found \"up\"",
        "orders[0]: expected an object, found 1",
        "colour: unknown field",
    };
    CHECK(problems_of(document) == expected);

    const auto answer = wire::evaluate(document);
    REQUIRE_FALSE(answer.has_value());
    CHECK(answer.error().fault == Fault::malformed);
    const std::string& text = answer.error().text;
    CHECK(std::ranges::count(text, '\n') == static_cast<std::ptrdiff_t>(expected.size()) - 1);
    CHECK(text.starts_with(expected.front()));
    CHECK(text.ends_with(expected.back()));
}
