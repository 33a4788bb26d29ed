#include "margind/core/stop_out/stop_out.hpp"

#include <catch2/catch_test_macros.hpp>
#include <set>
#include <string>

using namespace margind;

namespace {

/// Readings of an account by its level: margin call at 100 %, stop-out at 50 %.
LevelReading level(double percent, double gap = 0.0) {
    return {.at_stop_out = percent <= 50.0,
            .at_margin_call = percent <= 100.0,
            .above_stop_leave = percent > 50.0 + gap,
            .above_call_leave = percent > 100.0 + gap};
}

/// One account, driven beat by beat.
struct Account {
    Transition beat(double percent, std::int64_t now_ms) {
        return advance(memory, level(percent, gap), rules, is_armed,
                       {now_ms, 1'400'000'000'000 + now_ms});
    }

    RuleSet rules;
    BreachMemory memory;
    double gap = 0.0;
    bool is_armed = true;
};

}  // namespace

TEST_CASE("an account above its levels stays quiet", "[stop_out]") {
    Account account;
    const Transition beat = account.beat(250.0, 0);
    CHECK_FALSE(beat.event.has_value());
    CHECK_FALSE(beat.wants_next_beat);
    CHECK(account.memory == BreachMemory{});
}

TEST_CASE("levels are entered at equality", "[stop_out]") {
    Account account;
    CHECK(account.beat(100.0, 0).event == EventKind::margin_call);
    CHECK(account.memory.state == AccountState::margin_call);
    CHECK(account.beat(50.0, 200).event == EventKind::stop_out);
    CHECK(account.memory.state == AccountState::stop_out);
}

TEST_CASE("each transition is announced once", "[stop_out]") {
    Account account;
    CHECK(account.beat(80.0, 0).event == EventKind::margin_call);
    CHECK_FALSE(account.beat(79.0, 200).event.has_value());
    CHECK(account.beat(40.0, 400).event == EventKind::stop_out);
    CHECK_FALSE(account.beat(30.0, 600).event.has_value());
    CHECK_FALSE(account.beat(20.0, 800).event.has_value());
    CHECK(account.memory.breach == 1);
    CHECK(account.memory.step == 2);
}

TEST_CASE("an account can fall through both levels in one beat", "[stop_out]") {
    Account account;
    CHECK(account.beat(10.0, 0).event == EventKind::stop_out);
    CHECK(account.memory.breach == 1);
    CHECK(account.memory.step == 1);
}

TEST_CASE("a dry run says what would have happened", "[stop_out]") {
    Account account;
    account.is_armed = false;
    CHECK(account.beat(10.0, 0).event == EventKind::would_stop_out);
    CHECK(account.memory.state == AccountState::stop_out);
    CHECK_FALSE(account.memory.announced_armed);
}

TEST_CASE("arming announces a stop-out that a dry run had only said", "[stop_out]") {
    Account account;
    account.is_armed = false;
    account.beat(10.0, 0);
    account.is_armed = true;
    CHECK(account.beat(10.0, 200).event == EventKind::stop_out);
    CHECK(account.memory.announced_armed);
    CHECK(account.memory.step == 2);  // another event, another id
    CHECK_FALSE(account.beat(10.0, 400).event.has_value());
}

TEST_CASE("recovering lies between the two levels", "[stop_out]") {
    Account account;
    account.beat(40.0, 0);
    CHECK(account.beat(75.0, 2'000).event == EventKind::recovered);
    CHECK(account.memory.state == AccountState::recovering);
    CHECK(account.memory.breach == 1);
    CHECK(account.beat(101.0, 2'200).event == EventKind::recovered);
    CHECK(account.memory.state == AccountState::ok);
}

TEST_CASE("the next departure from ok is another breach", "[stop_out]") {
    Account account;
    account.beat(90.0, 0);
    account.beat(120.0, 200);
    CHECK(account.memory.state == AccountState::ok);
    CHECK(account.beat(90.0, 400).event == EventKind::margin_call);
    CHECK(account.memory.breach == 2);
    CHECK(account.memory.step == 1);
}

TEST_CASE("a gap keeps an account from flapping around its level", "[stop_out]") {
    Account account;
    account.gap = 5.0;
    account.beat(100.0, 0);
    for (int beat = 1; beat < 50; ++beat) {
        const Transition step = account.beat(beat % 2 == 0 ? 99.9 : 104.9, beat * 200);
        REQUIRE_FALSE(step.event.has_value());
        REQUIRE(account.memory.state == AccountState::margin_call);
    }
    CHECK(account.beat(105.1, 20'000).event == EventKind::recovered);
}

TEST_CASE("a gap holds a stop-out as well", "[stop_out]") {
    Account account;
    account.gap = 5.0;
    account.beat(50.0, 0);
    CHECK_FALSE(account.beat(54.9, 5'000).event.has_value());
    CHECK(account.memory.state == AccountState::stop_out);
    CHECK_FALSE(account.beat(50.0, 5'200).event.has_value());  // the same stop-out
    CHECK(account.beat(55.1, 5'400).event == EventKind::recovered);
    CHECK(account.memory.state == AccountState::recovering);
}

TEST_CASE("an account leaves only after dwelling above the level", "[stop_out]") {
    Account account;
    account.rules.dwell_ms = 1'000;
    account.beat(90.0, 0);
    const Transition first = account.beat(130.0, 1'000);
    CHECK_FALSE(first.event.has_value());
    CHECK(first.wants_next_beat);  // no price needs to move for the dwell to end
    CHECK(account.beat(130.0, 1'999).wants_next_beat);
    CHECK(account.beat(130.0, 2'000).event == EventKind::recovered);
    CHECK(account.memory.state == AccountState::ok);
}

TEST_CASE("falling back while dwelling starts the dwell again", "[stop_out]") {
    Account account;
    account.rules.dwell_ms = 1'000;
    account.beat(90.0, 0);
    account.beat(130.0, 1'000);
    CHECK_FALSE(account.beat(95.0, 1'500).wants_next_beat);
    account.beat(130.0, 1'800);
    CHECK_FALSE(account.beat(130.0, 2'700).event.has_value());
    CHECK(account.beat(130.0, 2'800).event == EventKind::recovered);
}

TEST_CASE("a new stop-out waits for the cool-down", "[stop_out]") {
    Account account;
    account.beat(40.0, 0);
    CHECK(account.beat(60.0, 200).event == EventKind::recovered);
    const Transition early = account.beat(40.0, 400);
    CHECK_FALSE(early.event.has_value());
    CHECK(early.wants_next_beat);
    CHECK(account.beat(40.0, 999).wants_next_beat);
    CHECK(account.beat(40.0, 1'000).event == EventKind::stop_out);
    CHECK(account.memory.breach == 1);
}

TEST_CASE("an account back at ok waits for the cool-down in margin call", "[stop_out]") {
    Account account;
    account.beat(40.0, 0);
    account.beat(150.0, 200);
    CHECK(account.memory.state == AccountState::ok);
    const Transition early = account.beat(40.0, 400);
    CHECK(early.event == EventKind::margin_call);
    CHECK(early.wants_next_beat);
    CHECK(account.beat(40.0, 1'000).event == EventKind::stop_out);
}

TEST_CASE("a wall clock that went back does not lengthen the cool-down", "[stop_out]") {
    Account account;
    account.beat(40.0, 1'000'000);
    account.beat(60.0, 1'000'200);
    CHECK(account.beat(40.0, 0).event == EventKind::stop_out);
}

TEST_CASE("after a start a breach that still holds is announced again, same breach, same step",
          "[stop_out]") {
    Account account;
    account.beat(40.0, 0);
    BreachMemory stored = account.memory;
    stored.must_reassert = true;

    Account restarted;
    restarted.memory = stored;
    CHECK(restarted.beat(40.0, 60'000).event == EventKind::stop_out);
    CHECK(restarted.memory.breach == account.memory.breach);
    CHECK(restarted.memory.step == account.memory.step);
    CHECK_FALSE(restarted.beat(40.0, 60'200).event.has_value());
}

TEST_CASE("after a start a breach that is over is not announced again", "[stop_out]") {
    Account account;
    account.beat(40.0, 0);
    account.memory.must_reassert = true;
    CHECK(account.beat(200.0, 60'000).event == EventKind::recovered);
    CHECK_FALSE(account.beat(200.0, 60'200).event.has_value());
}

TEST_CASE("a dry run's stop-out, armed during a restart, is announced for real", "[stop_out]") {
    Account account;
    account.is_armed = false;
    account.beat(40.0, 0);
    account.memory.must_reassert = true;
    account.is_armed = true;
    const Transition first = account.beat(40.0, 60'000);
    CHECK(first.event == EventKind::would_stop_out);
    CHECK(first.wants_next_beat);
    CHECK(account.beat(40.0, 60'200).event == EventKind::stop_out);
}

TEST_CASE("an unknown verdict holds a breach and says so once", "[stop_out]") {
    Account account;
    account.beat(80.0, 0);
    CHECK(suspend(account.memory, true).event == EventKind::unknown);
    CHECK_FALSE(suspend(account.memory, true).event.has_value());
    CHECK(account.memory.state == AccountState::margin_call);
    CHECK_FALSE(account.beat(80.0, 400).event.has_value());  // known again, still in margin call
    CHECK_FALSE(account.memory.is_suspended);
    CHECK(suspend(account.memory, true).event == EventKind::unknown);
}

TEST_CASE("after a gap an account in breach is given time before it is told of", "[stop_out]") {
    Account account;
    account.beat(80.0, 0);
    account.memory.must_reassert = true;
    const Transition early = suspend(account.memory, false);
    CHECK_FALSE(early.event.has_value());
    CHECK(early.wants_next_beat);
    CHECK(suspend(account.memory, true).event == EventKind::unknown);
    CHECK_FALSE(suspend(account.memory, true).event.has_value());
}

TEST_CASE("an unknown verdict outside a breach raises nothing", "[stop_out]") {
    Account account;
    account.beat(300.0, 0);
    CHECK_FALSE(suspend(account.memory, true).event.has_value());
    CHECK(account.memory.state == AccountState::ok);
}

TEST_CASE("another part of a stopped-out account is announced at once", "[stop_out]") {
    Account account;
    account.rules.cooldown_ms = 1'000;
    account.beat(40.0, 0);
    const std::uint32_t step = account.memory.step;
    LevelReading reading = level(40.0);
    reading.news = PartNews::fresh;
    const Moment soon{200, 1'400'000'000'200};
    CHECK(advance(account.memory, reading, account.rules, true, soon).event == EventKind::stop_out);
    CHECK(account.memory.step == step + 1);
    CHECK(account.memory.breach == 1);
}

TEST_CASE("a part that comes back waits for the cool-down", "[stop_out]") {
    Account account;
    account.rules.cooldown_ms = 1'000;
    account.beat(40.0, 0);
    LevelReading reading = level(40.0);
    reading.news = PartNews::again;
    const auto at = [&](std::int64_t ms) {
        return advance(account.memory, reading, account.rules, true, {ms, 1'400'000'000'000 + ms});
    };
    const Transition early = at(999);
    CHECK_FALSE(early.event.has_value());
    CHECK(early.wants_next_beat);
    CHECK(at(1'000).event == EventKind::stop_out);
}

TEST_CASE("after a start a stop-out of other parts is another one", "[stop_out]") {
    Account account;
    account.beat(40.0, 0);
    account.memory.must_reassert = true;
    const std::uint32_t step = account.memory.step;
    LevelReading reading = level(40.0);
    reading.news = PartNews::fresh;
    const Moment later{5'000, 1'400'000'005'000};
    CHECK(advance(account.memory, reading, account.rules, true, later).event ==
          EventKind::stop_out);
    CHECK(account.memory.step == step + 1);
    CHECK_FALSE(account.memory.must_reassert);
}

TEST_CASE("time spent unknown does not count as dwelling", "[stop_out]") {
    Account account;
    account.rules.dwell_ms = 1'000;
    account.beat(90.0, 0);
    account.beat(130.0, 1'000);
    suspend(account.memory, true);
    CHECK_FALSE(account.beat(130.0, 5'000).event.has_value());
    CHECK(account.beat(130.0, 6'000).event == EventKind::recovered);
}

TEST_CASE("an event id is reproducible and belongs to one event", "[stop_out]") {
    const std::string id = event_id("live:1001", EventKind::stop_out, 1, 2);
    CHECK(id.size() == 32);
    CHECK(id.find_first_not_of("0123456789abcdef") == std::string::npos);
    CHECK(event_id("live:1001", EventKind::stop_out, 1, 2) == id);

    std::set<std::string> ids;
    for (const char* account : {"live:1001", "live:1002", "demo:1001"}) {
        for (const EventKind kind : {EventKind::margin_call, EventKind::stop_out,
                                     EventKind::would_stop_out, EventKind::recovered}) {
            for (std::uint32_t breach = 1; breach < 20; ++breach) {
                for (std::uint32_t step = 1; step < 20; ++step) {
                    ids.insert(event_id(account, kind, breach, step));
                }
            }
        }
    }
    CHECK(ids.size() == 3u * 4u * 19u * 19u);
}

TEST_CASE("states and kinds have names, and states come back from them", "[stop_out]") {
    for (const AccountState state : {AccountState::ok, AccountState::margin_call,
                                     AccountState::stop_out, AccountState::recovering}) {
        CHECK(account_state_from(to_string(state)) == state);
    }
    CHECK_FALSE(account_state_from("fine").has_value());
    CHECK(to_string(EventKind::would_stop_out) == "would_stop_out");
    CHECK(to_string(EventKind::unknown) == "unknown");
}
