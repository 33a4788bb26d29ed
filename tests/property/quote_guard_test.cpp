// What holds of guards whatever comes.
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_range.hpp>
#include <optional>

#include "support/guarded_board.hpp"
#include "support/naive_guard.hpp"
#include "support/random.hpp"

using namespace margind;
using namespace margind::test;

namespace {

using Points = NaiveGuard::Points;

double price_of(Points points) { return static_cast<double>(points) / 1e5; }
double price_of(std::optional<Points> points) { return points ? price_of(*points) : not_a_price; }

GuardSettings guard_of(const NaiveGuard::Settings& from) {
    GuardSettings guard{.digits = 5,
                        .soft_points = static_cast<double>(from.soft),
                        .confirm_ticks = from.confirm_ticks,
                        .confirm_ms = from.confirm_ms,
                        .discard_points = static_cast<double>(from.discard),
                        .min_spread = static_cast<double>(from.min_spread),
                        .max_spread = static_cast<double>(from.max_spread),
                        .freeze_after_ms = from.freeze_after_ms};
    if (from.has_reference) guard.ref_symbol = "REF";
    guard.ref_band_percent = from.band_percent;
    return guard;
}

NaiveGuard::Settings some_settings(Random& random) {
    NaiveGuard::Settings settings;
    if (random.chance(0.8)) settings.soft = random.between(5, 40);
    if (random.chance(0.4)) settings.discard = settings.soft + random.between(1, 200);
    if (random.chance(0.3)) settings.min_spread = random.between(1, 4);
    if (random.chance(0.3)) settings.max_spread = settings.min_spread + random.between(3, 60);
    if (random.chance(0.3)) settings.freeze_after_ms = random.between(200, 2'000);
    settings.confirm_ticks = random.between(1, 5);
    settings.confirm_ms = random.between(1, 1'500);
    settings.has_reference = random.chance(0.3);
    if (settings.has_reference) settings.band_percent = 0.12345678;  // never exactly met
    return settings;
}

/// A market in which sides jump, stand still, come alone and late, and messages come twice.
class Market {
public:
    explicit Market(Random& random) : random_{random} {}

    NaiveGuard::Tick next(std::int64_t at_ms, std::int64_t wall_ms) {
        if (random_.chance(0.15)) return repeated(at_ms);
        const Points jump = random_.chance(0.25) ? random_.between(-150, 150) : 0;
        if (random_.chance(0.3)) mid_ += jump;  // for good, or a spike
        const Points around = mid_ + jump + random_.between(-4, 4);
        last_ = {.bid = around, .ask = around + random_.between(-2, 8), .at_ms = at_ms};
        if (random_.chance(0.1)) *last_.bid += random_.between(-100, 100);
        if (random_.chance(0.1)) *last_.ask += random_.between(-100, 100);
        if (random_.chance(0.12)) (random_.chance(0.5) ? last_.bid : last_.ask).reset();
        if (random_.chance(0.7)) last_.ts_ms = wall_ms - random_.between(0, 5);
        return last_;
    }

private:
    NaiveGuard::Tick repeated(std::int64_t at_ms) {
        if (!last_.bid && !last_.ask) last_.bid = mid_;
        last_.at_ms = at_ms;
        return last_;
    }

    Random& random_;
    Points mid_ = 110'000;
    NaiveGuard::Tick last_;
};

/// A board and the naive guard, which see the same.
struct Twins {
    explicit Twins(const NaiveGuard::Settings& settings)
        : board{guard_of(settings)}, naive{settings} {}

    void check_equal() const {
        const auto expected = naive.usable();
        REQUIRE(board.is_unusable() != expected.has_value());
        if (expected) REQUIRE(board.is_at(price_of(expected->bid), price_of(expected->ask)));
        const QuoteGuard* guard = board.quotes.guard(GuardedBoard::symbol);
        if (guard == nullptr) return;
        REQUIRE((guard->bid().is_holding() || guard->ask().is_holding()) == naive.is_holding());
    }
    void tick(const NaiveGuard::Tick& tick) {
        const TickFate fate = board.tick(price_of(tick.bid), price_of(tick.ask), tick.ts_ms);
        REQUIRE(to_string(fate) == naive.tick(tick));
    }
    void beat() {
        board.beat();
        naive.beat(board.now.steady_ms);
    }
    void gap() {
        board.quotes.distrust_all();
        naive.gap();
        naive.reference({});
    }
    void reference(Points mid) {
        const bool is_good = mid > 0;
        const Points bid = is_good ? mid - 1 : 110'000;
        const Points ask = is_good ? mid + 2 : 109'000;
        board.reference_tick(price_of(bid), price_of(ask));
        naive.reference(is_good ? std::optional{NaiveGuard::Sides{bid, ask}} : std::nullopt);
    }

    GuardedBoard board;
    NaiveGuard naive;
};

}  // namespace

TEST_CASE("guards equal a naive one that keeps the whole history", "[property][guards]") {
    const auto seed = GENERATE(range(1, 301));
    CAPTURE(seed);
    Random random{static_cast<std::uint64_t>(seed)};
    Market market{random};
    Twins twins{some_settings(random)};
    for (int step = 0; step < 2'000; ++step) {
        CAPTURE(step);
        twins.board.wait(random.between(0, 150));
        if (random.chance(0.15)) {
            twins.beat();
        } else if (random.chance(0.1)) {
            twins.reference(random.chance(0.8) ? random.between(109'900, 110'100) : 0);
        } else if (random.chance(0.01)) {
            twins.gap();
        } else {
            twins.tick(market.next(twins.board.now.steady_ms, twins.board.now.wall_ms));
        }
        twins.check_equal();
    }
}

TEST_CASE("a price that stays counts within the confirm window, unless it is discarded",
          "[property][guards]") {
    const auto seed = GENERATE(range(1, 201));
    CAPTURE(seed);
    Random random{static_cast<std::uint64_t>(seed)};
    Market market{random};
    NaiveGuard::Settings settings = some_settings(random);
    settings.discard = settings.min_spread = settings.max_spread = settings.freeze_after_ms = 0;
    settings.has_reference = false;
    const auto opened = [&] {
        GuardedBoard board{guard_of(settings)};
        for (int i = 0; i < 50; ++i) {
            board.wait(random.between(0, 150));
            const auto tick = market.next(board.now.steady_ms, board.now.wall_ms);
            board.tick(price_of(tick.bid), price_of(tick.ask));
        }
        return board;
    };
    const double bid = price_of(random.between(50'000, 200'000));
    const double ask = bid + 0.0002;
    SECTION("by the next tick after so many") {
        GuardedBoard board = opened();
        for (std::int64_t i = 0; i <= settings.confirm_ticks; ++i) board.tick(bid, ask);
        CHECK(board.is_at(bid, ask));
    }
    SECTION("by time, in silence") {
        GuardedBoard board = opened();
        board.tick(bid, ask);
        board.wait(settings.confirm_ms);
        board.beat();
        CHECK(board.is_at(bid, ask));
    }
}

TEST_CASE("an outlier that the next tick contradicts never changes the usable quote",
          "[property][guards]") {
    const auto seed = GENERATE(range(1, 201));
    CAPTURE(seed);
    Random random{static_cast<std::uint64_t>(seed)};
    NaiveGuard::Settings settings = some_settings(random);
    settings.soft = 20;
    settings.discard = random.chance(0.5) ? 0 : 60;
    settings.min_spread = settings.max_spread = settings.freeze_after_ms = 0;
    settings.has_reference = false;
    settings.confirm_ms = 800;
    GuardedBoard board{guard_of(settings)};
    Points mid = 110'000;
    const auto good = [&] {
        mid += random.between(-5, 5);
        REQUIRE(board.tick(price_of(mid - 1), price_of(mid + 1)) == TickFate::accepted);
    };
    good();
    for (int step = 0; step < 500; ++step) {
        CAPTURE(step);
        const Quote before = board.quotes.usable()[GuardedBoard::symbol.value];
        // Both sides, or one while the other goes where a good one may.
        const Points jump = random.between(30, 50'000) * (random.chance(0.5) ? 1 : -1);
        const bool is_bid = random.chance(0.7);
        const bool is_ask = !is_bid || random.chance(0.5);
        const Points bid = mid - 1 + (is_bid ? jump : 0);
        const Points ask = mid + 1 + (is_ask ? jump : 0);
        const TickFate fate = board.tick(price_of(bid), price_of(ask));
        REQUIRE((fate == TickFate::outlier_held || fate == TickFate::outlier_discarded));
        board.wait(random.between(0, 799));
        board.beat();
        REQUIRE(board.is_at(before.bid, before.ask));
        good();
    }
}
