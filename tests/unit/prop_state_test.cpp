// Prop-firm rules: losses only, accounts that cannot be valued, resets, figures that do not fit.
#include <catch2/catch_test_macros.hpp>
#include <limits>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "margind/core/prop/prop_rules.hpp"
#include "margind/core/rules/rules.hpp"
#include "support/prop_account.hpp"

using namespace margind;
using namespace margind::test;

namespace {

constexpr Money largest = Money::from_minor(std::numeric_limits<std::int64_t>::max());
constexpr Money smallest = Money::from_minor(std::numeric_limits<std::int64_t>::min());

PropRules daily_5000(DailyLossBase base = DailyLossBase::balance, bool losses_only = false) {
    PropRules rules;
    rules.daily_loss = LossLimit::amount(units(5'000));
    rules.daily_loss_base = base;
    rules.losses_only = losses_only;
    return rules;
}

PropRules everything() {
    PropRules rules = daily_5000(DailyLossBase::larger);
    rules.drawdown = LossLimit::percent(1'000);
    rules.drawdown_mode = DrawdownMode::trailing;
    rules.drawdown_base = DrawdownBase::equity;
    rules.drawdown_update = PeakUpdate::at_reset;
    rules.initial_balance = units(100'000);
    return rules;
}

}  // namespace

// ftmo.com, "Maximum Daily Loss: Be Aware of This Rule!": limit 500; after a profit of 400 the
// account may drop by 900.
TEST_CASE("profits of the day enlarge what may be lost, unless losses only count", "[prop_rules]") {
    PropRules rules;
    rules.daily_loss = LossLimit::amount(units(500));
    PropAccount both{rules};
    both.reset(units(10'000), units(10'000));
    CHECK(figures(both.see(units(10'400), units(10'400)).daily_loss).remaining == units(900));

    rules.losses_only = true;
    PropAccount losses{rules};
    losses.reset(units(10'000), units(10'000));
    const LimitFigures after = figures(losses.see(units(10'400), units(10'400)).daily_loss);
    CHECK(after.remaining == units(500));
    CHECK(after.kept_profit == units(400));
    CHECK(after.floor == units(9'900));
    CHECK(losses.see(units(10'400), units(9'901)).daily_loss.verdict == Verdict::ok);
    CHECK(losses.see(units(10'400), units(9'900)).daily_loss.verdict == Verdict::breach);
}

TEST_CASE("losses only: a profit does not make a loss good", "[prop_rules]") {
    PropAccount account{daily_5000(DailyLossBase::balance, true)};
    account.reset(units(100'000), units(100'000));
    account.see(units(97'000), units(97'000));                              // 3,000 lost
    account.see(units(101'000), units(101'000));                            // 4,000 won
    const PropReading reading = account.see(units(99'500), units(99'000));  // 1,500 lost, 500 open
    CHECK(figures(reading.daily_loss).loss == units(5'000));
    CHECK(reading.daily_loss.verdict == Verdict::breach);
}

TEST_CASE("losses only: an open profit hides no realised loss", "[prop_rules]") {
    PropAccount account{daily_5000(DailyLossBase::balance, true)};
    account.reset(units(100'000), units(100'000));
    const PropReading open_profit = account.see(units(96'000), units(103'000));
    CHECK(figures(open_profit.daily_loss).loss == units(4'000));
    CHECK(figures(open_profit.daily_loss).remaining == units(1'000));
    CHECK(account.see(units(95'000), units(103'000)).daily_loss.verdict == Verdict::breach);
}

TEST_CASE("losses only: what was floating in the reference is neither profit nor loss",
          "[prop_rules]") {
    PropAccount won{daily_5000(DailyLossBase::larger, true)};
    won.reset(units(100'000), units(102'000));
    CHECK(figures(won.see(units(100'000), units(102'000)).daily_loss).loss == units(0));
    const LimitFigures closed = figures(won.see(units(102'000), units(102'000)).daily_loss);
    CHECK(closed.loss == units(0));
    CHECK(closed.floor == units(97'000));

    PropAccount lost{daily_5000(DailyLossBase::equity, true)};
    lost.reset(units(100'000), units(98'000));
    CHECK(figures(lost.see(units(98'000), units(98'000)).daily_loss).loss == units(0));
    CHECK(figures(lost.see(units(97'000), units(97'000)).daily_loss).loss == units(1'000));
}

TEST_CASE("an account that cannot be valued breaches nothing and shows no figure", "[prop_rules]") {
    PropAccount account{everything()};
    account.reset(units(100'000), units(100'000));
    const PropState before = account.state;
    const PropReading reading = account.see_unknown();
    for (const LimitReading& limit : {reading.daily_loss, reading.drawdown}) {
        CHECK(limit.verdict == Verdict::unknown);
        CHECK(limit.doubt == PropDoubt::account_unknown);
        CHECK_FALSE(limit.is_new_breach);
        CHECK_FALSE(limit.figures.has_value());
    }
    CHECK(account.state == before);
}

TEST_CASE("a breach stays remembered while the account cannot be valued", "[prop_rules]") {
    PropAccount account{everything()};
    account.reset(units(100'000), units(100'000));
    account.see(units(100'000), units(85'000));
    const PropReading reading = account.see_unknown();
    CHECK(reading.daily_loss.verdict == Verdict::unknown);
    CHECK(reading.daily_loss.breached_since_ms.has_value());
    CHECK(reading.drawdown.breached_since_ms.has_value());
}

TEST_CASE("a reset nobody could value takes the first figures after it and says so",
          "[prop_rules]") {
    PropAccount account{everything()};
    account.reset_unknown();
    CHECK_FALSE(account.see_unknown().reference_ms.has_value());
    const PropReading reading = account.see(units(103'000), units(104'000));
    CHECK(reading.is_late);
    CHECK(reading.reference_ms == account.now_ms);
    CHECK(figures(reading.daily_loss).reference == units(104'000));
    CHECK(figures(reading.drawdown).reference == units(104'000));  // the day's end, as far as known
    CHECK(account.see(units(104'000), units(106'000)).is_late);
    CHECK(figures(account.see(units(106'000), units(106'000)).drawdown).reference ==
          units(104'000));

    account.reset(units(106'000), units(106'000));
    const PropReading next_day = account.see(units(106'000), units(106'000));
    CHECK_FALSE(next_day.is_late);
    CHECK(figures(next_day.drawdown).reference == units(106'000));
}

TEST_CASE("an account that is met in the middle of a day starts late", "[prop_rules]") {
    PropAccount account{everything()};
    const PropReading reading = account.see(units(100'000), units(100'000));
    CHECK(reading.is_late);
    CHECK(figures(reading.daily_loss).floor == units(95'000));
}

TEST_CASE("a reset told twice, or an earlier one, changes nothing", "[prop_rules]") {
    PropAccount account{everything()};
    account.reset(units(100'000), units(100'000));
    const std::int64_t reset_ms = account.now_ms;
    account.see(units(100'000), units(95'000));
    const PropState before = account.state;
    const PropFigures other{units(1), units(2)};
    CHECK_FALSE(start_day(account.state, account.rules, other, reset_ms));
    CHECK_FALSE(start_day(account.state, account.rules, other, reset_ms - 1));
    CHECK(account.state == before);
}

TEST_CASE("after a pause over several resets the latest alone is enough", "[prop_rules]") {
    PropAccount each{everything()};
    each.reset(units(100'000), units(100'000));
    each.see(units(100'000), units(95'000));
    PropAccount last = each;
    each.reset_unknown();
    each.reset_unknown();
    start_day(last.state, last.rules, {}, each.now_ms);
    CHECK(each.state == last.state);
}

// Midnights in Prague. On 2025-03-30 the day has 23 hours, on 2025-10-26 it has 25.
TEST_CASE("a day is as long as its resets are apart", "[prop_rules]") {
    struct Night {
        std::int64_t midnight_ms;
        std::int64_t next_ms;
    };
    for (const Night night : {Night{1'743'289'200'000, 1'743'372'000'000},
                              Night{1'761'429'600'000, 1'761'519'600'000}}) {
        PropState state;
        const PropRules rules = daily_5000();
        const PropFigures start{units(100'000), units(100'000)};
        const PropFigures evening{units(96'000), units(96'000)};
        start_day(state, rules, start, night.midnight_ms);
        const PropReading last = advance(state, rules, evening, night.next_ms - 1);
        CHECK(figures(last.daily_loss).remaining == units(1'000));
        start_day(state, rules, evening, night.next_ms);
        const PropReading first = advance(state, rules, evening, night.next_ms);
        CHECK(figures(first.daily_loss).remaining == units(5'000));
        CHECK_FALSE(first.is_late);
    }
}

TEST_CASE("an account that is empty yet is in no breach", "[prop_rules]") {
    PropRules rules = everything();
    rules.daily_loss = LossLimit::percent(500);
    rules.initial_balance.reset();
    PropAccount account{rules};
    account.reset(units(0), units(0));
    const PropReading empty = account.see(units(0), units(0));
    CHECK(empty.daily_loss.verdict == Verdict::ok);
    CHECK(empty.drawdown.verdict == Verdict::ok);
    CHECK_FALSE(figures(empty.daily_loss).used_bp.has_value());
    CHECK_FALSE(figures(empty.daily_loss).distance_bp.has_value());
    CHECK(account.see(units(0), cents(-1)).daily_loss.verdict == Verdict::breach);
}

TEST_CASE("a limit that is switched off forgets nothing but shows nothing", "[prop_rules]") {
    PropAccount account{everything()};
    account.reset(units(100'000), units(100'000));
    CHECK(account.see(units(100'000), units(85'000)).drawdown.is_new_breach);
    const auto drawdown = std::exchange(account.rules.drawdown, std::nullopt);
    CHECK(account.see(units(100'000), units(85'000)).drawdown == LimitReading{});
    account.rules.drawdown = drawdown;
    const PropReading reading = account.see(units(100'000), units(85'000));
    CHECK(reading.drawdown.breached_since_ms.has_value());
    CHECK_FALSE(reading.drawdown.is_new_breach);
}

TEST_CASE("a stored state that lost its peak begins another one", "[prop_rules]") {
    PropRules rules = everything();
    rules.initial_balance.reset();
    PropAccount account{rules};
    account.reset(units(100'000), units(100'000));
    account.state.peak.reset();
    CHECK(figures(account.see(units(90'000), units(91'000)).drawdown).reference == units(91'000));
}

TEST_CASE("a limit that needs an initial balance is UNKNOWN without one", "[prop_rules]") {
    PropRules rules;
    rules.daily_loss = LossLimit::percent_of_initial(500);
    rules.drawdown = LossLimit::percent(1'000);
    PropAccount account{rules};
    account.reset(units(100'000), units(100'000));
    const PropReading reading = account.see(units(1), units(1));
    CHECK(reading.daily_loss.doubt == PropDoubt::no_initial_balance);
    CHECK(reading.drawdown.doubt == PropDoubt::no_initial_balance);
    CHECK(reading.drawdown.verdict == Verdict::unknown);
}

TEST_CASE("a figure that does not fit is UNKNOWN, never a breach", "[prop_rules]") {
    PropAccount account{everything()};
    account.reset(largest, largest);
    const PropReading reading = account.see(largest, smallest);
    CHECK(reading.daily_loss.doubt == PropDoubt::overflow);
    CHECK(reading.drawdown.doubt == PropDoubt::overflow);
    CHECK_FALSE(account.state.daily_breach_ms.has_value());

    account.rules.daily_loss = LossLimit::amount(cents(1));
    const LimitFigures fitting = figures(account.see(largest, units(1)).daily_loss);
    CHECK(fitting.remaining.minor() == 1 - largest.minor() + 100);
    CHECK_FALSE(fitting.used_bp.has_value());  // 10,000 times the loss
}

TEST_CASE("realised profits that do not fit leave losses only in doubt until the reset",
          "[prop_rules]") {
    PropAccount account{daily_5000(DailyLossBase::balance, true)};
    account.reset(units(0), units(0));
    account.see(largest, largest);
    account.see(units(0), units(0));
    CHECK(account.see(largest, largest).daily_loss.doubt == PropDoubt::overflow);
    CHECK(account.see(units(0), units(0)).daily_loss.doubt == PropDoubt::overflow);
    account.reset(units(0), units(0));
    CHECK(account.see(units(0), units(0)).daily_loss.doubt == PropDoubt::none);
}

TEST_CASE("the settings' values have the names of the documentation", "[prop_rules]") {
    CHECK(option_from(loss_unit_names, "percent_of_initial") == LossUnit::percent_of_initial);
    CHECK(option_from(daily_loss_base_names, "larger") == DailyLossBase::larger);
    CHECK(option_from(drawdown_mode_names, "static") == DrawdownMode::static_floor);
    CHECK(option_from(drawdown_base_names, "equity") == DrawdownBase::equity);
    CHECK(option_from(drawdown_update_names, "at_reset") == PeakUpdate::at_reset);
    CHECK(option_from(limit_compare_names, "lt") == LevelCompare::less);
    CHECK_FALSE(option_from(drawdown_mode_names, "floating").has_value());
}

TEST_CASE("every contradiction of the settings is named", "[prop_rules]") {
    CHECK(problems_of({}).empty());
    CHECK(problems_of(everything()).empty());

    PropRules rules;
    rules.losses_only = true;
    rules.drawdown = LossLimit::percent(10'001);
    rules.drawdown_base = DrawdownBase::equity;
    rules.drawdown_update = PeakUpdate::at_reset;
    rules.drawdown_lock = units(1);
    rules.peak_start = units(0);
    const std::vector<std::string> expected{
        "drawdown: expected more than 0 and at most 100 percent",
        "losses_only: there is no daily_loss",
        "drawdown: static needs initial_balance",
        "peak_start: expected an amount above 0",
        "drawdown_base: there is no trailing drawdown",
        "drawdown_update: there is no trailing drawdown",
        "drawdown_lock: there is no trailing drawdown",
        "peak_start: there is no trailing drawdown",
    };
    CHECK(problems_of(rules) == expected);

    PropRules money = daily_5000();
    money.daily_loss = LossLimit::amount(units(0));
    money.initial_balance = units(-1);
    CHECK(problems_of(money).size() == 2);
    money.daily_loss = LossLimit::percent_of_initial(500);
    money.initial_balance.reset();
    CHECK(problems_of(money) ==
          std::vector<std::string>{"daily_loss: percent_of_initial needs initial_balance"});
}

TEST_CASE("each setting changes the hash of the rules", "[prop_rules]") {
    std::set<std::string> hashes{rules_hash(PropRules{})};
    const auto changes = [&](auto change) {
        PropRules rules = everything();
        change(rules);
        return hashes.insert(rules_hash(rules)).second;
    };
    CHECK(changes([](PropRules&) {}));
    CHECK(changes([](PropRules& rules) { rules.daily_loss.reset(); }));
    CHECK(changes([](PropRules& rules) { rules.daily_loss->money = units(5'001); }));
    CHECK(changes([](PropRules& rules) { rules.daily_loss->unit = LossUnit::percent; }));
    CHECK(changes([](PropRules& rules) { rules.daily_loss_base = DailyLossBase::equity; }));
    CHECK(changes([](PropRules& rules) { rules.losses_only = true; }));
    CHECK(changes([](PropRules& rules) { rules.drawdown.reset(); }));
    CHECK(changes([](PropRules& rules) { rules.drawdown->share.value = 999; }));
    CHECK(changes([](PropRules& rules) { rules.drawdown_mode = DrawdownMode::static_floor; }));
    CHECK(changes([](PropRules& rules) { rules.drawdown_base = DrawdownBase::balance; }));
    CHECK(changes([](PropRules& rules) { rules.drawdown_update = PeakUpdate::live; }));
    CHECK(changes([](PropRules& rules) { rules.drawdown_lock = units(0); }));
    CHECK(changes([](PropRules& rules) { rules.peak_start = units(0); }));
    CHECK(changes([](PropRules& rules) { rules.initial_balance.reset(); }));
    CHECK(changes([](PropRules& rules) { rules.limit_compare = LevelCompare::less; }));
}
