#include "margind/core/prop/prop_rules.hpp"

#include <catch2/catch_test_macros.hpp>

#include "support/prop_account.hpp"

using namespace margind;
using namespace margind::test;

namespace {

PropRules daily(LossLimit limit, DailyLossBase base = DailyLossBase::balance) {
    PropRules rules;
    rules.daily_loss = limit;
    rules.daily_loss_base = base;
    return rules;
}

PropRules trailing(LossLimit limit, DrawdownBase base, PeakUpdate update = PeakUpdate::live) {
    PropRules rules;
    rules.drawdown = limit;
    rules.drawdown_mode = DrawdownMode::trailing;
    rules.drawdown_base = base;
    rules.drawdown_update = update;
    return rules;
}

}  // namespace

TEST_CASE("without limits nothing is read and nothing breached", "[prop_rules]") {
    PropAccount account{{}};
    CHECK(account.rules.is_off());
    account.reset(units(100'000), units(100'000));
    const PropReading reading = account.see(units(1), units(-5'000));
    CHECK_FALSE(reading.daily_loss.is_on);
    CHECK_FALSE(reading.drawdown.is_on);
    CHECK(reading.daily_loss.verdict == Verdict::ok);
    CHECK_FALSE(account.state.daily_breach_ms.has_value());
}

// FTMO Academy, Maximum Daily Loss: 5 % of 200,000; 8,000 lost leave 2,000.
TEST_CASE("a daily loss counts from the balance at the reset", "[prop_rules]") {
    PropRules rules = daily(LossLimit::percent_of_initial(500));
    rules.initial_balance = units(200'000);
    PropAccount account{rules};
    account.reset(units(200'000), units(200'000));
    const PropReading reading = account.see(units(195'000), units(192'000));
    const LimitFigures daily_loss = figures(reading.daily_loss);
    CHECK(daily_loss.reference == units(200'000));
    CHECK(daily_loss.limit == units(10'000));
    CHECK(daily_loss.floor == units(190'000));
    CHECK(daily_loss.loss == units(8'000));
    CHECK(daily_loss.remaining == units(2'000));
    CHECK(daily_loss.used_bp == 8'000);
    CHECK(daily_loss.distance_bp == 104);  // 2,000 of 192,000, rounded down
    CHECK(reading.daily_loss.verdict == Verdict::ok);
}

// The same page: 4,000 closed in profit allow a floating loss of 13,000 until midnight, not after.
TEST_CASE("a floating loss carried over the reset counts against the new day", "[prop_rules]") {
    PropRules rules = daily(LossLimit::percent_of_initial(500));
    rules.initial_balance = units(200'000);
    PropAccount account{rules};
    account.reset(units(200'000), units(200'000));
    const PropReading monday = account.see(units(204'000), units(191'000));
    CHECK(monday.daily_loss.verdict == Verdict::ok);
    CHECK(figures(monday.daily_loss).remaining == units(1'000));
    account.reset(units(204'000), units(191'000));
    const PropReading tuesday = account.see(units(204'000), units(191'000));
    CHECK(tuesday.daily_loss.verdict == Verdict::breach);
    CHECK(tuesday.daily_loss.is_new_breach);
    CHECK(figures(tuesday.daily_loss).floor == units(194'000));
    CHECK(figures(tuesday.daily_loss).remaining == units(-3'000));
}

// Balance 100,000 and 2,000 floating either way at the reset; 3 %.
TEST_CASE("the reference is the balance, the equity or the larger of them", "[prop_rules]") {
    const auto floor_of = [](DailyLossBase base, Money equity) {
        PropAccount account{daily(LossLimit::percent(300), base)};
        account.reset(units(100'000), equity);
        return figures(account.see(units(100'000), equity).daily_loss).floor;
    };
    CHECK(floor_of(DailyLossBase::balance, units(102'000)) == units(97'000));
    CHECK(floor_of(DailyLossBase::equity, units(102'000)) == units(98'940));
    CHECK(floor_of(DailyLossBase::larger, units(102'000)) == units(98'940));
    CHECK(floor_of(DailyLossBase::balance, units(98'000)) == units(97'000));
    CHECK(floor_of(DailyLossBase::equity, units(98'000)) == units(95'060));
    CHECK(floor_of(DailyLossBase::larger, units(98'000)) == units(97'000));
}

TEST_CASE("reaching the floor is a breach, or only falling below it", "[prop_rules]") {
    for (const LevelCompare compare : {LevelCompare::less_equal, LevelCompare::less}) {
        PropRules rules = daily(LossLimit::amount(units(5'000)));
        rules.limit_compare = compare;
        PropAccount account{rules};
        account.reset(units(100'000), units(100'000));
        const auto verdict_at = [&](Money equity) {
            return account.see(units(100'000), equity).daily_loss.verdict;
        };
        CHECK(verdict_at(cents(9'500'001)) == Verdict::ok);
        const bool is_reached = verdict_at(units(95'000)) == Verdict::breach;
        CHECK(is_reached == (compare == LevelCompare::less_equal));
        CHECK(verdict_at(cents(9'499'999)) == Verdict::breach);
    }
}

TEST_CASE("a fraction of a minor unit is never lost in a comparison", "[prop_rules]") {
    // 3.33 % of 10.01 are 0.333333: a loss of 0.34 is above it, one of 0.33 is not.
    for (const LevelCompare compare : {LevelCompare::less_equal, LevelCompare::less}) {
        PropRules rules = daily(LossLimit::percent(333));
        rules.limit_compare = compare;
        PropAccount account{rules};
        account.reset(cents(1'001), cents(1'001));
        const PropReading above = account.see(cents(1'001), cents(1'001 - 33));
        CHECK(above.daily_loss.verdict == Verdict::ok);
        const PropReading below = account.see(cents(1'001), cents(1'001 - 34));
        CHECK(below.daily_loss.verdict == Verdict::breach);
        CHECK(figures(below.daily_loss).limit ==
              (compare == LevelCompare::less ? cents(33) : cents(34)));
    }
}

TEST_CASE("a day's breach is told once and forgotten at the reset", "[prop_rules]") {
    PropAccount account{daily(LossLimit::percent(500))};
    account.reset(units(100'000), units(100'000));
    const PropReading first = account.see(units(100'000), units(95'000));
    CHECK(first.daily_loss.is_new_breach);
    CHECK(first.daily_loss.breached_since_ms == account.now_ms);
    const std::int64_t since_ms = account.now_ms;

    const PropReading again = account.see(units(100'000), units(94'000));
    CHECK(again.daily_loss.verdict == Verdict::breach);
    CHECK_FALSE(again.daily_loss.is_new_breach);
    const PropReading recovered = account.see(units(100'000), units(99'000));
    CHECK(recovered.daily_loss.verdict == Verdict::ok);
    CHECK(recovered.daily_loss.breached_since_ms == since_ms);

    account.reset(units(100'000), units(99'000));
    const PropReading next_day = account.see(units(100'000), units(99'000));
    CHECK_FALSE(next_day.daily_loss.breached_since_ms.has_value());
}

TEST_CASE("a static drawdown stands still below the initial balance", "[prop_rules]") {
    PropRules rules;
    rules.drawdown = LossLimit::percent(1'000);
    rules.initial_balance = units(100'000);
    rules.limit_compare = LevelCompare::less;
    PropAccount account{rules};
    account.reset(units(115'000), units(115'000));
    CHECK(figures(account.see(units(115'000), units(120'000)).drawdown).floor == units(90'000));
    // FTMO Academy, Maximum Loss: balance 92,000 and 2,001 floating exceed the limit.
    CHECK(account.see(units(92'000), units(90'000)).drawdown.verdict == Verdict::ok);
    CHECK(account.see(units(92'000), units(89'999)).drawdown.verdict == Verdict::breach);
}

// Topstep Help Center, Maximum Loss Limit, the account of 50,000.
TEST_CASE("an end-of-day drawdown trails and locks at the initial balance", "[prop_rules]") {
    PropRules rules =
        trailing(LossLimit::amount(units(2'000)), DrawdownBase::balance, PeakUpdate::at_reset);
    rules.initial_balance = units(50'000);
    rules.drawdown_lock = units(50'000);
    PropAccount account{rules};
    const auto floor_at = [&](Money balance) {
        return figures(account.see(balance, balance).drawdown).floor;
    };
    account.reset(units(50'000), units(50'000));
    CHECK(floor_at(units(50'000)) == units(48'000));
    CHECK(floor_at(units(50'500)) == units(48'000));  // during the day it stands
    account.reset(units(50'500), units(50'500));
    CHECK(floor_at(units(50'500)) == units(48'500));
    account.reset(units(50'000), units(50'000));
    CHECK(floor_at(units(50'000)) == units(48'500));
    account.reset(units(52'500), units(52'500));
    CHECK(floor_at(units(52'500)) == units(50'000));
    account.reset(units(60'000), units(60'000));
    const PropReading reading = account.see(units(60'000), units(60'000));
    CHECK(figures(reading.drawdown).floor == units(50'000));
    CHECK(figures(reading.drawdown).limit == units(10'000));  // what the lock leaves
    CHECK(figures(reading.drawdown).remaining == units(10'000));
}

TEST_CASE("an equity peak keeps a floating profit that has gone again", "[prop_rules]") {
    const LossLimit limit = LossLimit::amount(units(2'500));
    PropAccount by_equity{trailing(limit, DrawdownBase::equity)};
    PropAccount by_balance{trailing(limit, DrawdownBase::balance)};
    PropAccount at_reset{trailing(limit, DrawdownBase::equity, PeakUpdate::at_reset)};
    for (PropAccount* account : {&by_equity, &by_balance, &at_reset}) {
        account->reset(units(50'000), units(50'000));
        CHECK(account->see(units(50'000), units(52'600)).drawdown.verdict == Verdict::ok);
    }
    const PropReading reading = by_equity.see(units(50'000), units(50'100));
    CHECK(reading.drawdown.verdict == Verdict::breach);
    CHECK(figures(reading.drawdown).reference == units(52'600));
    CHECK(figures(reading.drawdown).floor == units(50'100));
    CHECK(by_balance.see(units(50'000), units(50'100)).drawdown.verdict == Verdict::ok);
    CHECK(at_reset.see(units(50'000), units(50'100)).drawdown.verdict == Verdict::ok);
}

TEST_CASE("a drawdown once reached stays reached over the days", "[prop_rules]") {
    PropAccount account{trailing(LossLimit::percent(1'000), DrawdownBase::balance)};
    account.reset(units(100'000), units(100'000));
    CHECK(account.see(units(100'000), units(90'000)).drawdown.is_new_breach);
    const std::int64_t since_ms = account.now_ms;
    account.reset(units(99'000), units(99'000));
    const PropReading reading = account.see(units(99'000), units(99'000));
    CHECK(reading.drawdown.verdict == Verdict::ok);
    CHECK(reading.drawdown.breached_since_ms == since_ms);
    CHECK_FALSE(account.see(units(99'000), units(80'000)).drawdown.is_new_breach);
}

TEST_CASE("the peak can be begun by hand, above or below what was seen", "[prop_rules]") {
    PropRules rules = trailing(LossLimit::amount(units(5'000)), DrawdownBase::balance);
    rules.initial_balance = units(100'000);
    rules.peak_start = units(112'000);  // an account that comes from another system
    PropAccount account{rules};
    account.reset(units(109'000), units(109'000));
    CHECK(figures(account.see(units(109'000), units(109'000)).drawdown).floor == units(107'000));
    CHECK(account.see(units(107'000), units(107'000)).drawdown.is_new_breach);

    account.rules.peak_start = units(105'000);  // begun anew, after a pay-out
    const PropReading anew = account.see(units(105'000), units(105'000));
    CHECK(figures(anew.drawdown).floor == units(100'000));
    CHECK_FALSE(anew.drawdown.breached_since_ms.has_value());
    // The same setting does not begin it again: from here it trails.
    CHECK(figures(account.see(units(108'000), units(108'000)).drawdown).floor == units(103'000));
    CHECK(figures(account.see(units(106'000), units(106'000)).drawdown).floor == units(103'000));

    account.rules.peak_start.reset();  // taken out of the settings: nothing moves
    CHECK(figures(account.see(units(106'000), units(106'000)).drawdown).floor == units(103'000));
}

TEST_CASE("without a start of its own the peak begins at the first figures", "[prop_rules]") {
    PropAccount account{trailing(LossLimit::percent(1'000), DrawdownBase::equity)};
    CHECK(figures(account.see(units(80'000), units(81'000)).drawdown).reference == units(81'000));
    account.rules.initial_balance = units(100'000);
    PropAccount other{account.rules};
    CHECK(figures(other.see(units(80'000), units(81'000)).drawdown).reference == units(100'000));
}
