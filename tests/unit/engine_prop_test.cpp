// Prop-firm rules in the engine: what accounts with limits are told, and what is remembered.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <string>
#include <vector>

#include "support/prop_trader.hpp"

namespace margind::test {
namespace {

TEST_CASE("a daily loss is told once a day, each day under an id of its own", "[engine][prop]") {
    PropTrader desk{daily_5_percent()};
    desk.start_day();
    desk.see(100'000);
    desk.see(95'001);
    CHECK(desk.kinds().empty());
    desk.see(95'000);
    desk.see(97'000);
    desk.see(94'000);
    REQUIRE(desk.kinds() == Kinds{EventKind::daily_loss});
    const Event& event = desk.engine.events().front();
    CHECK(event.equity == 95'000.0);
    CHECK(event.threshold == 95'000.0);
    CHECK_FALSE(event.is_armed);
    CHECK(event.decision.verdict == Verdict::ok);  // of its margin; the limit is another matter
    REQUIRE(event.decision.prop.has_value());
    CHECK(figures(event.decision.prop->reading.daily_loss).loss == units(5'000));
    const std::string first_id = event.id;
    desk.confirm();

    desk.pass(86'400'000);
    desk.start_day();
    desk.see(94'000);
    CHECK(desk.kinds() == Kinds{EventKind::daily_loss});  // of a balance of 100,000, still
    CHECK(desk.engine.events().front().id != first_id);
    CHECK(desk.engine.stats().daily_losses == 2);
    CHECK(desk.engine.stats().drawdowns == 0);
}

TEST_CASE("a drawdown is told once, until the peak is begun anew", "[engine][prop]") {
    PropTrader desk{trailing_10_percent()};
    desk.see(110'000);
    CHECK(desk.prop().peak == units(110'000));
    desk.see(99'000);
    REQUIRE(desk.kinds() == Kinds{EventKind::drawdown});
    const std::string first_id = desk.engine.events().front().id;
    CHECK(desk.engine.events().front().threshold == 99'000.0);
    desk.confirm();
    desk.see(105'000);
    desk.see(98'000);
    CHECK(desk.kinds().empty());
    CHECK(desk.prop().reading.drawdown.breached_since_ms.has_value());

    desk.image.rules.prop.peak_start = 120'000.0;
    desk.give(desk.image);
    desk.see(108'000);
    REQUIRE(desk.kinds() == Kinds{EventKind::drawdown});
    CHECK(desk.engine.events().front().id != first_id);
    CHECK(desk.engine.stats().drawdowns == 2);
}

TEST_CASE("a day begins with the figures of its first second, later ones are late",
          "[engine][prop]") {
    PropTrader desk{daily_5_percent()};
    desk.start_day();
    desk.pass(700);
    desk.see(99'000);
    CHECK_FALSE(desk.prop().reading.is_late);
    CHECK(desk.prop().reading.reference_ms == desk.prop().reset_ms);

    desk.pass(86'400'000);
    const std::int64_t reset_ms = desk.now.wall_ms;
    desk.pass(1'000);
    desk.engine.start_prop_day(reset_ms, desk.now);
    desk.see(98'000);
    CHECK(desk.prop().reset_ms == reset_ms);
    CHECK(desk.prop().reading.is_late);
    CHECK(desk.prop().reading.reference_ms == desk.now.wall_ms);
}

TEST_CASE("a day that is told again, or is still to come, changes nothing", "[engine][prop]") {
    PropTrader desk{daily_5_percent()};
    const std::int64_t reset_ms = desk.now.wall_ms;
    desk.start_day();
    desk.see(99'000);
    desk.engine.start_prop_day(reset_ms, desk.now);
    desk.engine.start_prop_day(reset_ms - 86'400'000, desk.now);
    desk.engine.start_prop_day(reset_ms + 86'400'000, desk.now);
    CHECK_FALSE(desk.engine.wants_beat());
    desk.see(98'000);
    CHECK(desk.prop().reset_ms == reset_ms);
}

TEST_CASE("an account that is UNKNOWN over the reset has a late day, and breaches nothing",
          "[engine][prop]") {
    PropSettings of_equity = daily_5_percent();
    of_equity.daily_loss_base = DailyLossBase::equity;
    PropTrader desk{of_equity};
    desk.start_day();
    desk.see(100'000);
    desk.tick("EURUSD", 1.0, 0.9);  // crossed
    desk.beat();
    CHECK(desk.causes() == (Causes{Cause::crossed_price} | Cause::no_rate));  // for the margin
    CHECK(desk.prop().reading.daily_loss.doubt == PropDoubt::account_unknown);
    desk.pass(86'400'000);
    desk.start_day();
    desk.beat();
    CHECK(desk.memory()->state.reset_ms != desk.now.wall_ms);
    desk.pass(5'000);
    desk.see(80'000);
    CHECK(desk.kinds().empty());
    CHECK(desk.prop().reading.is_late);
    CHECK(figures(desk.prop().reading.daily_loss).floor == units(76'000));
}

TEST_CASE("limits that contradict themselves leave their account UNKNOWN and say why",
          "[engine][prop]") {
    PropSettings bad;
    bad.drawdown = 10.0;
    PropTrader desk{bad};
    desk.beat();
    CHECK(desk.causes() == Cause::bad_setting);
    CHECK(desk.prop().problems ==
          std::vector<std::string>{"drawdown: static needs initial_balance"});
    desk.image.rules.prop.initial_balance = 100'000.0;
    desk.give(desk.image);
    desk.see(90'000);
    CHECK(desk.kinds() == Kinds{EventKind::drawdown});
}

TEST_CASE("accounts that differ in their limits alone share a rule set", "[engine][prop]") {
    Desk desk;
    std::vector<AccountId> ids;
    for (int i = 0; i < 5'000; ++i) {
        AccountImage image = account({"live", std::to_string(i)}, 100'000.0, {});
        image.rules.prop = daily_5_percent();
        image.rules.prop.initial_balance = 100'000.0 + i;
        ids.push_back(desk.give(image));
    }
    desk.beat();
    for (const AccountId id : ids) {
        REQUIRE(&desk.engine.rules_of(id) == &desk.engine.rules_of(ids.front()));
        REQUIRE(desk.engine.snapshot(id, desk.now).verdict == Verdict::ok);
    }
}

TEST_CASE("limits of a group act when they are known, and begin no peak anew by that",
          "[engine][prop]") {
    EngineOptions options;
    options.has_group_rules = true;
    InstrumentSpec group{.group = "Standard", .symbol = std::string{whole_group}};
    group.rules.prop = trailing_10_percent();
    group.rules.prop.peak_start = 112'000.0;

    PropMemory stored{.currency = "USD", .digits = Digits{2}, .state = {}};
    stored.state.peak = units(115'000);
    stored.state.peak_start = units(112'000);
    stored.state.drawdown_start_ms = 5;
    stored.state.drawdown_breach_ms = 7;
    PropTrader desk{PropSettings{}, options};
    desk.image.prop = std::make_shared<PropMemory>(stored);
    desk.image.rules.prop.losses_only = false;
    desk.give(desk.image);
    desk.see(100'000);
    CHECK(desk.causes() == Cause::no_instrument);
    desk.engine.apply(group);
    desk.see(100'000);
    CHECK(desk.prop().peak == units(115'000));
    CHECK(desk.prop().reading.drawdown.breached_since_ms == 7);
    CHECK(desk.kinds().empty());
    // After a gap the group is in doubt again, and so far everything stays.
    desk.reconnect();
    desk.see(100'000);
    CHECK(desk.causes() == Cause::no_instrument);
    CHECK(desk.prop().peak == units(115'000));
}

TEST_CASE("a breach that has no room among the events is told when there is some",
          "[engine][prop]") {
    EngineOptions options;
    options.events_pending_max = 1;
    PropSettings both = trailing_10_percent();
    both.daily_loss = 5.0;
    PropTrader desk{both, options};
    desk.start_day();
    desk.see(100'000);
    desk.see(90'000);
    CHECK(desk.kinds() == Kinds{EventKind::daily_loss});
    desk.see(100'000);  // over, but it was
    CHECK(desk.kinds() == Kinds{EventKind::daily_loss});
    desk.confirm();
    desk.beat();
    CHECK(desk.kinds() == Kinds{EventKind::drawdown});
}

TEST_CASE("a day does not end before its breach is told", "[engine][prop]") {
    PropTrader desk{daily_5_percent()};
    desk.start_day();
    desk.see(95'000);
    const std::int64_t reset_ms = desk.now.wall_ms + 1'000;
    desk.pass(1'000);
    desk.engine.start_prop_day(reset_ms, desk.now);
    desk.see(96'000);
    CHECK(desk.prop().reset_ms != reset_ms);
    desk.confirm();
    desk.see(97'000);
    CHECK(desk.prop().reset_ms == reset_ms);
    CHECK_FALSE(desk.prop().reading.daily_loss.breached_since_ms.has_value());
}

TEST_CASE("the rule set platform has limits too, on its own figures", "[engine][prop]") {
    EngineOptions options;
    options.rules = platform_rules();
    options.rules.prop = daily_5_percent();
    PropTrader desk{PropSettings{}, options};
    InstrumentSpec euro{.group = "Standard", .symbol = "EURUSD"};
    euro.contract_size = 100'000.0;
    euro.profit = "USD";
    euro.type = 1;
    desk.engine.apply(euro);
    desk.start_day();
    desk.see(100'000);
    CHECK(figures(desk.prop().reading.daily_loss).floor == units(95'000));
    desk.see(94'000);
    REQUIRE(desk.kinds() == Kinds{EventKind::daily_loss});
    CHECK(desk.engine.events().front().threshold == 95'000.0);
}

TEST_CASE("how an account stands under its limits is worked out line by line", "[engine][prop]") {
    PropTrader desk{daily_5_percent()};
    desk.start_day();
    desk.see(97'000);
    const std::vector<std::string> all = desk.explain().steps;
    REQUIRE(all.size() > 4);
    CHECK(std::vector(all.end() - 4, all.end()) ==
          std::vector<std::string>{
              "daily loss limit [10.1 Daily loss]: 500 * 100000.00 (balance at the reset) / 10000 "
              "= 5000.00 USD",
              "daily loss floor [10.1 Daily loss]: 100000.00 (balance at the reset) - 5000.00 "
              "(limit) = 95000.00 USD",
              "daily loss [10.1 Daily loss]: 100000.00 (balance at the reset) - 97000.00 (equity) "
              "= 3000.00 USD",
              "daily loss left [10.1 Daily loss]: 5000.00 (limit) - 3000.00 = 2000.00 USD; ok"});
}

}  // namespace
}  // namespace margind::test
