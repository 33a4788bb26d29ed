// What the engine remembers of accounts under prop-firm rules: restarts, gaps, texts of the store.
#include <catch2/catch_test_macros.hpp>
#include <memory>
#include <string>
#include <vector>

#include "support/prop_trader.hpp"

namespace margind::test {
namespace {

TEST_CASE("a breach is remembered by the store when its event is in the stream, not before",
          "[engine][prop]") {
    PropTrader desk{trailing_10_percent()};
    desk.see(110'000);
    desk.see(90'000);
    REQUIRE(desk.memory() != nullptr);
    CHECK(desk.memory()->state.peak == units(110'000));
    CHECK_FALSE(desk.memory()->state.drawdown_breach_ms.has_value());
    desk.write_all();
    CHECK(desk.engine.next_snapshots(10, desk.now).empty());
    desk.confirm();
    CHECK(desk.memory()->state.drawdown_breach_ms == desk.now.wall_ms);
    CHECK(desk.engine.next_snapshots(10, desk.now).size() == 1);
    desk.write_all();
    desk.beat();
    CHECK(desk.engine.next_snapshots(10, desk.now).empty());
}

TEST_CASE("after a restart the memory goes on from the store, and ids are the same",
          "[engine][prop]") {
    PropSettings both = trailing_10_percent();
    both.daily_loss = 5.0;
    PropTrader before{both};
    const std::int64_t reset_ms = before.now.wall_ms;
    before.start_day();
    before.see(120'000);
    before.see(90'000);
    REQUIRE(before.kinds() == Kinds{EventKind::daily_loss, EventKind::drawdown});
    const std::vector<std::string> ids = before.ids();
    const SharedPropMemory before_the_events = before.memory();
    before.confirm();
    const SharedPropMemory after_them = before.memory();

    const auto ids_after_restart = [&](const SharedPropMemory& stored) {
        PropTrader after{PropSettings{}};
        after.now = before.now;
        after.engine.start_prop_day(reset_ms, after.now);
        after.image = trader(both);
        after.image.prop = stored;
        after.give(after.image);
        after.see(90'000);
        CHECK(after.prop().peak == units(120'000));
        CHECK_FALSE(after.prop().reading.is_late);
        CHECK(after.prop().reading.drawdown.breached_since_ms.has_value());
        return after.ids();
    };
    CHECK(ids_after_restart(before_the_events) == ids);
    CHECK(ids_after_restart(after_them).empty());
}

TEST_CASE("what the store has later is not taken over what is known", "[engine][prop]") {
    PropTrader desk{trailing_10_percent()};
    desk.see(110'000);
    PropMemory other{.currency = "USD", .digits = Digits{2}, .state = {}};
    other.state.peak = units(500'000);
    desk.image.prop = std::make_shared<PropMemory>(other);
    desk.give(desk.image);
    desk.see(110'000);
    CHECK(desk.prop().peak == units(110'000));
    CHECK(desk.kinds().empty());
}

TEST_CASE("what is remembered is written while the account is UNKNOWN as well", "[engine][prop]") {
    PropTrader desk{daily_5_percent()};
    desk.start_day();
    desk.see(100'000);
    desk.tick("EURUSD", 1.0, 0.9);
    desk.beat();
    desk.write_all();
    desk.pass(86'400'000);
    desk.start_day();
    desk.pass(2'000);
    desk.beat();
    const SnapshotBatch batch = desk.engine.next_snapshots(10, desk.now);
    REQUIRE(batch.size() == 1);
    CHECK_FALSE(batch.front().has_figures());
    REQUIRE(batch.front().prop != nullptr);
    CHECK_FALSE(batch.front().prop->state.day.has_value());
}

TEST_CASE("a memory that cannot be read leaves its account UNKNOWN and is not written over",
          "[engine][prop]") {
    PropTrader desk{PropSettings{}};
    desk.image = trader(trailing_10_percent());
    desk.image.has_bad_prop_memory = true;
    desk.give(desk.image);
    desk.see(100'000);
    CHECK(desk.causes() == Cause::bad_setting);
    CHECK(desk.memory() == nullptr);
    CHECK(desk.prop().problems == std::vector<std::string>{"prop_state: cannot be read"});
    desk.image.has_bad_prop_memory = false;  // taken away by an operator
    desk.give(desk.image);
    desk.see(100'000);
    CHECK(desk.causes().none());
    CHECK(desk.prop().peak == units(100'000));
}

TEST_CASE("a memory nobody asks for does no harm", "[engine][prop]") {
    PropTrader desk{PropSettings{}};
    desk.image.has_bad_prop_memory = true;
    desk.give(desk.image);
    desk.see(100'000);
    CHECK(desk.causes().none());
    CHECK_FALSE(desk.engine.explain(desk.id, desk.now).prop.has_value());
    CHECK(desk.memory() == nullptr);
}

TEST_CASE("a memory in another currency is none of this account's", "[engine][prop]") {
    PropTrader desk{PropSettings{}};
    desk.image = trader(trailing_10_percent());
    desk.image.prop = std::make_shared<PropMemory>("EUR", Digits{2}, PropState{});
    desk.give(desk.image);
    desk.see(100'000);
    CHECK(desk.causes() == Cause::bad_setting);
    CHECK(desk.prop().problems ==
          std::vector<std::string>{"prop_state: is in EUR with 2 decimals"});
}

TEST_CASE("after a gap a breach that holds is told again under its id", "[engine][prop]") {
    PropTrader desk{trailing_10_percent()};
    desk.see(100'000);
    desk.see(90'000);
    const std::string id = desk.engine.events().front().id;
    desk.confirm();
    desk.reconnect();
    desk.see(90'000);
    REQUIRE(desk.kinds() == Kinds{EventKind::drawdown});
    CHECK(desk.engine.events().front().id == id);
    desk.confirm();
    desk.reconnect();
    desk.see(99'000);
    desk.see(90'000);
    CHECK(desk.kinds().empty());
}

TEST_CASE("limits that are taken away are told of no more, and come back as they were",
          "[engine][prop]") {
    PropTrader desk{trailing_10_percent()};
    desk.see(110'000);
    const AccountImage watched = desk.image;
    desk.image.rules.prop = {};
    desk.give(desk.image);
    desk.see(90'000);
    CHECK(desk.kinds().empty());
    CHECK(desk.memory() == nullptr);
    desk.give(watched);
    desk.beat();
    CHECK(desk.kinds() == Kinds{EventKind::drawdown});
    CHECK(desk.prop().peak == units(110'000));
}

}  // namespace
}  // namespace margind::test
