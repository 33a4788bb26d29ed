#include "margind/core/rule_check.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>

#include "support/desk.hpp"

namespace margind::test {
namespace {

bool has(const RuleFindings& findings, std::string_view start) {
    return std::ranges::any_of(
        findings, [&](const std::string& finding) { return finding.starts_with(start); });
}

RuleSet retail() {
    RuleSet rules = standard_rules();
    rules.credit_in_equity = false;
    return rules;
}

InstrumentSpec eurusd(double leverage) {
    InstrumentSpec out = spec("EURUSD", "forex", 100'000.0, "USD");
    out.leverage = leverage;
    return out;
}

TEST_CASE("the rule sets that ship contradict nothing in themselves", "[rule_check]") {
    CHECK(check_rules(standard_rules(), RulePack::none).empty());
    CHECK(check_rules(platform_rules(), RulePack::none).empty());
}

TEST_CASE("options that contradict each other are named", "[rule_check]") {
    RuleSet rules = standard_rules();
    rules.stop_out = Level{12'000};
    CHECK(check_rules(rules, RulePack::none) ==
          RuleFindings{"stop_out_level: 120 is above margin_call_level 100"});
    rules = standard_rules();
    rules.level_unit = LevelUnit::money;
    rules.two_stage_ratio = 0.5;
    CHECK(has(check_rules(rules, RulePack::none), "two_stage_ratio"));
    rules = standard_rules();
    rules.margin_mode = MarginMode::netting;
    rules.hedged_margin = HedgedMargin::basic;
    rules.close_policy = ClosePolicy::hedge_preserving;
    rules.fully_hedged_stop_out = true;
    CHECK(check_rules(rules, RulePack::none).size() == 3);
    rules = platform_rules();
    rules.pnl_conversion = PnlConversion::mid;
    CHECK(has(check_rules(rules, RulePack::none), "rules: options of the rule set standard"));
}

TEST_CASE("prop-firm limits that no account can have are named", "[rule_check]") {
    RuleSet rules = standard_rules();
    rules.prop.drawdown = 10.0;  // an account may bring the initial balance
    CHECK(check_rules(rules, RulePack::none).empty());
    rules.prop.drawdown_base = DrawdownBase::equity;
    CHECK(check_rules(rules, RulePack::none) ==
          RuleFindings{"drawdown_base: there is no trailing drawdown"});
    rules.prop = {};
    rules.prop.daily_loss = 0.00000001;
    rules.prop.daily_loss_unit = LossUnit::money;
    CHECK(check_rules(rules, RulePack::none).empty());  // of an account in BTC
    rules.prop.daily_loss = 0.000000001;
    CHECK(has(check_rules(rules, RulePack::none), "daily_loss: expected an amount"));
    rules = platform_rules();
    rules.prop.daily_loss = 5.0;
    CHECK(check_rules(rules, RulePack::none).empty());
}

TEST_CASE("ESMA's close-out is at half of the margin, without bonus, and no lower",
          "[rule_check]") {
    for (const RulePack pack : {RulePack::esma, RulePack::fca}) {
        CHECK(check_rules(retail(), pack).empty());
        CHECK(has(check_rules(standard_rules(), pack), "credit_in_equity"));
        RuleSet rules = retail();
        rules.stop_out = Level{4'999};
        CHECK(has(check_rules(rules, pack), "stop_out_level: 49.99"));
        rules = retail();
        rules.level_unit = LevelUnit::money;
        CHECK(has(check_rules(rules, pack), "level_unit"));
        rules = retail();
        rules.negative_balance_protection = false;
        CHECK(has(check_rules(rules, pack), "negative_balance_protection"));
    }
}

TEST_CASE("NFA demands first in, first out and no hedging", "[rule_check]") {
    RuleSet rules = standard_rules();
    CHECK(check_rules(rules, RulePack::nfa).size() == 2);
    rules.margin_mode = MarginMode::netting;
    rules.close_policy = ClosePolicy::fifo;
    CHECK(check_rules(rules, RulePack::nfa).empty());
}

TEST_CASE("leverage is capped by asset class", "[rule_check]") {
    CHECK(check_instrument(eurusd(30.0), RulePack::esma).empty());
    CHECK(check_instrument(eurusd(31.0), RulePack::esma).size() == 2);  // long and short
    CHECK(check_instrument(eurusd(50.0), RulePack::nfa).empty());
    CHECK(has(check_instrument(spec("EURUSD", "forex", 100'000.0, "USD"), RulePack::esma),
              "leverage: no limit long, esma allows 30 for forex_major"));
    InstrumentSpec minor = spec("AUDUSD", "forex", 100'000.0, "USD");
    minor.leverage = 30.0;
    CHECK(has(check_instrument(minor, RulePack::esma), "leverage: 30 long, esma allows 20"));
    CHECK(check_instrument(minor, RulePack::nfa).empty());
    InstrumentSpec rated = eurusd(100.0);
    rated.margin_rate_long = 4.0;
    rated.margin_rate_short = 2.0;
    CHECK(check_instrument(rated, RulePack::esma) ==
          RuleFindings{"leverage: 50 short, esma allows 30 for forex_major"});
}

TEST_CASE("a class may be closed to retail clients, unknown, or missing", "[rule_check]") {
    InstrumentSpec bitcoin = spec("BTCUSD", "crypto", 1.0, "USD");
    bitcoin.leverage = 2.0;
    CHECK(check_instrument(bitcoin, RulePack::esma).empty());
    CHECK(has(check_instrument(bitcoin, RulePack::fca), "asset_class: fca allows no crypto"));
    CHECK(has(check_instrument(bitcoin, RulePack::nfa), "asset_class: nfa has no leverage"));
    InstrumentSpec index = spec("US500", "cfd", 1.0, "USD");
    CHECK(has(check_instrument(index, RulePack::esma), "asset_class: not set"));
    index.asset_class = "index_major";
    CHECK(check_instrument(index, RulePack::esma).empty());  // without leverage: 1:1
}

TEST_CASE("a specification that contradicts itself is named without any pack", "[rule_check]") {
    InstrumentSpec future = spec("BR", "futures", 10.0, "USD");
    CHECK(has(check_instrument(future, RulePack::none), "initial_margin"));
    future.initial_margin = 500.0;
    future.maintenance_margin = 600.0;
    CHECK(has(check_instrument(future, RulePack::none), "maintenance_margin: 600 is above"));
    InstrumentSpec tiered = eurusd(100.0);
    tiered.tiers = {{.from = 0.0, .rate = 2.0}, {.from = 10.0, .rate = 1.0}};
    CHECK(has(check_instrument(tiered, RulePack::none), "tiers: the band from 10"));
    tiered.tiers = {{.from = 0.0, .leverage = 100.0}, {.from = 10.0, .leverage = 200.0}};
    CHECK(has(check_instrument(tiered, RulePack::none), "tiers: the band from 10"));
    InstrumentSpec sliced = eurusd(100.0);
    sliced.volume_step = 0.1;
    sliced.volume_max = 0.05;
    CHECK(check_instrument(sliced, RulePack::none) ==
          RuleFindings{"volume_max: below volume_step"});
}

TEST_CASE("where levels are measured by a maintenance margin, a retail close-out comes too late",
          "[rule_check]") {
    InstrumentSpec kept = eurusd(30.0);
    kept.margin_rate_maintenance_long = 0.5;
    CHECK(has(check_instrument(kept, RulePack::esma), "maintenance_margin"));
    CHECK(check_instrument(kept, RulePack::nfa).empty());
}

}  // namespace
}  // namespace margind::test
