// What must never happen, each named after how it would have been noticed.
#include <algorithm>
#include <array>
#include <catch2/catch_test_macros.hpp>
#include <cmath>

#include "margind/core/engine/engine.hpp"

using namespace margind;

namespace {

const AccountKey key{"live", "1"};

Moment at(std::int64_t ms) { return {ms, 1'400'000'000'000 + ms}; }

OrderImage buy(std::string id, std::string symbol, double lots, double open_price) {
    OrderImage order{.id = std::move(id), .symbol = std::move(symbol), .side = Side::buy};
    order.open_price = open_price;
    order.quantity = lots;
    order.volume = Volume::from_raw(static_cast<std::int64_t>(lots * Volume::per_lot));
    return order;
}

AccountImage account(double balance, std::vector<OrderImage> orders) {
    AccountImage image{.key = key, .balance = balance, .leverage = 100.0};
    image.orders = std::move(orders);
    return image;
}

InstrumentSpec forex(std::string group, std::string symbol, double contract_size) {
    InstrumentSpec spec{.group = std::move(group), .symbol = std::move(symbol)};
    spec.contract_size = contract_size;
    spec.profit = "USD";
    spec.type = 1;
    return spec;
}

/// An engine with one account of one lot EURUSD, bought at 1.10, 1,100 USD of margin.
struct Desk {
    explicit Desk(EngineOptions options = {}) : engine{std::move(options)} {
        engine.intern_symbol("EURUSD");
        engine.apply(forex("Standard", "EURUSD", 100'000.0));
        tick("EURUSD", 1.1, 1.1);
        engine.apply(account(5'000.0, {buy("1", "EURUSD", 1.0, 1.1)}), at(0));
        engine.recompute(at(0));
        id = engine.find_account(key);
    }
    TickFate tick(std::string_view symbol, double bid, double ask) {
        return engine.apply({.symbol = engine.find_symbol(symbol), .bid = bid, .ask = ask}, at(0));
    }
    [[nodiscard]] Snapshot snapshot() const { return engine.snapshot(id, at(0)); }
    [[nodiscard]] Valuation figures() const {
        return std::get<StandardFigures>(snapshot().figures).valuation;
    }
    void write() { engine.confirm(engine.next_snapshots(10, at(0)), Written::yes); }

    Engine engine;
    AccountId id;
};

}  // namespace

TEST_CASE("an account that comes with its first image is valued at the next beat", "[engine]") {
    const Desk desk;
    CHECK(desk.snapshot().verdict == Verdict::ok);
    CHECK(desk.figures().equity == Money::from_minor(500'000));
}

TEST_CASE("an account that has never been valued is not shown as safe", "[engine]") {
    Engine engine{EngineOptions{}};
    const AccountId id = engine.adopt(key, at(0));
    CHECK(engine.snapshot(id, at(0)).verdict == Verdict::unknown);
    engine.recompute(at(200));  // its image is still on its way
    CHECK(engine.snapshot(id, at(200)).verdict == Verdict::unknown);
    CHECK(engine.explain(id, at(200)).causes == Cause::image_missing);
    CHECK(engine.state_counts().unknown == 1);
    CHECK(engine.state_counts().by_state == std::array<std::uint64_t, 4>{});
}

TEST_CASE("every account is counted in one place", "[engine]") {
    Desk desk;
    using Counts = std::array<std::uint64_t, 4>;  // ok, margin call, stop-out, recovering
    CHECK(desk.engine.state_counts().by_state == Counts{1, 0, 0, 0});
    desk.tick("EURUSD", 1.06, 1.06);
    desk.engine.recompute(at(200));
    CHECK(desk.engine.state_counts().by_state == Counts{0, 1, 0, 0});
    desk.tick("EURUSD", 1.2, 1.1);  // crossed: nobody knows
    desk.engine.recompute(at(400));
    CHECK(desk.engine.state_counts().by_state == Counts{});
    CHECK(desk.engine.state_counts().unknown == 1);
    const auto crossed = [&] {
        const auto found =
            std::ranges::find(cause_names, Cause::crossed_price, [](auto& of) { return of.first; });
        return desk.engine.state_counts().unknown_by_cause[std::size_t(found - cause_names)];
    };
    CHECK(crossed() == 1);
    desk.tick("EURUSD", 1.1, 1.1);
    desk.engine.recompute(at(600));
    CHECK(crossed() == 0);
    CHECK(desk.engine.state_counts().by_state == Counts{1, 0, 0, 0});
    desk.engine.restore({"live", "2"}, {.state = AccountState::stop_out}, at(600));
    CHECK(desk.engine.state_counts().by_state == Counts{1, 0, 0, 0});
    CHECK(desk.engine.state_counts().unknown == 1);
}

TEST_CASE("a setting that means nothing leaves its account UNKNOWN", "[engine]") {
    Desk desk;
    AccountImage image = account(5'000.0, {buy("1", "EURUSD", 1.0, 1.1)});
    image.has_bad_setting = true;
    desk.engine.apply(image, at(0));
    desk.engine.recompute(at(200));
    CHECK(desk.snapshot().causes == Cause::bad_setting);
}

TEST_CASE("an account beyond the limit is refused and counted, a known one is not", "[engine]") {
    Desk desk{{.accounts_max = 1}};
    CHECK(desk.engine.adopt({"live", "2"}, at(0)).is_none());
    CHECK(desk.engine.adopt(key, at(0)) == desk.id);
    CHECK(desk.engine.stats().accounts_refused == 1);
}

TEST_CASE("a crossed quote stays crossed when its symbol is thawed", "[engine]") {
    Desk desk;
    CHECK(desk.tick("EURUSD", 1.2, 1.1) == TickFate::crossed);
    desk.engine.apply(Control{.frozen = {"EURUSD"}});
    desk.engine.apply(Control{});
    desk.engine.recompute(at(200));
    CHECK(desk.snapshot().causes == (Causes{Cause::crossed_price} | Cause::no_rate));
}

TEST_CASE("Standard does not stand in for a specification that is still being read", "[engine]") {
    Desk desk;
    AccountImage image = account(5'000.0, {buy("1", "EURUSD", 1.0, 1.1)});
    image.group = "VIP";
    desk.engine.apply(image, at(200));
    desk.engine.recompute(at(200));
    CHECK(desk.snapshot().causes == Cause::no_instrument);

    InstrumentSpec none{.group = "VIP", .symbol = "EURUSD", .exists = false};
    desk.engine.apply(none);
    desk.engine.recompute(at(400));
    CHECK(desk.snapshot().verdict == Verdict::ok);
}

TEST_CASE("a P/L that changes with the credit is written though equity stays", "[engine]") {
    Desk desk;
    desk.write();
    CHECK(desk.engine.dirty_count(0) == 0);
    AccountImage image = account(5'000.0, {buy("1", "EURUSD", 1.0, 1.1)});
    image.credit = 1'000.0;
    desk.engine.apply(image, at(200));
    desk.tick("EURUSD", 1.09, 1.09);  // 1,000 USD less
    desk.engine.recompute(at(200));
    // The margin is 1,090 USD now; at an unchanged one the difference would be the P/L alone.
    CHECK(desk.figures().pnl == Money::from_minor(-100'000));
    const std::uint64_t lost = desk.snapshot().fingerprint;
    desk.write();

    image.credit = 0.0;
    image.orders[0].swap = 1'000.0;
    desk.engine.apply(image, at(400));
    desk.engine.recompute(at(400));
    CHECK(desk.figures().equity == Money::from_minor(500'000));
    CHECK(desk.figures().pnl == Money::from_minor(0));
    CHECK(desk.snapshot().fingerprint != lost);
    CHECK(desk.engine.dirty_count(0) == 1);
}

TEST_CASE("a snapshot under way keeps its account's name while others arrive", "[engine]") {
    Desk desk;
    const SnapshotBatch batch = desk.engine.next_snapshots(10, at(200));
    REQUIRE(batch.size() == 1);
    for (int i = 0; i < 10'000; ++i) {
        desk.engine.adopt({"live", "other" + std::to_string(i)}, at(200));
    }
    CHECK(batch[0].account == "live:1");
}

TEST_CASE("a snapshot never shows a new balance beside an old equity", "[engine]") {
    Desk desk;
    desk.engine.apply(account(9'000.0, {buy("1", "EURUSD", 1.0, 1.1)}), at(200));
    const SnapshotBatch batch = desk.engine.next_snapshots(10, at(200));
    REQUIRE(batch.size() == 1);
    const auto& figures = std::get<StandardFigures>(batch[0].figures);
    CHECK(figures.balance == Money::from_minor(500'000));
    CHECK(figures.valuation.equity == Money::from_minor(500'000));
}

TEST_CASE("a verdict stands until the next beat, whatever the new levels say", "[engine]") {
    Desk desk;
    AccountImage image = account(5'000.0, {buy("1", "EURUSD", 1.0, 1.1)});
    image.margin_call_level = 1'000.0;  // far above the level
    desk.engine.apply(image, at(200));
    CHECK(desk.snapshot().verdict == Verdict::ok);
    desk.engine.recompute(at(200));
    CHECK(desk.snapshot().verdict == Verdict::breach);
}

TEST_CASE("an unreadable swap is a bad order, not an overflow", "[engine]") {
    Desk desk;
    AccountImage image = account(5'000.0, {buy("1", "EURUSD", 1.0, 1.1)});
    image.orders[0].swap = not_a_price;
    desk.engine.apply(image, at(200));
    desk.engine.recompute(at(200));
    CHECK(desk.snapshot().causes == Cause::bad_order);
}

TEST_CASE("a snapshot confirmed after a gap is written again", "[engine]") {
    Desk desk;
    const SnapshotBatch batch = desk.engine.next_snapshots(10, at(0));
    REQUIRE(batch.size() == 1);
    desk.engine.open_epoch(at(200));
    desk.engine.confirm(batch, Written::yes);  // the store may have lost it in the gap
    CHECK(desk.engine.plan(10).accounts.size() == 1);
    desk.tick("EURUSD", 1.1, 1.1);
    desk.engine.apply(forex("Standard", "EURUSD", 100'000.0));
    desk.engine.apply(account(5'000.0, {buy("1", "EURUSD", 1.0, 1.1)}), at(200));
    desk.engine.recompute(at(400));
    CHECK(desk.snapshot().verdict == Verdict::ok);
    CHECK(desk.engine.dirty_count(0) == 1);
}

TEST_CASE("after a gap no specification counts until it has been read again", "[engine]") {
    Desk desk;
    desk.engine.open_epoch(at(200));
    const Need need = desk.engine.plan(10);
    REQUIRE(need.instruments.size() == 1);
    CHECK(need.instruments[0] == InstrumentKey{"Standard", "EURUSD"});
    desk.tick("EURUSD", 1.1, 1.1);
    desk.engine.apply(account(5'000.0, {buy("1", "EURUSD", 1.0, 1.1)}), at(200));
    desk.engine.recompute(at(400));
    CHECK(desk.snapshot().causes == Cause::no_instrument);
    desk.engine.apply(forex("Standard", "EURUSD", 200'000.0));
    desk.engine.recompute(at(600));
    CHECK(desk.snapshot().verdict == Verdict::ok);
    CHECK(desk.figures().margin == Money::from_minor(220'000));
}

TEST_CASE("a specification's key in capitals is that of a symbol with small letters", "[engine]") {
    Desk desk;
    desk.engine.apply(account(5'000.0, {buy("1", "EURUSDm", 1.0, 1.1)}), at(0));
    desk.engine.plan(10);
    desk.engine.invalidate_instrument("Standard", "EURUSDM");
    const Need need = desk.engine.plan(10);
    REQUIRE(need.instruments.size() == 1);
    CHECK(need.instruments[0].symbol == "EURUSDm");
}

TEST_CASE("a stop-out that is not yet in the stream when stop-outs are disarmed is none",
          "[engine]") {
    Desk desk{{.is_armed = true}};
    desk.tick("EURUSD", 1.05, 1.05);
    desk.engine.recompute(at(200));
    REQUIRE(desk.engine.events().size() == 1);
    REQUIRE(desk.engine.events()[0].kind == EventKind::stop_out);
    desk.engine.apply(Control{.killed = true});
    CHECK(desk.engine.events()[0].kind == EventKind::would_stop_out);
    CHECK_FALSE(desk.engine.events()[0].is_armed);
    desk.engine.apply(Control{});
    desk.engine.recompute(at(400));
    REQUIRE(desk.engine.events().size() == 2);
    CHECK(desk.engine.events()[1].kind == EventKind::stop_out);
}

TEST_CASE("a symbol stays frozen while the control hash cannot be read", "[engine]") {
    Desk desk;
    desk.engine.apply(Control{.frozen = {"EURUSD"}});
    desk.engine.apply(Control{.killed = true, .is_readable = false});
    desk.engine.recompute(at(200));
    CHECK(desk.snapshot().causes.has(Cause::frozen_price));
}

TEST_CASE("each time that a breach can no longer be valued is an event of its own", "[engine]") {
    Desk desk;
    desk.tick("EURUSD", 1.06, 1.06);  // level 94 %: margin call
    desk.engine.recompute(at(200));
    for (const std::int64_t ms : {400, 800}) {
        desk.engine.apply(Control{.frozen = {"EURUSD"}});
        desk.engine.recompute(at(ms));
        desk.engine.apply(Control{});
        desk.engine.recompute(at(ms + 200));
    }
    REQUIRE(desk.engine.events().size() == 3);
    CHECK(desk.engine.events()[1].kind == EventKind::unknown);
    CHECK(desk.engine.events()[2].kind == EventKind::unknown);
    CHECK(desk.engine.events()[1].id != desk.engine.events()[2].id);
    CHECK(std::isnan(desk.engine.events()[1].level));
}

TEST_CASE("an account that changes while it is read is not overdue by its first wish", "[engine]") {
    Desk desk;
    for (std::int64_t ms = 0; ms <= 3'000; ms += 500) {
        desk.engine.invalidate(desk.id, at(ms));
        desk.engine.plan(10);
        desk.engine.invalidate(desk.id, at(ms + 400));
        desk.engine.apply(account(5'000.0, {buy("1", "EURUSD", 1.0, 1.1)}), at(ms + 450));
        desk.engine.recompute(at(ms + 450));
        REQUIRE(desk.snapshot().verdict == Verdict::ok);
    }
}

TEST_CASE("an account at its stop-out is in breach though its margin call lies lower", "[engine]") {
    Desk desk;
    AccountImage image = account(900.0, {buy("1", "EURUSD", 1.0, 1.1)});  // level 81.8 %
    image.margin_call_level = 50.0;
    image.stop_out_level = 90.0;
    desk.engine.apply(image, at(200));
    desk.engine.recompute(at(200));
    CHECK(desk.engine.memory(desk.id).state == AccountState::stop_out);
    CHECK(desk.snapshot().verdict == Verdict::breach);
}

TEST_CASE("a platform level is compared in hundredths of a percent, as it is published",
          "[engine]") {
    Desk desk{{.rules = platform_rules()}};
    AccountImage image = account(12.1, {buy("1", "EURUSD", 1.0, 1.1)});  // 1,100 of margin
    image.margin_call_level = 1.1;  // 1.1 × 100 is a little more than 110 as a double
    image.stop_out_level = 0.29;    // 0.29 × 100 is a little less than 29
    desk.engine.apply(image, at(200));
    desk.engine.recompute(at(200));
    CHECK(desk.snapshot().verdict == Verdict::breach);  // at equality
    image.balance = 3.19;
    desk.engine.apply(image, at(400));
    desk.engine.recompute(at(400));
    CHECK(desk.engine.memory(desk.id).state == AccountState::margin_call);  // not below
}

TEST_CASE("an account whose conversion has just become known counts as dirty", "[engine]") {
    EngineOptions options;
    options.currency = "CHF";
    Desk desk{std::move(options)};
    CHECK(desk.snapshot().causes == Cause::no_rate);
    desk.write();
    CHECK(desk.engine.dirty_count(0) == 0);
    desk.tick("USDCHF", 0.9, 0.9);
    CHECK(desk.engine.dirty_count(0) == 1);
}

TEST_CASE("an image that is refused as too old is read again", "[engine]") {
    Desk desk;
    AccountImage image = account(5'000.0, {});
    image.version = 7;
    CHECK(desk.engine.apply(image, at(0)));
    desk.engine.invalidate(desk.id, at(200));
    CHECK(desk.engine.plan(10).accounts.size() == 1);
    image.version = 6;
    CHECK_FALSE(desk.engine.apply(image, at(200)));
    CHECK(desk.engine.plan(10).accounts.size() == 1);
}

TEST_CASE("a stop-out from before the start is not said again while the kill switch is on",
          "[engine]") {
    Desk desk{{.is_armed = true}};
    BreachMemory memory{.state = AccountState::stop_out, .breach = 3, .step = 2};
    memory.announced_armed = true;
    desk.engine.restore(key, memory, at(200));
    desk.engine.apply(Control{.killed = true});
    desk.engine.apply(account(500.0, {buy("1", "EURUSD", 1.0, 1.1)}), at(200));
    CHECK(desk.engine.plan(1).accounts.empty());
    desk.engine.recompute(at(200));
    CHECK(desk.snapshot().verdict == Verdict::breach);
    CHECK(desk.engine.events().empty());

    desk.engine.apply(Control{});
    desk.engine.recompute(at(400));
    REQUIRE(desk.engine.events().size() == 1);
    CHECK(desk.engine.events()[0].id == event_id("live:1", EventKind::stop_out, 3, 2));
    CHECK(desk.engine.events()[0].is_armed);
}

TEST_CASE("figures that return to what was last confirmed are written again after a failed write",
          "[engine]") {
    Desk desk;
    desk.write();
    desk.tick("EURUSD", 1.2, 1.2);
    desk.engine.recompute(at(200));
    const SnapshotBatch failed = desk.engine.next_snapshots(10, at(200));
    REQUIRE(failed.size() == 1);
    desk.engine.confirm(failed, Written::no);  // and yet it may have arrived
    desk.tick("EURUSD", 1.1, 1.1);
    desk.engine.recompute(at(400));
    CHECK(desk.engine.next_snapshots(10, at(400)).size() == 1);
}
