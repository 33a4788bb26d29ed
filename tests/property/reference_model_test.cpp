#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_range.hpp>

#include "support/build.hpp"
#include "support/world.hpp"

using namespace margind;
using namespace margind::test;

namespace {

/// Lives through a world; the first complaint ends it.
void live(World& world, int events) {
    for (int step = 0; step < events && world.complaints().empty(); ++step) world.random_event();
    if (world.complaints().empty()) world.drain();
    CHECK(world.complaints() == std::vector<std::string>{});
}

}  // namespace

TEST_CASE("recompute equals the naive model of the rule set standard", "[property]") {
    const int seed = GENERATE(range(1, many(60, 400)));
    CAPTURE(seed);
    World world{static_cast<std::uint64_t>(seed)};
    live(world, 1'000);
}

TEST_CASE("recompute equals the naive model of the rule set platform", "[property]") {
    const int seed = GENERATE(range(1, many(30, 200)));
    CAPTURE(seed);
    World world{static_cast<std::uint64_t>(seed), {.rules = RuleSetKind::platform}};
    live(world, 1'000);
}
