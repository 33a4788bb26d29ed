// Laws that hold whatever the numbers are.
#include <rapidcheck.h>

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_range.hpp>
#include <map>

#include "support/build.hpp"
#include "support/desk.hpp"
#include "support/random.hpp"
#include "support/world.hpp"

using namespace margind;
using namespace margind::test;

namespace {

const AccountKey key{"live", "1"};

/// A price with five decimals, as its text would be read.
double price_of(std::int64_t points) { return static_cast<double>(points) / 1e5; }

/// A few symbols in USD, EUR and JPY, and their prices.
void open_market(Desk& desk) {
    desk.engine.apply(spec("EURUSD", "forex", 100'000.0, "USD"));
    desk.engine.apply(spec("USDJPY", "forex", 100'000.0, "JPY"));
    desk.engine.apply(spec("XAUUSD", "cfd_leverage", 100.0, "USD"));
    desk.engine.apply(spec("GER40", "cfd_leverage", 1.0, "EUR"));
    desk.tick("EURUSD", 1.09990, 1.10010);
    desk.tick("USDJPY", 149.990, 150.010);
    desk.tick("XAUUSD", 2'399.50, 2'400.50);
    desk.tick("GER40", 17'999.0, 18'001.0);
}

const char* const symbols[] = {"EURUSD", "USDJPY", "XAUUSD", "GER40"};

std::vector<OrderImage> random_orders(Random& random, std::size_t count) {
    std::vector<OrderImage> orders;
    for (std::size_t i = 0; i < count; ++i) {
        const Side side = random.chance(0.5) ? Side::buy : Side::sell;
        orders.push_back(order(std::to_string(i), random.pick(symbols), side,
                               random.between(1, 300) * 1'000'000, random.real(0.9, 20'000.0)));
    }
    return orders;
}

/// Random accounts of several currencies, valued once.
void fill(Desk& desk, Random& random, int accounts) {
    open_market(desk);
    for (int i = 0; i < accounts; ++i) {
        AccountImage image = account({random.chance(0.5) ? "live" : "demo", std::to_string(i)},
                                     random.real(0.0, 1e6), random_orders(random, random.below(6)));
        image.currency = random.pick({"USD", "EUR", "JPY"});
        desk.give(image);
    }
    desk.beat();
}

}  // namespace

TEST_CASE("a long and a short of one size cost exactly the spread", "[property]") {
    CHECK(rc::check([] {
        const auto open = price_of(*rc::gen::inRange<std::int64_t>(50'000, 200'000));
        const auto bid_points = *rc::gen::inRange<std::int64_t>(50'000, 200'000);
        const auto spread_points = *rc::gen::inRange<std::int64_t>(0, 500);
        const auto volume = *rc::gen::inRange<std::int64_t>(1, 500) * 1'000'000;  // 0.01 lot
        Desk desk;
        desk.engine.apply(spec("EURUSD", "forex", 100'000.0, "USD"));
        desk.tick("EURUSD", price_of(bid_points), price_of(bid_points + spread_points));
        const AccountId id = desk.give(account(key, 0.0,
                                               {order("1", "EURUSD", Side::buy, volume, open),
                                                order("2", "EURUSD", Side::sell, volume, open)}));
        desk.beat();
        // A point of 0.01 lot is one cent: nothing is rounded.
        const std::int64_t cents = spread_points * (volume / 1'000'000);
        RC_ASSERT(desk.figures(id).pnl == Money::from_minor(-cents));
    }));
}

TEST_CASE("no pair of opposite positions ever shows a profit", "[property]") {
    CHECK(rc::check([] {
        Random random{*rc::gen::arbitrary<std::uint64_t>()};
        Desk desk;
        open_market(desk);
        const std::string symbol = random.pick(symbols);
        const double open = random.real(0.5, 20'000.0);
        const std::int64_t volume = random.between(1, 100'000'000'000);
        AccountImage image = account(key, 0.0,
                                     {order("1", symbol, Side::buy, volume, open),
                                      order("2", symbol, Side::sell, volume, open)});
        image.currency = random.pick({"USD", "EUR", "JPY"});
        const AccountId id = desk.give(image);
        desk.beat();
        RC_ASSERT(desk.figures(id).causes.none());
        RC_ASSERT(desk.figures(id).pnl <= Money{});
    }));
}

TEST_CASE("the order of positions in an image does not matter", "[property]") {
    CHECK(rc::check([] {
        Random random{*rc::gen::arbitrary<std::uint64_t>()};
        Desk desk;
        open_market(desk);
        AccountImage image = account(key, random.real(0.0, 1e6), random_orders(random, 8));
        image.margin_mode = random.chance(0.5) ? MarginMode::netting : MarginMode::hedging;
        const AccountId id = desk.give(image);
        desk.beat();
        const std::uint64_t before = desk.engine.snapshot(id, desk.now).fingerprint;
        random.shuffle(image.orders);
        desk.give(image);
        desk.beat();
        RC_ASSERT(desk.engine.snapshot(id, desk.now).fingerprint == before);
    }));
}

TEST_CASE("an image applied twice changes nothing", "[property]") {
    CHECK(rc::check([] {
        Random random{*rc::gen::arbitrary<std::uint64_t>()};
        Desk desk;
        open_market(desk);
        const AccountImage image = account(key, random.real(0.0, 1e5), random_orders(random, 5));
        desk.give(image);
        desk.beat();
        desk.write_all();
        const std::uint64_t hash = desk.engine.state_hash();
        const std::size_t events = desk.engine.events().size();
        desk.give(image);
        desk.beat();
        RC_ASSERT(desk.engine.state_hash() == hash);
        RC_ASSERT(desk.engine.events().size() == events);
        RC_ASSERT(desk.engine.next_snapshots(10, desk.now).empty());
    }));
}

TEST_CASE("only the last tick of each symbol in a beat counts for a snapshot", "[property]") {
    CHECK(rc::check([] {
        const auto seed = *rc::gen::arbitrary<std::uint64_t>();
        Random first{seed};
        Random second{seed};
        Desk all;
        Desk last_only;
        fill(all, first, 20);
        fill(last_only, second, 20);
        Random random{~seed};
        struct Last {
            double bid;
            double ask;
        };
        std::map<std::string, Last> last;
        for (int i = 0; i < 50; ++i) {
            const std::string symbol = random.pick(symbols);
            const double bid = random.real(1.0, 3'000.0);
            last[symbol] = {bid, bid + random.real(0.0, 1.0)};
            all.tick(symbol, last[symbol].bid, last[symbol].ask);
        }
        for (const auto& [symbol, quote] : last) last_only.tick(symbol, quote.bid, quote.ask);
        all.beat();
        last_only.beat();
        RC_ASSERT(all.engine.state_hash() == last_only.engine.state_hash());
    }));
}

TEST_CASE("the dirty count is the number of holders, each counted once", "[property]") {
    CHECK(rc::check([] {
        Random random{*rc::gen::arbitrary<std::uint64_t>()};
        Desk desk;
        fill(desk, random, 50);
        desk.write_all();
        RC_ASSERT(desk.engine.dirty_count(0) + desk.engine.dirty_count(1) == 0u);
        const SymbolId gold = desk.engine.find_symbol("XAUUSD");
        for (int i = 0; i < 3; ++i) desk.tick("XAUUSD", 2'410.0, 2'411.0 + i);
        std::uint32_t holders[2] = {0, 0};
        for (std::uint32_t id = 0; id < desk.engine.book().account_count(); ++id) {
            const auto positions = desk.engine.book().positions(AccountId{id});
            const bool holds =
                std::any_of(positions.begin(), positions.end(),
                            [&](const PositionRow& row) { return row.symbol == gold; });
            holders[desk.engine.book().row(AccountId{id}).type] += holds ? 1 : 0;
        }
        RC_ASSERT(desk.engine.dirty_count(0) == holders[0]);
        RC_ASSERT(desk.engine.dirty_count(1) == holders[1]);
        RC_ASSERT(desk.beat().recomputed == holders[0] + holders[1]);
    }));
}

TEST_CASE("the same events give the same state, whatever the size of the batches", "[property]") {
    const int seed = GENERATE(range(1, many(10, 60)));
    CAPTURE(seed);
    World once{static_cast<std::uint64_t>(seed), {.accounts = 12, .snapshots_max = 1}};
    World again{static_cast<std::uint64_t>(seed), {.accounts = 12, .snapshots_max = 1'000}};
    for (int step = 0; step < 300; ++step) {
        once.random_event();
        again.random_event();
    }
    CHECK(once.engine().state_hash() == again.engine().state_hash());
    CHECK(once.history() == again.history());
}

TEST_CASE("what held before a restart is announced again under the same id", "[property]") {
    CHECK(rc::check([] {
        Random random{*rc::gen::arbitrary<std::uint64_t>()};
        const auto lots = random.between(1, 5) * Volume::per_lot;
        const double level = random.real(0.1, 0.99);
        const bool is_armed = random.chance(0.5);
        const double margin = 1'100.1 * static_cast<double>(lots / Volume::per_lot);
        const AccountImage image =
            account(key, margin * level, {order("1", "EURUSD", Side::buy, lots, 1.0999)});
        Desk before{{.is_armed = is_armed}};
        open_market(before);
        before.give(image);
        before.beat();
        RC_ASSERT(before.engine.events().size() == 1u);
        const Event said = before.engine.events().front();

        Desk after{{.is_armed = is_armed}};
        open_market(after);
        after.engine.restore(key, said.memory, after.now);
        after.engine.plan(10);
        after.give(image);
        after.beat();
        RC_ASSERT(after.engine.events().size() == 1u);
        RC_ASSERT(after.engine.events().front().id == said.id);
        RC_ASSERT(after.engine.events().front().kind == said.kind);
        after.beat();
        RC_ASSERT(after.engine.events().size() == 1u);
    }));
}

TEST_CASE("another breach of the same account never has an id that was used before", "[property]") {
    Desk desk;
    open_market(desk);
    desk.engine.apply(spec("EURUSD", "forex", 100'000.0, "USD"));
    desk.give(account(key, 2'000.0, {order("1", "EURUSD", Side::buy, Volume::per_lot, 1.1)}));
    Random random{7};
    std::vector<std::string> ids;
    for (int i = 0; i < 2'000; ++i) {
        const double bid = random.real(1.07, 1.12);
        desk.tick("EURUSD", bid, bid + 0.0001);
        desk.now.steady_ms += 2'000;
        desk.now.wall_ms += 2'000;
        desk.beat();
        for (const Event& event : desk.engine.events()) ids.push_back(event.id);
        desk.engine.confirm_events(desk.engine.events().size());
    }
    CHECK(ids.size() > 500);
    std::ranges::sort(ids);
    CHECK(std::ranges::adjacent_find(ids) == ids.end());
}
