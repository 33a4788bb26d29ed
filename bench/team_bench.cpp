// Two engines with half of the accounts each, against one with all of them.
#include <fmt/format.h>

#include <chrono>
#include <cstdint>
#include <stdexcept>
#include <utility>
#include <vector>

#include "adapters/memory/market_simulator.hpp"
#include "bench/core_bench.hpp"
#include "service/engine_team.hpp"

namespace margind::bench {
namespace {

using Clock = std::chrono::steady_clock;
using memory::BookGenerator;

struct Outcome {
    double seconds = 0.0;
    std::uint64_t figures = 0;  // a sum over all accounts
    std::uint64_t recomputed = 0;
};

/// A market of so many beats, as fast as it goes.
Outcome run(const BookGenerator& book, std::uint32_t engines, int beats, std::uint64_t seed) {
    service::EngineTeam team{
        {}, engines, [](Engine& engine, Moment) { engine.confirm_events(engine.events().size()); }};
    Moment now{1'000'000, 1'700'000'000'000};
    for (std::uint32_t i = 0; i < engines; ++i) {
        for (const InstrumentSpec& spec : book.instruments()) team.engine(i).apply(spec);
        for (std::uint32_t n = 0; n < book.account_count(); ++n) {
            team.engine(i).apply(book.account(n), now);
        }
    }
    std::vector<std::uint32_t> numbers;
    for (const auto& [symbol, price] : book.prices(0)) {
        numbers.push_back(team.number_of(symbol));
        team.tick(numbers.back(), price.bid, price.ask, 0, now);
    }
    team.beat(now);
    team.settle();
    memory::MarketSimulator market{{.seed = seed, .symbols = book.quoted()}, 0};
    std::vector<std::vector<memory::SimulatedTick>> batches;
    for (int beat = 1; beat <= beats; ++beat) {
        const auto batch = market.step(beat * 200);
        batches.emplace_back(batch.begin(), batch.end());
    }
    std::vector<std::uint32_t> traded;
    for (std::size_t i = 0; i < book.quoted().size(); ++i) {
        traded.push_back(team.number_of(book.quoted()[i].symbol));
    }
    const auto start = Clock::now();
    for (const auto& batch : batches) {
        for (const auto& tick : batch) team.tick(traded[tick.symbol], tick.bid, tick.ask, 0, now);
        now.steady_ms += 200;
        now.wall_ms += 200;
        team.beat(now);
    }
    team.settle();
    Outcome out;
    out.seconds = std::chrono::duration<double>{Clock::now() - start}.count();
    for (std::uint32_t i = 0; i < engines; ++i) {
        Engine& engine = team.engine(i);
        out.recomputed += engine.stats().recomputed;
        for (std::uint32_t id = 0; id < engine.book().account_count(); ++id) {
            out.figures += engine.snapshot(AccountId{id}, now).fingerprint;
        }
    }
    return out;
}

}  // namespace

void measure_team(const Settings& settings) {
    const std::uint32_t accounts = settings.is_quick ? 2'000 : 200'000;
    const int beats = settings.is_quick ? 20 : 200;
    say(fmt::format("two engines with {} accounts", accounts));
    const BookGenerator book =
        make_book(accounts, 5, settings.seed, {"EURUSD", "NZDUSD", "XAUUSD", "GBPUSD", "USDJPY"});
    std::vector<double> one;
    std::vector<double> two;
    std::uint64_t recomputed = 0;
    for (int i = 0; i < 3; ++i) {
        const Outcome alone = run(book, 1, beats, settings.seed);
        const Outcome team = run(book, 2, beats, settings.seed);
        if (alone.figures != team.figures) {
            throw std::runtime_error{"two engines have other figures than one"};
        }
        recomputed = alone.recomputed;
        one.push_back(alone.seconds);
        two.push_back(team.seconds);
    }
    const Timing alone = make_timing(std::move(one));
    const Timing team = make_timing(std::move(two));
    print({.name = "two engines",
           .value = static_cast<double>(recomputed) / team.median(),
           .unit = "accounts/s",
           .ratio = alone.median() / team.median(),
           .peer = "one engine",
           .target = "≥ 1.85",
           .note = fmt::format("{} accounts × 5 positions, {} beats of 200 ms of a made-up market, "
                               "each on its own thread, the same figures; {}; one: {}",
                               accounts, beats, team.text(), alone.text())});
}

}  // namespace margind::bench
