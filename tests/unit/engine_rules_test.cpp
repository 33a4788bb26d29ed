// Rules that groups and accounts change, and what follows from them in the engine.
#include <catch2/catch_test_macros.hpp>
#include <set>

#include "support/desk.hpp"

namespace margind::test {
namespace {

EngineOptions with_group_rules() {
    EngineOptions options;
    options.has_group_rules = true;
    return options;
}

InstrumentSpec group_options(const std::string& group, RuleOverrides rules) {
    InstrumentSpec spec{.group = group, .symbol = std::string{whole_group}};
    spec.rules = rules;
    return spec;
}

InstrumentSpec no_options(const std::string& group) {
    InstrumentSpec spec = group_options(group, {});
    spec.exists = false;
    return spec;
}

/// One lot of EURUSD bought at 1.1 with 880 USD: level 80 %.
AccountImage at_eighty_percent(const std::string& group) {
    AccountImage image =
        account({"live", "1"}, 880.0, {order("A", "EURUSD", Side::buy, Volume::per_lot, 1.1)});
    image.group = group;
    return image;
}

/// A desk whose group `Pro` has the price and the specification, but no options yet.
struct GroupDesk : Desk {
    GroupDesk() : Desk{with_group_rules()} {
        engine.apply(spec("EURUSD", "forex", 100'000.0, "USD"));
        tick("EURUSD", 1.1, 1.1);
        id = give(at_eighty_percent("Pro"));
        InstrumentSpec pro = spec("EURUSD", "forex", 100'000.0, "USD");
        pro.group = "Pro";
        engine.apply(pro);
    }
    [[nodiscard]] Verdict verdict() const { return engine.snapshot(id, now).verdict; }
    [[nodiscard]] Causes causes() const { return engine.snapshot(id, now).causes; }

    AccountId id;
};

std::vector<EventKind> kinds(const Engine& engine) {
    std::vector<EventKind> found;
    for (const Event& event : engine.events()) found.push_back(event.kind);
    return found;
}

using Kinds = std::vector<EventKind>;

TEST_CASE("until its group's options are known an account is UNKNOWN", "[engine][rules]") {
    GroupDesk desk;
    desk.beat();
    CHECK(desk.causes() == Cause::no_instrument);
    const Need need = desk.engine.plan(10);
    CHECK(std::ranges::find(need.instruments, InstrumentKey{"Pro", "*"}) != need.instruments.end());
    desk.engine.apply(no_options("Pro"));
    desk.beat();
    CHECK(desk.causes() == Cause::no_instrument);  // those that stand in are not known either
    desk.engine.apply(no_options("Standard"));
    desk.beat();
    CHECK(desk.verdict() == Verdict::breach);
}

TEST_CASE("a group's options go before the configured ones, an account's before both",
          "[engine][rules]") {
    GroupDesk desk;
    RuleOverrides standard;
    standard.margin_call = Level{7'000};
    desk.engine.apply(group_options("Standard", standard));
    desk.engine.apply(no_options("Pro"));
    desk.beat();
    CHECK(desk.verdict() == Verdict::ok);  // Standard's 70 % stand in

    RuleOverrides pro;
    pro.stop_out = Level{8'000};
    pro.margin_call = Level{9'000};
    desk.engine.apply(group_options("Pro", pro));
    desk.beat();
    CHECK(desk.engine.memory(desk.id).state == AccountState::stop_out);
    CHECK(desk.engine.events().back().threshold == 80.0);
    CHECK(desk.engine.events().back().decision.rules_hash != desk.engine.rules_hash());

    AccountImage own = at_eighty_percent("Pro");
    own.margin_call_level = 60.0;
    own.stop_out_level = 20.0;
    desk.give(own);
    desk.beat();
    CHECK(desk.verdict() == Verdict::ok);
}

TEST_CASE("accounts that change the same of the rules share their rule set", "[engine][rules]") {
    GroupDesk desk;
    desk.engine.apply(no_options("Pro"));
    desk.engine.apply(no_options("Standard"));
    AccountImage image = at_eighty_percent("Pro");
    image.rules.close_policy = ClosePolicy::fifo;
    const AccountId first = desk.give(image);
    image.key.id = "2";
    image.margin_call_level = 10.0;
    const AccountId second = desk.give(image);
    CHECK(&desk.engine.rules_of(first) == &desk.engine.rules_of(second));
    CHECK(desk.engine.rules_of(first).close_policy == ClosePolicy::fifo);
}

TEST_CASE("options of a group that mean nothing leave its accounts UNKNOWN", "[engine][rules]") {
    GroupDesk desk;
    InstrumentSpec bad = group_options("Pro", {});
    bad.has_bad_rules = true;
    desk.engine.apply(bad);
    desk.engine.apply(no_options("Standard"));
    desk.beat();
    CHECK(desk.causes() == Cause::bad_setting);
    desk.engine.apply(no_options("Pro"));
    desk.beat();
    CHECK(desk.verdict() == Verdict::breach);
}

TEST_CASE("a group key that changes is read again", "[engine][rules]") {
    GroupDesk desk;
    (void)desk.engine.plan(10);
    desk.engine.invalidate_instrument("Pro", "*");
    CHECK(desk.engine.plan(10).instruments == std::vector{InstrumentKey{"Pro", "*"}});
    desk.engine.invalidate_instrument("Nobody", "*");
    CHECK(desk.engine.plan(10).instruments.empty());
}

TEST_CASE("a level in money is compared with the equity", "[engine][rules]") {
    Desk desk;
    desk.engine.apply(spec("EURUSD", "forex", 100'000.0, "USD"));
    desk.tick("EURUSD", 1.1, 1.1);
    AccountImage image = at_eighty_percent("");
    image.rules.level_unit = LevelUnit::money;
    image.margin_call_level = 880.0;
    image.stop_out_level = 780.01;
    const AccountId id = desk.give(image);
    desk.beat();
    CHECK(desk.engine.memory(id).state == AccountState::margin_call);
    desk.tick("EURUSD", 1.099, 1.099);
    desk.beat();
    CHECK(desk.engine.memory(id).state == AccountState::stop_out);
}

TEST_CASE("who owes after the last close is told of once, with the amount", "[engine][deficit]") {
    Desk desk;
    desk.engine.apply(spec("EURUSD", "forex", 100'000.0, "USD"));
    desk.tick("EURUSD", 1.1, 1.1);
    desk.give(at_eighty_percent(""));
    desk.tick("EURUSD", 1.09, 1.09);
    desk.beat();
    CHECK(kinds(desk.engine) == Kinds{EventKind::would_stop_out});
    CHECK(desk.engine.events().back().decision.deficit == Money::from_minor(12'000));

    const AccountId id = desk.give(account({"live", "1"}, -120.0, {}));
    desk.beat();
    desk.beat();
    desk.beat();
    CHECK(kinds(desk.engine) ==
          Kinds{EventKind::would_stop_out, EventKind::recovered, EventKind::deficit});
    CHECK(desk.engine.events().back().decision.deficit == Money::from_minor(12'000));

    desk.give(account({"live", "1"}, 0.0, {}));
    desk.beat();
    desk.give(account({"live", "1"}, -5.0, {}));
    desk.beat();
    CHECK(kinds(desk.engine).size() == 4);
    CHECK(desk.engine.memory(id).state == AccountState::ok);
}

TEST_CASE("another amount that is missing is told under another id", "[engine][deficit]") {
    Desk desk;
    const auto owe = [&](double amount) {
        desk.give(account({"live", "1"}, -amount, {}));
        desk.beat();
        desk.beat();
    };
    owe(100.0);
    owe(150.0);
    owe(50.0);
    owe(0.0);
    owe(50.0);
    std::set<std::string> ids;
    for (const Event& event : desk.engine.events()) {
        CHECK(event.kind == EventKind::deficit);
        ids.insert(event.id);
    }
    CHECK(desk.engine.events().size() == 4);
    CHECK(ids.size() == 4);

    // After a start the last of them is told again under its id.
    Desk started;
    started.engine.restore({"live", "1"}, desk.engine.events().back().memory, started.now);
    (void)started.engine.plan(1);  // the image that follows is the one that was asked for
    started.give(account({"live", "1"}, -50.0, {}));
    started.beat();
    REQUIRE(started.engine.events().size() == 1);
    CHECK(started.engine.events().front().id == desk.engine.events().back().id);
}

TEST_CASE("a deficit that finds no room is told when there is some", "[engine][deficit]") {
    EngineOptions options;
    options.events_pending_max = 1;
    Desk desk{options};
    desk.give(account({"live", "1"}, -1.0, {}));
    desk.give(account({"live", "2"}, -2.0, {}));
    desk.beat();
    REQUIRE(desk.engine.events().size() == 1);
    desk.beat();
    desk.engine.confirm_events(1);
    desk.beat();
    REQUIRE(desk.engine.events().size() == 1);
    CHECK(desk.engine.events().front().account == "live:2");
}

TEST_CASE("credit pays for a deficit first", "[engine][deficit]") {
    Desk desk;
    AccountImage image = account({"live", "1"}, -120.0, {});
    image.credit = 120.0;
    desk.give(image);
    desk.beat();
    CHECK(desk.engine.events().empty());
    image.credit = 119.99;
    desk.give(image);
    desk.beat();
    CHECK(desk.engine.events().back().decision.deficit == Money::from_minor(1));
}

TEST_CASE("a quote does not age while its session is closed", "[engine][session]") {
    EngineOptions options;
    options.quotes.max_age_ms = 1'000;
    Desk desk{options};
    desk.engine.apply(spec("EURUSD", "forex", 100'000.0, "USD"));
    desk.tick("EURUSD", 1.1, 1.1);
    const AccountId id = desk.give(at_eighty_percent(""));
    desk.engine.set_session(desk.engine.find_symbol("EURUSD"), Session::closed);
    desk.now.steady_ms += 5'000;
    desk.beat();
    CHECK(desk.engine.snapshot(id, desk.now).verdict == Verdict::breach);
    desk.engine.set_session(desk.engine.find_symbol("EURUSD"), Session::open);
    desk.beat();
    CHECK(desk.engine.snapshot(id, desk.now).causes.has(Cause::stale_price));
}

}  // namespace
}  // namespace margind::test
