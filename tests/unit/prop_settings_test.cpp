// Prop-firm rules as they are set: layers of settings, and what they come to in a currency.
#include <catch2/catch_test_macros.hpp>
#include <string>
#include <vector>

#include "margind/core/rules/rule_overrides.hpp"
#include "margind/core/rules/rules.hpp"
#include "support/prop_account.hpp"

using namespace margind;
using namespace margind::test;

namespace {

using Problems = std::vector<std::string>;

PropSettings daily(double size) {
    PropSettings settings;
    settings.daily_loss = size;
    return settings;
}

Problems problems(const PropSettings& settings, Digits digits = {}) {
    const auto rules = prop_rules(settings, digits);
    return rules ? Problems{} : rules.error();
}

}  // namespace

TEST_CASE("settings become rules in the account's currency", "[prop_settings]") {
    PropSettings settings = daily(4.5);
    settings.daily_loss_unit = LossUnit::percent_of_initial;
    settings.daily_loss_base = DailyLossBase::larger;
    settings.losses_only = true;
    settings.drawdown = 2'500.05;
    settings.drawdown_unit = LossUnit::money;
    settings.drawdown_mode = DrawdownMode::trailing;
    settings.drawdown_base = DrawdownBase::equity;
    settings.drawdown_update = PeakUpdate::at_reset;
    settings.drawdown_lock = 50'100.0;
    settings.peak_start = 52'000.0;
    settings.initial_balance = 50'000.0;
    settings.limit_compare = LevelCompare::less;
    const auto rules = prop_rules(settings, Digits{2});
    REQUIRE(rules.has_value());
    CHECK(rules->daily_loss == LossLimit::percent_of_initial(450));
    CHECK(rules->daily_loss_base == DailyLossBase::larger);
    CHECK(rules->losses_only);
    CHECK(rules->drawdown == LossLimit::amount(cents(250'005)));
    CHECK(rules->drawdown_mode == DrawdownMode::trailing);
    CHECK(rules->drawdown_base == DrawdownBase::equity);
    CHECK(rules->drawdown_update == PeakUpdate::at_reset);
    CHECK(rules->drawdown_lock == units(50'100));
    CHECK(rules->peak_start == units(52'000));
    CHECK(rules->initial_balance == units(50'000));
    CHECK(rules->limit_compare == LevelCompare::less);
}

TEST_CASE("without a size, or with a size of 0, a limit is off", "[prop_settings]") {
    CHECK(PropSettings{}.is_off());
    CHECK(daily(0.0).is_off());
    CHECK_FALSE(daily(5.0).is_off());
    CHECK(prop_rules({}, Digits{2}).value() == PropRules{});
    PropSettings settings;
    settings.drawdown = 0.0;
    settings.initial_balance = 0.0;
    settings.drawdown_lock = 0.0;
    settings.peak_start = 0.0;
    CHECK(prop_rules(settings, Digits{2}).value() == PropRules{});
}

TEST_CASE("what is finer than the currency, or than a hundredth of a percent, is no setting",
          "[prop_settings]") {
    CHECK(problems(daily(3.333)) ==
          Problems{"daily_loss: expected a percentage with at most two decimals"});
    CHECK(problems(daily(3.33)).empty());
    PropSettings money = daily(0.5);
    money.daily_loss_unit = LossUnit::money;
    CHECK(problems(money).empty());
    CHECK(problems(money, Digits{0}) ==
          Problems{"daily_loss: expected an amount that fits, with at most 0 decimals"});
    money.daily_loss = 1e15;
    CHECK_FALSE(problems(money).empty());
    money.daily_loss = 0.00000001;
    CHECK(problems(money, Digits{8}).empty());
    // Every amount of cents that a double can tell apart is one.
    for (const double amount : {0.01, 0.29, 1.1, 99'999.99, 123'456'789.01, 90'071'992'547'409.9}) {
        CAPTURE(amount);
        money.daily_loss = amount;
        CHECK(problems(money).empty());
    }
}

TEST_CASE("settings that contradict each other are told by name, all at once", "[prop_settings]") {
    PropSettings settings = daily(120.0);
    settings.drawdown = 10.0;
    settings.drawdown_lock = 1'000.0;
    CHECK(problems(settings) == Problems{"daily_loss: expected more than 0 and at most 100 percent",
                                         "drawdown: static needs initial_balance",
                                         "drawdown_lock: there is no trailing drawdown"});
}

TEST_CASE("each layer of settings changes what it says and no more", "[prop_settings]") {
    PropSettings common = daily(5.0);
    common.limit_compare = LevelCompare::less;
    PropSettings group = daily(4.0);
    group.drawdown = 10.0;
    PropSettings own;
    own.daily_loss = 0.0;
    own.initial_balance = 100'000.0;
    const PropSettings all = with(with(common, group), own);
    CHECK(all.daily_loss == 0.0);
    CHECK(all.drawdown == 10.0);
    CHECK(all.initial_balance == 100'000.0);
    CHECK(all.limit_compare == LevelCompare::less);
    RuleOverrides overrides;
    overrides.prop = group;
    CHECK(with(standard_rules(), overrides).prop == group);
}

TEST_CASE("prop-firm settings are part of a rule set and of its hash", "[prop_settings]") {
    RuleSet rules;
    const std::string without = rules_hash(rules);
    const auto changes = [&](auto change) {
        RuleSet changed;
        change(changed.prop);
        return rules_hash(changed) != without;
    };
    CHECK(changes([](PropSettings& prop) { prop.daily_loss = 5.0; }));
    CHECK(changes([](PropSettings& prop) { prop.daily_loss_unit = LossUnit::percent; }));
    CHECK(changes([](PropSettings& prop) { prop.daily_loss_base = DailyLossBase::balance; }));
    CHECK(changes([](PropSettings& prop) { prop.losses_only = false; }));
    CHECK(changes([](PropSettings& prop) { prop.drawdown = 5.0; }));
    CHECK(changes([](PropSettings& prop) { prop.drawdown_unit = LossUnit::percent; }));
    CHECK(changes([](PropSettings& prop) { prop.drawdown_mode = DrawdownMode::static_floor; }));
    CHECK(changes([](PropSettings& prop) { prop.drawdown_base = DrawdownBase::balance; }));
    CHECK(changes([](PropSettings& prop) { prop.drawdown_update = PeakUpdate::live; }));
    CHECK(changes([](PropSettings& prop) { prop.drawdown_lock = 0.0; }));
    CHECK(changes([](PropSettings& prop) { prop.peak_start = 0.0; }));
    CHECK(changes([](PropSettings& prop) { prop.initial_balance = 0.0; }));
    CHECK(changes([](PropSettings& prop) { prop.limit_compare = LevelCompare::less_equal; }));
}
