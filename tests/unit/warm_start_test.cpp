#include "service/warm_start.hpp"

#include <catch2/catch_test_macros.hpp>
#include <numeric>

#include "support/warm_machine.hpp"

namespace margind::test {
namespace {

/// Out of 1,100.20 of margin: 1 at 90.9 % stands at its margin call, 2 at 45.4 % is stopped out.
void put_four(Machine& machine) {
    machine.store.put(one_lot("1", 1'000.0));
    machine.store.put(one_lot("2", 500.0));
    machine.store.put(one_lot("3", 50'000.0));
    machine.store.put(one_lot("4", 1'500.0));
}

const Names in_order_of_danger{"live:2", "live:1", "live:4", "live:3"};

/// Leaves an image of the four.
void run_once(Machine& machine) {
    Run run{machine};
    run.beat();
    run.stop();
    REQUIRE(run.tasks.first_ended() == "beat");
}

TEST_CASE("the image written at a stop is the one the next start reads, the endangered first",
          "[warm]") {
    Machine machine;
    put_four(machine);
    run_once(machine);
    CHECK(machine.shelf.names() == in_order_of_danger);

    const std::size_t asked_before = machine.directory.asked().size();
    Run run{machine};
    const Names& asked = machine.directory.asked();
    REQUIRE(asked.size() == asked_before + 4);
    CHECK(Names(asked.begin() + static_cast<std::ptrdiff_t>(asked_before), asked.end()) ==
          in_order_of_danger);
    CHECK(run.status.mirror.warm_accounts == 4);
    CHECK(run.status.is_synced);
}

TEST_CASE("an account of the image is UNKNOWN and unconfirmed until it has been read again",
          "[warm]") {
    Machine machine;
    put_four(machine);
    run_once(machine);
    machine.directory.let_through(0);
    Run run{machine};
    CHECK(run.engine.book().account_count() == 4);
    for (const char* id : {"1", "2", "3", "4"}) {
        CHECK(run.verdict(id) == Verdict::unknown);
        CHECK(run.causes(id) == Cause::image_unconfirmed);
        CHECK(run.engine.explain(run.find(id), run.now()).causes == Cause::image_unconfirmed);
    }
    run.beat(2'000);  // beyond any patience with a re-read
    CHECK(run.causes("3") == Cause::image_unconfirmed);
    CHECK(machine.store.snapshots().at("live:3").snapshot.causes == Cause::image_unconfirmed);
    const auto causes = run.engine.state_counts().unknown_by_cause;
    CHECK(causes[11] == 4);
    CHECK(std::accumulate(causes.begin(), causes.end(), 0ull) == 4);
    CHECK_FALSE(run.status.is_synced);
    machine.directory.let_through(1'000);
    machine.settle();
    run.beat();
    CHECK(run.engine.state_counts().unknown == 0);
    CHECK(run.status.is_synced);
}

TEST_CASE("each account is served as soon as its own image is read", "[warm]") {
    Machine machine;
    put_four(machine);
    run_once(machine);
    const std::size_t events_before = machine.store.events().size();
    machine.directory.let_through(1);
    Run run{machine};
    run.beat();
    CHECK(run.verdict("2") == Verdict::breach);
    CHECK(run.verdict("1") == Verdict::unknown);
    // Its stop-out is flagged again under its old id, which the stream knows.
    CHECK(machine.store.events().size() == events_before);
    CHECK(run.status.beat.events_known == 1);
    CHECK_FALSE(run.status.is_synced);
}

TEST_CASE("a gap before anything could be read does not change the order", "[warm]") {
    Machine machine;
    put_four(machine);
    run_once(machine);
    machine.directory.let_through(0);
    Run run{machine};
    const std::size_t asked_before = machine.directory.asked().size();
    machine.store.set_connected(false);
    machine.settle();
    CHECK(run.causes("3") == Cause::image_unconfirmed);
    machine.store.set_connected(true);
    machine.directory.let_through(1'000);
    for (int i = 0; i < 5; ++i) run.wake.notify(), machine.settle();
    const Names& asked = machine.directory.asked();
    CHECK(Names(asked.begin() + static_cast<std::ptrdiff_t>(asked_before), asked.end()) ==
          in_order_of_danger);
    CHECK(run.status.is_synced);
}

TEST_CASE("accounts that have come since the image are found, those that have gone are gone",
          "[warm]") {
    Machine machine;
    put_four(machine);
    run_once(machine);
    machine.store.remove({"live", "3"});
    machine.store.put(one_lot("5", 7'000.0));
    Run run{machine};
    run.beat();
    CHECK(run.verdict("5") == Verdict::ok);
    CHECK(run.verdict("3") == Verdict::unknown);
    CHECK(run.causes("3") == Cause::image_missing);
    run.stop();
    CHECK(machine.shelf.names() == Names{"live:2", "live:1", "live:4", "live:5"});
}

TEST_CASE("nothing of the image is believed: it only says whom to ask first", "[warm]") {
    Machine machine;
    machine.store.put(one_lot("1", 5'000.0));
    WarmImage image;
    image.accounts.push_back(
        {.id = "1", .level = 100, .positions = 9, .type = 0, .is_in_breach = true});
    machine.shelf.put(image);
    Run run{machine};
    run.beat();
    CHECK(run.verdict("1") == Verdict::ok);
    CHECK(run.engine.memory(run.find("1")).state == AccountState::ok);
    CHECK(run.engine.book().position_count() == 1);
    CHECK(machine.store.events().empty());
}

TEST_CASE("an image that is of no use makes a cold start, and is replaced in the end", "[warm]") {
    Machine machine;
    put_four(machine);
    run_once(machine);
    SECTION("torn") { machine.shelf.bytes().resize(100); }
    SECTION("of other account types") { machine.shelf.origin.types = {"live", "demo", "test"}; }
    SECTION("missing") { machine.shelf.bytes().clear(); }
    Run run{machine};
    CHECK(run.status.is_synced);
    CHECK(run.status.mirror.warm_accounts == 0);
    CHECK(run.engine.book().account_count() == 4);
    run.beat();
    run.stop();
    CHECK(machine.shelf.names() == in_order_of_danger);
}

TEST_CASE("while it runs an image is written at every interval, a part at each beat", "[warm]") {
    Machine machine;
    put_four(machine);
    Run run{machine};
    run.beat(900);
    CHECK(machine.shelf.saves == 0);
    run.beat(200);  // due: two of the four
    CHECK(machine.shelf.saves == 0);
    run.beat(200);
    CHECK(machine.shelf.saves == 1);
    CHECK(machine.shelf.names() == in_order_of_danger);
    machine.store.put(one_lot("4", 900.0));
    machine.settle();
    for (int i = 0; i < 7; ++i) run.beat(200);
    CHECK(machine.shelf.saves == 2);
    CHECK(run.status.mirror.warm_images == 2);
    CHECK(machine.shelf.names() == Names{"live:2", "live:4", "live:1", "live:3"});
}

TEST_CASE("with an interval of 0 an image is written at the end alone", "[warm]") {
    Machine machine;
    put_four(machine);
    Run run{machine, {.interval_ms = 0}};
    for (int i = 0; i < 10; ++i) run.beat(60'000);
    CHECK(machine.shelf.saves == 0);
    run.stop();
    CHECK(machine.shelf.saves == 1);
}

TEST_CASE("a stop in the midst of an image leaves the whole one", "[warm]") {
    Machine machine;
    put_four(machine);
    Run run{machine};
    run.beat(1'100);
    run.stop();
    CHECK(machine.shelf.names() == in_order_of_danger);
}

TEST_CASE("a start that has not read everything leaves the old image as it is", "[warm]") {
    Machine machine;
    put_four(machine);
    run_once(machine);
    const std::vector<char> old = machine.shelf.bytes();
    machine.directory.let_through(2);
    Run run{machine};
    run.beat(5'000);
    run.beat(5'000);
    run.stop();
    CHECK(run.tasks.first_ended() == "beat");
    CHECK(machine.shelf.bytes() == old);
}

TEST_CASE("a disk that is full stops nothing, and is tried again", "[warm]") {
    Machine machine;
    put_four(machine);
    machine.shelf.is_writable = false;
    Run run{machine};
    for (int i = 0; i < 20; ++i) run.beat(200);
    CHECK(run.status.mirror.warm_failures >= 2);
    CHECK(run.status.mirror.warm_images == 0);
    CHECK(run.verdict("3") == Verdict::ok);
    machine.shelf.is_writable = true;
    for (int i = 0; i < 10; ++i) run.beat(200);
    CHECK(run.status.mirror.warm_images >= 1);
}

TEST_CASE("an image of more accounts than are allowed keeps to the most endangered", "[warm]") {
    Machine machine;
    WarmImage image;
    const Names ids{"a", "b", "c"};
    for (const std::string& id : ids) image.accounts.push_back({.id = id, .level = 5});
    machine.shelf.put(image);
    Engine engine{EngineOptions{.accounts_max = 2}};
    service::Status status;
    service::Signal wake{machine.io.get_executor()};
    service::WarmStart warm{
        machine.io.get_executor(), machine.shelf, engine, wake, machine.clock, status, {}};
    warm.load();
    CHECK(engine.book().account_count() == 2);
    CHECK(status.warm_left == 0);
    CHECK(engine.stats().accounts_refused == 0);
}

}  // namespace
}  // namespace margind::test
