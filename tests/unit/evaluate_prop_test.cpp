// Prop-firm rules in `evaluate`: a trader's complaint, worked out from what was remembered.
#include <simdjson.h>

#include <catch2/catch_test_macros.hpp>
#include <string>

#include "wire/evaluate.hpp"

using namespace margind;
namespace dom = simdjson::dom;

namespace {

/// A lot of EURUSD bought at 1.1, now 4,000 USD down, in an account with these fields.
std::string document(const std::string& account_fields) {
    return R"({"instruments": [{"symbol": "EURUSD", "calc_mode": "forex", "contract_size": 100000,
        "base_currency": "EUR", "profit_currency": "USD"}],
        "quotes": {"EURUSD": {"bid": 1.06, "ask": 1.0601, "ts_ms": 1741590000000}},
        "positions": [{"symbol": "EURUSD", "side": "buy", "lots": 1, "open_price": 1.1}],
        "account": {"balance": 101000, "leverage": 100)" +
           account_fields + "}}";
}

/// The field `prop` of an answer.
class Prop {
public:
    explicit Prop(const std::string& account_fields) {
        const auto answer = wire::evaluate(document(account_fields));
        if (!answer) FAIL(answer.error().text);
        document_ = parser_.parse(*answer).value();
    }
    [[nodiscard]] dom::element at(const std::string& path) const {
        INFO(path << " in " << simdjson::minify(document_));
        dom::element found;
        REQUIRE(document_.at_pointer("/prop/" + path).get(found) == simdjson::SUCCESS);
        return found;
    }
    [[nodiscard]] double number(const std::string& path) const { return double{at(path)}; }
    [[nodiscard]] std::string text(const std::string& path) const {
        return std::string{std::string_view{at(path)}};
    }
    [[nodiscard]] bool is_there() const {
        dom::element found;
        return document_.at_key("prop").get(found) == simdjson::SUCCESS;
    }

private:
    dom::parser parser_;
    dom::element document_;
};

std::string problems_of(const std::string& account_fields) {
    const auto answer = wire::evaluate(document(account_fields));
    return answer ? "" : answer.error().text;
}

}  // namespace

TEST_CASE("without prop-firm rules an answer says nothing of them", "[evaluate]") {
    CHECK_FALSE(Prop{""}.is_there());
    CHECK_FALSE(Prop{R"(, "daily_loss": 0)"}.is_there());
}

TEST_CASE("a daily loss is worked out from the day's reference", "[evaluate]") {
    const Prop prop{R"(, "daily_loss": 5, "prop_state": {"reset_ms": 1741557600000,
        "reference_balance": 102000, "reference_equity": 100500})"};
    CHECK(prop.number("daily_loss/reference") == 102'000.0);
    CHECK(prop.number("daily_loss/limit") == 5'100.0);
    CHECK(prop.number("daily_loss/floor") == 96'900.0);
    CHECK(prop.number("daily_loss/loss") == 5'000.0);
    CHECK(prop.number("daily_loss/remaining") == 100.0);
    CHECK(prop.number("daily_loss/used_percent") == 98.03);
    CHECK(prop.number("daily_loss/distance_percent") == 0.1);
    CHECK(prop.text("daily_loss/verdict") == "ok");
    CHECK(prop.at("daily_loss/doubt").is_null());
    CHECK(prop.at("drawdown").is_null());
    CHECK(std::int64_t{prop.at("reference_ms")} == 1'741'557'600'000);
    CHECK_FALSE(bool{prop.at("is_late")});
}

TEST_CASE("a trailing drawdown is worked out from the peak", "[evaluate]") {
    const std::string rules = R"(, "drawdown": 5000, "drawdown_unit": "money",
        "drawdown_mode": "trailing", "drawdown_lock": 96000, "limit_compare": "lt")";
    const Prop held{rules + R"(, "prop_state": {"peak": 101500})"};
    CHECK(held.number("drawdown/floor") == 96'000.0);
    CHECK(held.number("drawdown/remaining") == 1'000.0);
    const Prop breached{R"(, "drawdown": 5000, "drawdown_unit": "money",
        "drawdown_mode": "trailing", "prop_state": {"peak": 102000})"};
    CHECK(breached.text("drawdown/verdict") == "breach");
    CHECK(std::int64_t{breached.at("drawdown/breached_since_ms")} == 1'741'590'000'000);
    const Prop since{R"(, "drawdown": 5000, "drawdown_unit": "money",
        "drawdown_mode": "trailing", "prop_state": {"peak": 102000, "drawdown_breach_ms": 5})"};
    CHECK(std::int64_t{since.at("drawdown/breached_since_ms")} == 5);
}

TEST_CASE("with losses only what has been realised counts apart", "[evaluate]") {
    const std::string rules = R"(, "daily_loss": 5000, "daily_loss_unit": "money",
        "losses_only": true)";
    // Won 1,000, and 4,000 of it all are floating away.
    const Prop won{rules + R"(, "prop_state": {"reset_ms": 1741557600000,
        "reference_balance": 100000, "reference_equity": 100000})"};
    CHECK(won.number("daily_loss/kept_profit") == 1'000.0);
    CHECK(won.number("daily_loss/loss") == 4'000.0);
    // Won 3,000 and lost 2,000 again: the profits stay kept.
    const Prop both{rules + R"(, "prop_state": {"reset_ms": 1741557600000,
        "reference_balance": 100000, "reference_equity": 100000,
        "realised_profit": 3000, "last_balance": 101000})"};
    CHECK(both.number("daily_loss/kept_profit") == 3'000.0);
    CHECK(both.text("daily_loss/verdict") == "breach");
}

TEST_CASE("without a memory the account is met for the first time", "[evaluate]") {
    const Prop prop{R"(, "daily_loss": 5, "drawdown": 10, "initial_balance": 100000)"};
    CHECK(bool{prop.at("is_late")});
    CHECK(prop.at("reset_ms").is_null());
    CHECK(prop.number("daily_loss/reference") == 101'000.0);
    CHECK(prop.number("drawdown/floor") == 90'000.0);
}

TEST_CASE("limits of an account that is UNKNOWN have no figures", "[evaluate]") {
    const auto answer = wire::evaluate(
        R"({"account": {"daily_loss": 5, "prop_state": {"reset_ms": 5, "reference_balance": 1,
            "reference_equity": 1}}})");
    REQUIRE(answer.has_value());
    CHECK(answer->contains(R"("verdict":"unknown","causes":["no_balance"])"));
    CHECK(answer->contains(R"("daily_loss":{"verdict":"unknown","doubt":"account_unknown",)"));
    CHECK(answer->contains(R"("floor":null)"));
}

TEST_CASE("prop-firm rules that cannot be are refused by name", "[evaluate]") {
    CHECK(problems_of(R"(, "drawdown": 10)") == "account.drawdown: static needs initial_balance");
    CHECK(problems_of(R"(, "daily_loss": -1, "drawdown_mode": "up")") ==
          "account.daily_loss: expected a number of 0 or above, found -1\n"
          "account.drawdown_mode: expected one of static, trailing, found \"up\"");
    CHECK(problems_of(R"(, "losses_only": true)") == "account.losses_only: there is no daily_loss");
    CHECK(problems_of(R"(, "daily_loss": 5, "prop_state": {"reference_balance": 1, "peek": 2})") ==
          "account.prop_state.reference_equity: expected a number: the day has a reference\n"
          "account.prop_state.peek: unknown field, perhaps peak");
    CHECK(problems_of(R"(, "prop_state": {"peak": 1})") ==
          "account.prop_state: expected daily_loss or drawdown beside it");
}

TEST_CASE("the rule set platform has prop-firm limits too", "[evaluate]") {
    const auto answer = wire::evaluate(
        R"({"rules": "platform", "account": {"balance": 94000, "daily_loss": 5,
            "prop_state": {"reset_ms": 5, "reference_balance": 100000,
                           "reference_equity": 100000}}})");
    REQUIRE(answer.has_value());
    CHECK(answer->contains(R"("daily_loss":{"verdict":"breach")"));
    CHECK(
        answer->contains("daily loss floor [10.1 Daily loss]: 100000.00 (balance at the reset) "
                         "- 5000.00 (limit) = 95000.00 USD"));
}
