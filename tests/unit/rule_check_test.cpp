#include "margind/core/rules/rule_check.hpp"

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

TEST_CASE("a class that is a family has its family's leverage, or what follows from currencies",
          "[rule_check]") {
    InstrumentSpec oil = spec("BRENT", "cfd_leverage", 100.0, "USD");
    oil.asset_class = "energy";
    oil.leverage = 10.0;
    CHECK(check_instrument(oil, RulePack::esma).empty());
    oil.leverage = 11.0;
    CHECK(
        has(check_instrument(oil, RulePack::esma), "leverage: 11 long, esma allows 10 for energy"));
    oil.asset_class = "index";
    CHECK(
        has(check_instrument(oil, RulePack::esma), "asset_class: esma has no leverage for index"));
    InstrumentSpec pair = eurusd(30.0);
    pair.asset_class = "forex";
    CHECK(check_instrument(pair, RulePack::esma).empty());
    InstrumentSpec silver = spec("XAGUSD", "cfd_leverage", 5'000.0, "USD");
    silver.leverage = 20.0;
    CHECK(has(check_instrument(silver, RulePack::esma),
              "leverage: 20 long, esma allows 10 for metal"));
    InstrumentSpec gold = spec("XAUUSD", "cfd_leverage", 100.0, "USD");
    gold.leverage = 20.0;
    CHECK(check_instrument(gold, RulePack::esma).empty());
}

TEST_CASE("leverage is held against the pack as evaluate charges it", "[rule_check]") {
    InstrumentSpec index = spec("US500", "cfd_index", 10.0, "USD");
    index.asset_class = "index_major";
    index.tick_size = 1.0;
    index.tick_value = 0.01;
    CHECK(has(check_instrument(index, RulePack::esma),
              "leverage: 100 long, esma allows 20 for index_major"));
    InstrumentSpec banded = eurusd(30.0);
    banded.tiers = {{.from = 0.0, .leverage = 500.0}};
    CHECK(check_instrument(banded, RulePack::esma).empty());
    InstrumentSpec future = spec("ES", "futures", 50.0, "USD");
    future.initial_margin = 12'000.0;
    future.asset_class = "index_major";
    CHECK(has(check_instrument(future, RulePack::esma),
              "leverage: no limit long, esma allows 20 for index_major (a margin per lot"));
}

TEST_CASE("an amount that is taken for another currency's is named", "[rule_check]") {
    InstrumentSpec index = spec("DE40", "cfd", 10.0, "EUR");
    index.margin_currency = "USD";
    CHECK(check_instrument(index, RulePack::none) ==
          RuleFindings{"margin_currency: USD, but the price is in EUR and is not converted"});
    index.calc_mode = "fixed";
    index.initial_margin = 500.0;
    CHECK(check_instrument(index, RulePack::none).empty());
    InstrumentSpec pair = eurusd(30.0);
    pair.margin_currency = "USD";
    CHECK(has(check_instrument(pair, RulePack::none), "margin_currency: USD, but the volume"));
}

TEST_CASE("options that change nothing in their mode are named", "[rule_check]") {
    InstrumentSpec perpetual = spec("BTCUSDT", "perpetual_linear", 1.0, "USDT");
    perpetual.tiers = {{.from = 0.0, .rate = 0.005}, {.from = 1e6, .rate = 0.01}};
    perpetual.tier_basis = "notional";
    CHECK(check_instrument(perpetual, RulePack::none).empty());
    perpetual.tier_basis = "lots";
    perpetual.tier_currency = "USD";
    perpetual.tier_scope = "BTCUSDT,ETHUSDT";
    perpetual.tier_hedged_weight = 0.5;
    perpetual.hedged_margin = 0.0;
    perpetual.maintenance_margin = 0.01;
    const RuleFindings found = check_instrument(perpetual, RulePack::none);
    CHECK(found.size() == 6);
    for (const char* option : {"tier_basis", "tier_currency", "tier_scope", "tier_hedged_weight",
                               "hedged_margin", "maintenance_margin"}) {
        CHECK(has(found, std::string{option} + ": changes nothing"));
    }
    InstrumentSpec cfd = spec("US500", "cfd", 1.0, "USD");
    cfd.initial_margin = 100.0;
    cfd.maintenance_margin = 50.0;
    cfd.leverage = 20.0;
    cfd.tier_basis = "lots";
    CHECK(check_instrument(cfd, RulePack::none).size() == 4);
    cfd = spec("US500", "cfd", 1.0, "USD");
    cfd.leverage = 20.0;
    cfd.tiers = {{.from = 0.0, .leverage = 50.0}};  // which it caps
    CHECK(check_instrument(cfd, RulePack::none).empty());
}

TEST_CASE("specifications that share tiers have to name each other and have the same",
          "[rule_check]") {
    std::vector<InstrumentSpec> group;
    for (const char* symbol : {"EURUSD", "GBPUSD"}) {
        InstrumentSpec& own = group.emplace_back(spec(symbol, "forex", 100'000.0, "USD"));
        own.tiers = {{.from = 0.0, .rate = 1.0}, {.from = 3.0, .rate = 2.0}};
        own.tier_scope = "EURUSD,GBPUSD";
    }
    const auto findings = [&] {
        RuleFindings all;
        for (const InstrumentSpec& own : group) {
            const RuleFindings of_it = check_tier_scope(own, [&](std::string_view symbol) {
                const auto found = std::ranges::find(group, symbol, &InstrumentSpec::symbol);
                return found == group.end() ? InstrumentSpec{.exists = false} : *found;
            });
            all.insert(all.end(), of_it.begin(), of_it.end());
        }
        return all;
    };
    CHECK(findings().empty());
    group[1].tiers[1].rate = 3.0;
    CHECK(findings() == RuleFindings{"tier_scope: GBPUSD has other tiers"});
    group[1].tiers = group[0].tiers;
    group[1].tier_basis = "notional";
    CHECK(findings() == RuleFindings{"tier_scope: GBPUSD has another tier_basis"});
    group[0].tier_basis = "notional";
    CHECK(findings() == RuleFindings{"tier_scope: GBPUSD has another tier_currency"});
    group[0].tier_currency = group[1].tier_currency = "USD";
    CHECK(findings().empty());
    group[1].tier_scope = "";
    CHECK(findings() == RuleFindings{"tier_scope: GBPUSD does not name EURUSD"});
    group.pop_back();
    CHECK(findings() == RuleFindings{"tier_scope: GBPUSD has no specification"});
}

TEST_CASE("the largest deal is a multiple of the smallest", "[rule_check]") {
    InstrumentSpec sliced = eurusd(100.0);
    sliced.volume_step = 0.1;
    sliced.volume_max = 5.0;
    CHECK(check_instrument(sliced, RulePack::none).empty());
    sliced.volume_max = 5.05;
    CHECK(check_instrument(sliced, RulePack::none) ==
          RuleFindings{"volume_max: 5.05 is no multiple of volume_step 0.1"});
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
