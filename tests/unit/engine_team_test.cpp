// Several engines say together what one says.
#include "service/engine_team.hpp"

#include <catch2/catch_test_macros.hpp>
#include <map>
#include <mutex>
#include <set>
#include <stdexcept>
#include <string>

#include "adapters/memory/book_generator.hpp"
#include "adapters/memory/market_simulator.hpp"

namespace margind::test {
namespace {

using service::EngineTeam;

memory::BookGenerator book() {
    memory::BookOptions options;
    options.accounts = 300;
    options.symbols = {"EURUSD", "GBPUSD", "XAUUSD", "USDJPY"};
    return memory::BookGenerator::make(options).value();
}

/// What a team of so many has seen of a minute of a market.
struct Outcome {
    std::map<std::string, std::uint64_t> fingerprints;  // by account
    std::set<std::string> events;                       // ids

    friend bool operator==(const Outcome&, const Outcome&) = default;
};

Moment at(std::int64_t ms) { return {ms, 1'700'000'000'000 + ms}; }

Outcome run(std::uint32_t count) {
    const memory::BookGenerator generated = book();
    Outcome out;
    std::mutex mutex;  // of the events
    EngineTeam team{{}, count, [&](Engine& engine, Moment) {
                        const std::lock_guard lock{mutex};
                        for (const Event& event : engine.events()) out.events.insert(event.id);
                        engine.confirm_events(engine.events().size());
                    }};
    for (std::uint32_t i = 0; i < team.size(); ++i) {
        for (const InstrumentSpec& spec : generated.instruments()) team.engine(i).apply(spec);
        for (std::uint32_t n = 0; n < generated.account_count(); ++n) {
            team.engine(i).apply(generated.account(n), at(0));
        }
    }
    for (const auto& [symbol, price] : generated.prices(0)) {
        team.tick(team.number_of(symbol), price.bid, price.ask, 0, at(0));
    }
    memory::MarketSimulator market{{.seed = 3, .symbols = generated.quoted()}, 0};
    for (std::int64_t ms = 200; ms <= 60'000; ms += 200) {
        for (const auto& tick : market.step(ms)) {
            team.tick(team.number_of(market.symbol(tick.symbol)), tick.bid, tick.ask, 0, at(ms));
        }
        team.beat(at(ms));
    }
    team.settle();
    for (std::uint32_t i = 0; i < team.size(); ++i) {
        Engine& engine = team.engine(i);
        for (std::uint32_t id = 0; id < engine.book().account_count(); ++id) {
            const Snapshot snapshot = engine.snapshot(AccountId{id}, at(60'000));
            out.fingerprints[std::string{engine.account_name(AccountId{id})}] =
                snapshot.fingerprint;
        }
    }
    return out;
}

}  // namespace

TEST_CASE("several engines say together what one says", "[engine_team]") {
    const Outcome one = run(1);
    CHECK(one.fingerprints.size() == 300);
    CHECK(one.events.size() > 10);
    CHECK(run(2) == one);
    CHECK(run(3) == one);
}

TEST_CASE("each account is kept by one engine of a team", "[engine_team]") {
    EngineTeam team{{}, 2, [](Engine&, Moment) {}};
    const memory::BookGenerator generated = book();
    std::uint32_t accounts = 0;
    for (std::uint32_t i = 0; i < 2; ++i) {
        for (std::uint32_t n = 0; n < generated.account_count(); ++n) {
            team.engine(i).apply(generated.account(n), at(0));
        }
        accounts += team.engine(i).book().account_count();
        CHECK(team.engine(i).book().account_count() > 100);
    }
    CHECK(accounts == 300);
}

TEST_CASE("what goes wrong on an engine's thread is told to whoever feeds it", "[engine_team]") {
    EngineTeam team{{}, 2, [](Engine& engine, Moment) {
                        if (engine.options().shard_index == 1) throw std::runtime_error{"disk"};
                    }};
    team.beat(at(200));
    CHECK_THROWS_AS(team.settle(), std::runtime_error);
    team.beat(at(400));  // nobody waits for it
}

TEST_CASE("a feed that is far ahead of its engines loses nothing", "[engine_team]") {
    EngineTeam team{{}, 2, [](Engine&, Moment) {}};
    for (std::uint32_t i = 0; i < 2; ++i) team.engine(i).intern_symbol("EURUSD");
    const std::uint32_t number = team.number_of("EURUSD");
    for (int i = 0; i < 100'000; ++i) team.tick(number, 1.1, 1.1 + i * 1e-7, 0, at(i));
    team.settle();
    for (std::uint32_t i = 0; i < 2; ++i) CHECK(team.engine(i).stats().ticks == 100'000);
}

}  // namespace margind::test
