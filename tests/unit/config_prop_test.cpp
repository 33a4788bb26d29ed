// Prop-firm limits in the configuration.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>

#include "app/config_prop.hpp"
#include "app/engine_options.hpp"

namespace margind::app {
namespace {

LoadedConfig load(Strings settings) {
    settings.emplace_back("prop.reset_time=00:00");
    return load_config("", {}, settings);
}

bool mentions(const LoadedConfig& loaded, std::string_view text) {
    return std::ranges::any_of(loaded.problems, [&](const std::string& problem) {
        return problem.find(text) != std::string::npos;
    });
}

TEST_CASE("without limits in the configuration the rule set says nothing of them", "[config]") {
    const LoadedConfig loaded = load({});
    CHECK(prop_settings(loaded.config) == PropSettings{});
    CHECK(engine_options(loaded.config).rules == standard_rules());
}

TEST_CASE("each limit of the configuration is in the rule set", "[config]") {
    const LoadedConfig loaded = load(
        {"prop.daily_loss=4.5", "prop.daily_loss_unit=percent_of_initial",
         "prop.daily_loss_base=larger", "prop.losses_only=true", "prop.drawdown=2500",
         "prop.drawdown_unit=money", "prop.drawdown_mode=trailing", "prop.drawdown_base=equity",
         "prop.drawdown_update=at_reset", "prop.drawdown_lock=50100", "prop.peak_start=52000",
         "prop.initial_balance=50000", "prop.limit_compare=lt"});
    CHECK(loaded.problems.empty());
    const PropSettings prop = engine_options(loaded.config).rules.prop;
    CHECK(prop.daily_loss == 4.5);
    CHECK(prop.daily_loss_unit == LossUnit::percent_of_initial);
    CHECK(prop.daily_loss_base == DailyLossBase::larger);
    CHECK(prop.losses_only == true);
    CHECK(prop.drawdown == 2'500.0);
    CHECK(prop.drawdown_unit == LossUnit::money);
    CHECK(prop.drawdown_mode == DrawdownMode::trailing);
    CHECK(prop.drawdown_base == DrawdownBase::equity);
    CHECK(prop.drawdown_update == PeakUpdate::at_reset);
    CHECK(prop.drawdown_lock == 50'100.0);
    CHECK(prop.peak_start == 52'000.0);
    CHECK(prop.initial_balance == 50'000.0);
    CHECK(prop.limit_compare == LevelCompare::less);
}

TEST_CASE("limits that contradict each other are told by their keys", "[config]") {
    const LoadedConfig loaded = load({"prop.daily_loss=120", "prop.drawdown_lock=1000"});
    CHECK(mentions(loaded, "prop.daily_loss: expected more than 0 and at most 100 percent"));
    CHECK(mentions(loaded, "prop.drawdown_lock: there is no trailing drawdown"));
    CHECK(mentions(load({"prop.daily_loss=-1"}), "prop.daily_loss: -1 is below 0"));
    CHECK(mentions(load({"prop.drawdown_mode=up"}), "expected one of static, trailing"));
    const LoadedConfig refused = load({"prop.drawdown=10", "prop.drawdown_mode=up"});
    CHECK(refused.problems.size() == 1);
}

TEST_CASE("a daily loss needs a day that ends", "[config]") {
    const LoadedConfig endless = load_config("", {}, {"prop.daily_loss=5"});
    CHECK(mentions(endless, "prop.daily_loss: its day never ends: prop.reset_time is empty"));
    CHECK(load({"prop.daily_loss=5"}).problems.empty());
}

TEST_CASE("accounts may bring the initial balance that a limit needs", "[config]") {
    CHECK(load({"prop.drawdown=10"}).problems.empty());
    CHECK(load({"prop.losses_only=true"}).problems.empty());  // groups may have the limit
}

TEST_CASE("money of the limits is that of the accounts' currency", "[config]") {
    const Strings half{"prop.daily_loss=0.5", "prop.daily_loss_unit=money"};
    CHECK(load(half).problems.empty());
    Strings yen = half;
    yen.emplace_back("accounts.currency=JPY");
    CHECK(mentions(load(yen), "prop.daily_loss: expected an amount that fits, with at most 0"));
    yen.emplace_back("currencies.JPY=1");
    CHECK(load(yen).problems.empty());
}

}  // namespace
}  // namespace margind::app
