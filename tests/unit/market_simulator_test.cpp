#include "adapters/memory/market_simulator.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <cmath>
#include <map>
#include <string>
#include <vector>

using namespace margind::memory;

namespace {

MarketOptions options(std::uint64_t seed = 1) {
    MarketOptions made;
    made.seed = seed;
    for (const char* symbol : {"EURUSD", "USDJPY", "EURJPY", "XAUUSD"}) {
        made.symbols.push_back(*symbol_traits(symbol, {}));
    }
    made.ticks_per_second = 100.0;
    return made;
}

std::vector<SimulatedTick> run(MarketOptions made, std::int64_t until_ms, std::int64_t step_ms) {
    MarketSimulator market{std::move(made), 1'000'000};
    std::vector<SimulatedTick> all;
    for (std::int64_t at = step_ms; at <= until_ms; at += step_ms) {
        const auto ticks = market.step(1'000'000 + at);
        all.insert(all.end(), ticks.begin(), ticks.end());
    }
    return all;
}

bool same(const std::vector<SimulatedTick>& a, const std::vector<SimulatedTick>& b) {
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (a[i].symbol != b[i].symbol || a[i].bid != b[i].bid || a[i].ask != b[i].ask ||
            a[i].ts_ms != b[i].ts_ms) {
            return false;
        }
    }
    return true;
}

/// The middle of each symbol's last quote.
std::map<std::uint32_t, double> last_middles(const std::vector<SimulatedTick>& ticks) {
    std::map<std::uint32_t, double> last;
    for (const SimulatedTick& tick : ticks) last[tick.symbol] = (tick.bid + tick.ask) / 2.0;
    return last;
}

}  // namespace

TEST_CASE("a market is the same for the same seed, whatever the step", "[market_simulator]") {
    MarketOptions shaken = options();
    shaken.shocks.push_back({"EURUSD", -0.03, 5'050});
    CHECK(same(run(shaken, 10'000, 10), run(shaken, 10'000, 1'000)));
    CHECK_FALSE(same(run(options(1), 1'000, 100), run(options(2), 1'000, 100)));
}

TEST_CASE("a market keeps its rate, its order of time and its quotes uncrossed",
          "[market_simulator]") {
    const auto ticks = run(options(), 10'000, 50);
    CHECK(ticks.size() == 1'000);
    for (std::size_t i = 0; i < ticks.size(); ++i) {
        REQUIRE(ticks[i].bid > 0.0);
        REQUIRE(ticks[i].bid <= ticks[i].ask);
        REQUIRE((i == 0 || ticks[i - 1].ts_ms <= ticks[i].ts_ms));
    }
}

TEST_CASE("pairs of a market follow from their currencies", "[market_simulator]") {
    MarketOptions wild = options();
    wild.volatility = 20.0;
    const auto last = last_middles(run(wild, 60'000, 1'000));
    CHECK(std::abs(last.at(2) / (last.at(0) * last.at(1)) - 1.0) < 0.005);
}

TEST_CASE("a shock moves its symbol and the others of its currency at once", "[market_simulator]") {
    MarketOptions shaken = options();
    shaken.shocks.push_back({"EURUSD", -0.03, 5'000});
    const auto before = last_middles(run(shaken, 4'990, 10));
    const auto after = last_middles(run(shaken, 5'000, 10));
    CHECK(std::abs(after.at(0) / before.at(0) - 0.97) < 0.002);
    CHECK(std::abs(after.at(2) / before.at(2) - 0.97) < 0.002);
    CHECK(std::abs(after.at(1) / before.at(1) - 1.0) < 0.002);
}

TEST_CASE("a shock of a dollar pair is one of its other currency", "[market_simulator]") {
    MarketOptions shaken = options();
    shaken.shocks.push_back({"USDJPY", 0.05, 5'000});
    const auto last = last_middles(run(shaken, 5'100, 10));
    CHECK(std::abs(last.at(1) / 101.7 - 1.05) < 0.005);
    CHECK(std::abs(last.at(0) / 1.3912 - 1.0) < 0.005);
}

TEST_CASE("a shock is written as a share at a time", "[market_simulator]") {
    const auto shock = parse_shock("XAUUSD:-4.5%@2m");
    REQUIRE(shock);
    CHECK(shock->symbol == "XAUUSD");
    CHECK(shock->change == -0.045);
    CHECK(shock->after_ms == 120'000);
    CHECK(parse_shock("3%@10s")->symbol.empty());
    const std::string_view bad =
        GENERATE("", "3%", "3@10s", "3%@", "3%@10", ":3%@10s", "x%@10s", "-95%@1s", "nan%@1s");
    CAPTURE(bad);
    CHECK_FALSE(parse_shock(bad));
}
