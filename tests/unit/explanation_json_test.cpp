#include "wire/explanation_json.hpp"

#include <catch2/catch_test_macros.hpp>
#include <string>

using namespace margind;

namespace {

/// A stopped-out account with one position, as the engine would explain it.
Explanation stopped_out() {
    Explanation all;
    all.account = {"live", "1001"};
    all.currency = "USD";
    all.verdict = Verdict::breach;
    all.state = AccountState::stop_out;
    all.balance = Money::from_minor(120'000);
    all.cash = Money::from_minor(120'000);
    all.pnl = Money::from_minor(-70'000);
    all.equity = Money::from_minor(50'000);
    all.margin = Money::from_minor(100'000);
    all.margin_call = Level{10'000};
    all.stop_out = Level{5'050};
    all.prices = {{"EURUSD", 1.093, 1.0932, 1'700, 12, {}}, {"GBPUSD", 1.2, 1.3, 0, -1, {}}};
    all.prices[1].causes = Cause::stale_price;
    all.rates = {{"EUR", "USD", "EURUSD", 1.093, 1.0932, not_a_price, {}},
                 {"PLN", "USD", "", not_a_price, not_a_price, not_a_price, {}}};
    PositionExplained position;
    position.id = "7";
    position.symbol = "EURUSD";
    position.side = Side::buy;
    position.lots = 1.0;
    position.open_price = 1.1;
    position.close_price = 1.093;
    position.pnl = Money::from_minor(-70'000);
    position.margin = Money::from_minor(100'000);
    position.is_pnl_known = position.is_margin_known = true;
    all.positions = {position};
    SymbolExplained symbol;
    symbol.symbol = "EURUSD";
    symbol.long_lots = 0.1 + 0.2;
    symbol.long_margin = symbol.margin = Money::from_minor(100'000);
    all.symbols = {symbol};
    CloseStep step;
    step.position = "7";
    step.symbol = "EURUSD";
    step.lots = 1.0;
    step.equity_after = Money::from_minor(50'000);
    all.plan = {step};
    all.steps = {"level = 50%"};
    all.rules_hash = "00ff";
    return all;
}

std::string json_of(const Explanation& explanation) {
    std::string out;
    wire::JsonWriter json{out};
    json.begin_object();
    wire::write_explained_account(json, explanation);
    wire::write_explained_figures(json, explanation);
    wire::write_explained_grounds(json, explanation);
    json.end_object();
    return out;
}

}  // namespace

TEST_CASE("an explanation is one object with everything a verdict rests on", "[wire]") {
    CHECK(json_of(stopped_out()) ==
          R"({"account":"live:1001","currency":"USD","verdict":"breach","causes":[],)"
          R"("state":"stop_out","balance":1200.00,"credit":0.00,"cash":1200.00,"pnl":-700.00,)"
          R"("equity":500.00,"margin":1000.00,"free_margin":-500.00,"margin_level":50,)"
          R"("margin_call_level":100,"stop_out_level":50.5,"level_unit":"percent",)"
          R"("prices":[{"symbol":"EURUSD","bid":1.093,"ask":1.0932,"ts_ms":1700,"age_ms":12,)"
          R"("causes":[]},{"symbol":"GBPUSD","bid":1.2,"ask":1.3,"ts_ms":null,"age_ms":null,)"
          R"("causes":["stale_price"]}],)"
          R"("rates":[{"from":"EUR","to":"USD","path":"EURUSD","bid":1.093,"ask":1.0932},)"
          R"({"from":"PLN","to":"USD","path":null,"bid":null,"ask":null}],)"
          R"("positions":[{"id":"7","symbol":"EURUSD","side":"buy","lots":1,"open_price":1.1,)"
          R"("close_price":1.093,"pnl":-700.00,"margin":1000.00}],)"
          R"("symbols":[{"symbol":"EURUSD","long_lots":0.3,"short_lots":0,)"
          R"("long_margin":1000.00,"short_margin":0.00,"margin":1000.00}],)"
          R"("stop_out_plan":[{"close":"7","symbol":"EURUSD","lots":1,"equity_after":500.00,)"
          R"("margin_after":0.00,"balance_after":0.00,"level_after":null}],)"
          R"("explain":["level = 50%"],"rules_hash":"00ff"})");
}

TEST_CASE("unknown figures of an explanation are null", "[wire]") {
    Explanation all = stopped_out();
    all.verdict = Verdict::unknown;
    all.causes = Cause::stale_price;
    all.plan.clear();
    all.positions[0].is_pnl_known = false;
    all.positions[0].close_price = not_a_price;
    const std::string json = json_of(all);
    CHECK(json.find(R"("balance":1200.00,"credit":0.00,"cash":null,"pnl":null,"equity":null,)"
                    R"("margin":1000.00,"free_margin":null,"margin_level":null)") !=
          std::string::npos);
    CHECK(json.find(R"("close_price":null,"pnl":null,"margin":1000.00)") != std::string::npos);
}

TEST_CASE("a margin is known where each of its parts is", "[wire]") {
    Explanation all = stopped_out();
    CHECK(wire::known_margin(all) == Money::from_minor(100'000));
    all.causes = Cause::no_price;
    CHECK(wire::known_margin(all) == Money::from_minor(100'000));
    all.symbols[0].is_margin_known = false;
    CHECK_FALSE(wire::known_margin(all).has_value());
    all.symbols.clear();
    all.has_parts = false;  // as in the rule set `platform`
    CHECK_FALSE(wire::known_margin(all).has_value());
    all.has_parts = true;
    all.causes = Cause::image_missing;  // nothing is known of an account without an image
    CHECK_FALSE(wire::known_margin(all).has_value());
}

TEST_CASE("causes come in one order", "[wire]") {
    std::string text;
    wire::JsonWriter json{text};
    wire::write_causes(json, Causes{Cause::frozen_price} | Cause::no_price | Cause::no_rate);
    CHECK(text == R"(["no_price","no_rate","frozen_price"])");
}
