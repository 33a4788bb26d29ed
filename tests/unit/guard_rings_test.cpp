#include "margind/core/watch/guard_rings.hpp"

#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <vector>

using namespace margind;

namespace {

using Ids = std::vector<std::uint32_t>;
constexpr SymbolId symbol{0};
constexpr GuardRings::Ring widest = 0;
constexpr GuardRings::Ring narrow = 10;

Quote at(double price) { return {price, price + 0.01}; }

/// One symbol at 100, and who relies on what.
struct Scene {
    Scene() { rings.grow(1); }
    void enter(GuardRings::Ring ring, std::uint32_t account, double price = 100.0) {
        (void)rings.interval(symbol, ring, at(price));
        rings.enter(symbol, ring, account);
    }
    Ids collect(double price, std::uint64_t ticks = 10'000) {
        Ids out;
        rings.collect(symbol, at(price), ticks, out);
        return out;
    }
    GuardRings rings;
};

}  // namespace

TEST_CASE("a ring holds both sides of the quote it is drawn around", "[watch]") {
    Scene scene;
    for (GuardRings::Ring ring = 0; ring <= GuardRings::point; ++ring) {
        for (const double price : {100.0, 1e-6, 0.0, -37.63}) {
            CAPTURE(int{ring}, price);
            CHECK(scene.rings.interval(symbol, ring, at(price)).holds(at(price)));
            const Quote crossed{price + 0.01, price};
            CHECK(scene.rings.interval(symbol, ring, crossed).holds(crossed));
        }
    }
}

TEST_CASE("each ring is narrower than the one before, the point is a single price", "[watch]") {
    Scene scene;
    double last = 1e9;
    for (GuardRings::Ring ring = 0; ring <= GuardRings::point; ++ring) {
        const PriceInterval interval = scene.rings.interval(symbol, ring, {100.0, 100.0});
        CHECK(interval.high - interval.low < last);
        last = interval.high - interval.low;
    }
    CHECK(last == 0.0);
}

TEST_CASE("nobody is looked at while the price stays in every ring that somebody relies on",
          "[watch]") {
    Scene scene;
    CHECK(scene.rings.holds(symbol, at(1.0)));  // nobody relies on anything
    scene.enter(widest, 1);
    scene.enter(narrow, 2);
    const PriceInterval tight = scene.rings.interval(symbol, narrow, at(100.0));
    CHECK(scene.rings.holds(symbol, {tight.low, tight.high}));
    CHECK_FALSE(scene.rings.holds(symbol, {std::nextafter(tight.low, 0.0), tight.high}));
    CHECK_FALSE(scene.rings.holds(symbol, {tight.low, std::nextafter(tight.high, 1e9)}));
    scene.rings.leave(symbol, narrow, 2);
    CHECK(scene.rings.holds(symbol, {std::nextafter(tight.low, 0.0), tight.high}));
}

TEST_CASE("a price that leaves a ring calls those who rely on it, and on narrower ones",
          "[watch]") {
    Scene scene;
    scene.enter(widest, 1);
    scene.enter(narrow, 7);
    scene.enter(narrow, 3);
    scene.enter(GuardRings::point, 5);
    CHECK(scene.collect(100.0) == Ids{5});
    CHECK(scene.collect(100.1) == Ids{3, 7, 5});
    CHECK(scene.collect(90.0) == Ids{1, 3, 7, 5});
}

TEST_CASE("a ring that somebody relies on stays where it is until the price leaves it", "[watch]") {
    Scene scene;
    scene.enter(widest, 1);
    const PriceInterval before = scene.rings.interval(symbol, widest, at(100.0));
    const PriceInterval after = scene.rings.interval(symbol, widest, at(100.3));
    CHECK(after.low == before.low);
    CHECK(after.high == before.high);
    (void)scene.collect(102.0);
    CHECK(scene.rings.interval(symbol, widest, at(102.0)).holds(at(102.0)));
}

TEST_CASE("the reach grows where the widest ring is left early, and shrinks where it lasts",
          "[watch]") {
    Scene scene;
    scene.enter(widest, 1);
    const double first = scene.rings.reach(symbol);
    (void)scene.collect(110.0, 100);
    const double grown = scene.rings.reach(symbol);
    CHECK(grown > first);
    (void)scene.collect(121.0, 200'000);
    CHECK(scene.rings.reach(symbol) < grown);
}

TEST_CASE("after a gap nobody relies on anything", "[watch]") {
    Scene scene;
    scene.enter(widest, 1);
    scene.enter(GuardRings::point, 2);
    CHECK_FALSE(scene.rings.holds(symbol, at(100.0)));
    scene.rings.clear();
    CHECK(scene.rings.holds(symbol, at(1.0)));
    CHECK(scene.collect(1.0).empty());
}
