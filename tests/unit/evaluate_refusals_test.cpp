// Documents that say what cannot be, or what nothing would come of.
#include <fmt/format.h>

#include <catch2/catch_test_macros.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/evaluated.hpp"
#include "wire/evaluate_document.hpp"

using namespace margind;
using namespace margind::test;

namespace {

using Texts = std::vector<std::string>;

Texts problems_of(std::string_view text) {
    wire::Problems problems;
    (void)wire::read_document(text, problems);
    return problems;
}

Texts problems_of_account(std::string_view fields) {
    return problems_of(fmt::format(R"({{"account": {{{}}}}})", fields));
}

/// Perpetuals and CFDs by their symbols, with these fields more.
std::string instruments(const std::vector<std::pair<std::string, std::string>>& all) {
    std::string text;
    for (const auto& [symbol, fields] : all) {
        text += fmt::format(R"({}{{"symbol": "{}", "contract_size": 1, "profit_currency": "USD",
                                   {}}})",
                            text.empty() ? "" : ", ", symbol, fields);
    }
    return fmt::format(R"({{"instruments": [{}], "account": {{}}}})", text);
}

std::string perpetual(std::string_view fields) {
    return instruments({{"P", fmt::format(R"("calc_mode": "perpetual_linear", {})", fields)}});
}

Texts unused(std::string_view field) {
    return {fmt::format("instruments[0].{}: calc_mode perpetual_linear does not use it", field)};
}

}  // namespace

TEST_CASE("a level has at most two decimals", "[evaluate]") {
    for (const std::string_view name : {"margin_call_level", "stop_out_level", "leave_gap"}) {
        for (const std::string_view level : {"50.005", "49.994999", "0.001"}) {
            CHECK(problems_of_account(fmt::format(R"("{}": {})", name, level)) ==
                  Texts{fmt::format("account.{}: expected at most two decimals, found {}", name,
                                    level)});
        }
        CHECK(problems_of_account(fmt::format(R"("{}": 33.33)", name)).empty());
        CHECK(problems_of_account(fmt::format(R"("{}": 9999999999.99)", name)).empty());
    }
}

TEST_CASE("a given P/L that does not fit leaves the account UNKNOWN", "[evaluate]") {
    for (const std::string_view pnl : {"-1e300", "1e300", "90071992547409.92"}) {
        CAPTURE(pnl);
        const Answer given{fmt::format(
            R"({{"instruments": [{{"symbol": "X", "calc_mode": "cfd", "contract_size": 1,
                                   "profit_currency": "USD"}}],
                 "quotes": {{"X": {{"bid": 10, "ask": 10}}}}, "account": {{"balance": 1000}},
                 "positions": [{{"symbol": "X", "side": "buy", "lots": 1, "open_price": 10,
                                 "pnl": {}}}]}})",
            pnl)};
        CHECK(given.text("/verdict") == "unknown");
        CHECK(given.texts("/causes") == Texts{"overflow"});
        CHECK(given.is_null("/pnl"));
        CHECK(given.is_null("/positions/0/pnl"));
        CHECK(given.has("\"pnl 1 [1 Profit and loss]: unknown (overflow)\""));
    }
}

TEST_CASE("the rule set platform takes no given P/L", "[evaluate]") {
    CHECK(problems_of(R"({"rules": "platform", "account": {}, "positions": [
              {"symbol": "X", "side": "buy", "lots": 1, "open_price": 10, "pnl": 5}]})") ==
          Texts{"positions[0].pnl: the rule set platform does not use it"});
}

TEST_CASE("what is remembered of the prop-firm limits cannot be from the future", "[evaluate]") {
    const auto problems = [](std::string_view state) {
        return problems_of(fmt::format(
            R"({{"now_ms": 2000, "account": {{"daily_loss": 5, "prop_state": {{{}}}}}}})", state));
    };
    const auto of_day = [&](std::string_view more) {
        return problems(fmt::format(
            R"("reset_ms": 1000, "reference_balance": 5, "reference_equity": 5, {})", more));
    };
    const auto text = [](std::string_view problem) {
        return Texts{fmt::format("account.prop_state.{}", problem)};
    };
    CHECK(problems(R"("reset_ms": 2001)") ==
          text("reset_ms: expected no time after now_ms (2000), found 2001"));
    CHECK(problems(R"("reset_ms": 2001, "daily_breach_ms": 1999)") ==
          text("reset_ms: expected no time after now_ms (2000), found 2001"));
    CHECK(of_day(R"("reference_ms": 999)") ==
          text("reference_ms: expected no time before reset_ms (1000), found 999"));
    CHECK(of_day(R"("reference_ms": 2001)") ==
          text("reference_ms: expected no time after now_ms (2000), found 2001"));
    CHECK(of_day(R"("daily_breach_ms": 999)") ==
          text("daily_breach_ms: expected no time before reset_ms (1000), found 999"));
    CHECK(of_day(R"("daily_breach_ms": 2001)") ==
          text("daily_breach_ms: expected no time after now_ms (2000), found 2001"));
    CHECK(of_day(R"("drawdown_breach_ms": 2001)") ==
          text("drawdown_breach_ms: expected no time after now_ms (2000), found 2001"));
    CHECK(of_day(R"("drawdown_breach_ms": 1)").empty());
    CHECK(of_day(R"("reference_ms": 1000, "daily_breach_ms": 2000)").empty());
    CHECK(of_day(R"("realised_profit": -0.01)") ==
          text("realised_profit: expected 0 or above: it is of profits alone"));
}

TEST_CASE("a reference was taken at some time", "[evaluate]") {
    const auto problems = [](std::string_view more) {
        return problems_of_account(
            fmt::format(R"("daily_loss": 5, "prop_state": {{"reference_balance": 5,
                           "reference_equity": 5{}}})",
                        more));
    };
    CHECK(problems("") ==
          Texts{"account.prop_state.reset_ms: expected when the day began, or in reference_ms "
                "when the reference was taken"});
    // As of an account that has not seen a reset yet.
    CHECK(problems(R"(, "reference_ms": 5)").empty());
    CHECK(problems(R"(, "reset_ms": 5)").empty());
}

TEST_CASE("isolated margins come from what the account has", "[evaluate]") {
    const auto problems = [](std::string_view account, std::string_view first,
                             std::string_view second) {
        const auto position = [](std::string_view margin) {
            return fmt::format(R"({{"symbol": "P", "side": "buy", "lots": 1, "open_price": 10,
                                    "margin_mode": "isolated", "isolated_margin": {}}})",
                               margin);
        };
        return problems_of(fmt::format(R"({{"account": {{{}}}, "positions": [{}, {}]}})", account,
                                       position(first), position(second)));
    };
    const Texts too_much{
        "positions: expected isolated margins of no more in all than balance and credit"};
    CHECK(problems(R"("balance": 1000)", "1e6", "0") == too_much);
    CHECK(problems(R"("balance": 1000)", "1e300", "0") == too_much);
    CHECK(problems(R"("balance": 1000)", "600", "400.01") == too_much);
    CHECK(problems(R"("balance": 1000)", "600", "400").empty());
    CHECK(problems(R"("balance": 1000, "credit": 0.01)", "600", "400.01").empty());
    CHECK(problems(R"("balance": -5)", "0", "0").empty());
    CHECK(problems("", "5", "5").empty());  // without a balance it is UNKNOWN
}

TEST_CASE("references that lead back are refused with the way around", "[evaluate]") {
    const auto refers = [](std::string_view symbol) {
        return fmt::format(R"("calc_mode": "cfd", "ref_symbol": "{}", "ref_band_percent": 1)",
                           symbol);
    };
    CHECK(problems_of(instruments({{"A", refers("B")}, {"B", refers("A")}})) ==
          Texts{"instruments[0].ref_symbol: expected one that does not lead back, found "
                "A -> B -> A"});
    CHECK(problems_of(instruments(
              {{"X", refers("A")}, {"A", refers("B")}, {"B", refers("C")}, {"C", refers("A")}})) ==
          Texts{"instruments[1].ref_symbol: expected one that does not lead back, found "
                "A -> B -> C -> A"});
    CHECK(problems_of(instruments({{"A", refers("A")}})) ==
          Texts{"instruments[0].ref_symbol: expected another symbol than its own"});
    CHECK(problems_of(instruments({{"A", refers("B")}, {"B", refers("C")}, {"D", refers("B")}}))
              .empty());
}

TEST_CASE("a long way around is cut", "[evaluate]") {
    std::vector<std::pair<std::string, std::string>> all;
    for (int i = 0; i < 20; ++i) {
        all.emplace_back(fmt::format("S{}", i),
                         fmt::format(R"("calc_mode": "cfd", "ref_symbol": "S{}",
                                        "ref_band_percent": 1)",
                                     (i + 1) % 20));
    }
    CHECK(problems_of(instruments(all)) ==
          Texts{"instruments[0].ref_symbol: expected one that does not lead back, found S0 -> S1 "
                "-> S2 -> S3 -> S4 -> S5 -> S6 -> S7 -> S8 -> …"});
}

TEST_CASE("a quote's mid lies between its sides", "[evaluate]") {
    const auto problems = [](std::string_view quote) {
        return problems_of(fmt::format(R"({{"quotes": {{"X": {{{}}}}}, "account": {{}}}})", quote));
    };
    const auto outside = [](std::string_view mid) {
        return Texts{fmt::format("quotes.X.mid: expected a price from bid to ask, found {}", mid)};
    };
    CHECK(problems(R"("bid": 10, "ask": 11, "mid": 11.5)") == outside("11.5"));
    CHECK(problems(R"("bid": 10, "ask": 11, "mid": 9.5)") == outside("9.5"));
    CHECK(problems(R"("bid": 10, "mid": 9)") == outside("9"));
    CHECK(problems(R"("bid": 10, "ask": 11, "mid": 10)").empty());
    CHECK(problems(R"("bid": 10, "ask": 11, "mid": 11)").empty());
    CHECK(problems(R"("mid": 11)").empty());
    CHECK(problems(R"("bid": 11, "ask": 10, "mid": 10.5)").empty());  // crossed is told as such
}

TEST_CASE("what a perpetual does not use is refused", "[evaluate]") {
    const std::string_view tiers = R"("tiers": [{"from": 0, "rate": 0.01}])";
    const auto with_tiers = [&](std::string_view field) {
        return problems_of(perpetual(fmt::format("{}, {}", tiers, field)));
    };
    CHECK(with_tiers(R"("tier_basis": "lots")") == unused("tier_basis"));
    CHECK(with_tiers(R"("tier_basis": "notional")").empty());
    CHECK(with_tiers(R"("tier_currency": "EUR")") == unused("tier_currency"));
    CHECK(with_tiers(R"("tier_scope": ["P", "Q"])") == unused("tier_scope"));
    CHECK(with_tiers(R"("tier_hedged_weight": 0.5)") == unused("tier_hedged_weight"));
    CHECK(with_tiers(R"("hedged_margin": 1)") == unused("hedged_margin"));
    CHECK(with_tiers(R"("maintenance_margin": 0.01)") ==
          Texts{"instruments[0].maintenance_margin: expected either it or tiers, whose rates "
                "count"});
    CHECK(with_tiers(R"("maintenance_fraction": 0.4)") ==
          Texts{"instruments[0].maintenance_fraction: expected beside tiers with leverages"});
    CHECK(problems_of(perpetual(R"("tiers": [{"from": 0, "leverage": 50}],
                                   "maintenance_fraction": 0.4)"))
              .empty());
    CHECK(problems_of(instruments({{"C", R"("calc_mode": "cfd", "maintenance_fraction": 0.4)"}})) ==
          Texts{"instruments[0].maintenance_fraction: calc_mode cfd does not use it"});
}

TEST_CASE("a perpetual may count for the tiers of another symbol", "[evaluate]") {
    const std::string perpetual_fields =
        R"("calc_mode": "perpetual_linear", "maintenance_margin": 0.01, "tier_basis": "lots",
           "tier_scope": ["P", "C"])";
    const std::string cfd = R"("calc_mode": "cfd", "tier_scope": ["C", "P"])";
    CHECK(problems_of(instruments({{"P", perpetual_fields},
                                   {"C", cfd + R"(, "tiers": [{"from": 0, "rate": 1}])"}}))
              .empty());
    CHECK(problems_of(instruments({{"P", perpetual_fields}, {"C", cfd}})).size() == 2);
}

TEST_CASE("a tick from after now is early: neither a price nor a clock", "[evaluate]") {
    const auto document = [](std::string_view now, std::string_view stamp) {
        return fmt::format(
            R"({{"instruments": [{{"symbol": "X", "calc_mode": "cfd", "contract_size": 1,
                                   "profit_currency": "USD", "max_age_ms": 60000}}],
                 "ticks": [{{"symbol": "X", "bid": 10, "ask": 10, "ts_ms": 1700000000000}},
                           {{"symbol": "X", "bid": 20, "ask": 20, "ts_ms": {}}},
                           {{"symbol": "X", "bid": 11, "ask": 11, "ts_ms": 1700000000005}}],
                 "account": {{"balance": 1000}},
                 "positions": [{{"symbol": "X", "side": "buy", "lots": 1, "open_price": 10}}]{}}})",
            stamp, now);
    };
    constexpr std::string_view fates =
        R"("ticks":[{"accepted":true,"reason":null},{"accepted":false,"reason":"early"},)"
        R"({"accepted":true,"reason":null}])";
    const Answer told{document(R"(, "now_ms": 1700000000006)", "1700000000007")};
    CHECK(told.has(fates));
    CHECK(told.number("/pnl") == 1.0);
    // In microseconds, which no clock says.
    const Answer silent{document("", "1700000000003000")};
    CHECK(silent.has(fates));
    CHECK(silent.number("/pnl") == 1.0);
    CHECK(problems_of(R"({"account": {}, "now_ms": 1700000000000000})") ==
          Texts{"now_ms: expected an integer from 0 to 9999999999999, found 1700000000000000"});
    CHECK(
        problems_of(R"({"account": {}, "quotes": {"X": {"bid": 1, "ts_ms": 1700000000000000}}})") ==
        Texts{"quotes.X.ts_ms: expected an integer from 1 to 9999999999999, found "
              "1700000000000000"});
}

TEST_CASE("a document may name the currencies to convert through", "[evaluate]") {
    const auto document = [](std::string_view pivots) {
        return fmt::format(
            R"({{"instruments": [{{"symbol": "X", "calc_mode": "cfd", "contract_size": 1,
                                   "profit_currency": "SEK"}}],
                 "quotes": {{"X": {{"bid": 10, "ask": 10}}, "GBPSEK": {{"bid": 13, "ask": 13}},
                             "GBPNOK": {{"bid": 14.3, "ask": 14.3}}}},
                 "account": {{"balance": 1000, "currency": "NOK"}},
                 "positions": [{{"symbol": "X", "side": "buy", "lots": 1, "open_price": 10}}]{}}})",
            pivots);
    };
    CHECK(Answer{document("")}.texts("/causes") == Texts{"no_rate"});
    CHECK(Answer{document(R"(, "pivots": ["USD", "GBP"])")}.number("/margin") == 11.0);
    CHECK(problems_of(R"({"account": {}, "pivots": ["USD", 7]})") ==
          Texts{"pivots: expected texts such as \"USD\", found 7"});
    // None at all is another thing than those that are usual.
    CHECK(wire::evaluate(R"({"account": {}, "pivots": []})").has_value());
}
