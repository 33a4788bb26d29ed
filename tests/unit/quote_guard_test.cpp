#include "margind/core/market/quote_guard.hpp"

#include <catch2/catch_test_macros.hpp>
#include <limits>

#include "support/guarded_board.hpp"

using namespace margind;
using test::GuardedBoard;

namespace {

constexpr double none = not_a_price;

/// 150 points of 10⁻⁵, three outliers are held.
GuardSettings soft() { return {.digits = 5, .soft_points = 150.0}; }

/// A board that has had one good quote.
GuardedBoard opened(const GuardSettings& settings) {
    GuardedBoard board{settings};
    board.tick(1.1, 1.1002);
    return board;
}

}  // namespace

TEST_CASE("three outliers are held, the fourth in their direction counts", "[guards]") {
    GuardedBoard board = opened(soft());
    CHECK(board.state() == GuardState::open);
    CHECK(board.tick(1.102, 1.1022) == TickFate::outlier_held);
    CHECK(board.state() == GuardState::holding);
    CHECK(board.tick(1.103, 1.1032) == TickFate::outlier_held);
    CHECK(board.tick(1.102, 1.1022) == TickFate::outlier_held);
    CHECK(board.is_at(1.1, 1.1002));
    CHECK(board.tick(1.1025, 1.1027) == TickFate::accepted);
    CHECK(board.is_at(1.1025, 1.1027));
    CHECK(board.state() == GuardState::open);
    CHECK(board.tick(1.1039, 1.1041) == TickFate::accepted);  // 140 points from the new centre
    CHECK(board.refused(TickFate::outlier_held) == 3);
    CHECK(board.quotes.ticks(GuardedBoard::symbol) == 6);
}

TEST_CASE("exactly at the limit is no outlier", "[guards]") {
    GuardedBoard board = opened(soft());
    CHECK(board.tick(1.1015, 1.1017) == TickFate::accepted);
    CHECK(board.tick(1.10301, 1.10321) == TickFate::outlier_held);
}

TEST_CASE("a good quote ends the doubt, and an outlier the other way begins anew", "[guards]") {
    GuardedBoard board = opened(soft());
    for (int round = 0; round < 3; ++round) {
        CHECK(board.tick(1.2, 1.2002) == TickFate::outlier_held);
        CHECK(board.tick(1.21, 1.2102) == TickFate::outlier_held);
        CHECK(board.tick(1.22, 1.2202) == TickFate::outlier_held);
        CHECK(board.tick(1.0, 1.0002) == TickFate::outlier_held);
        CHECK(board.tick(1.1001, 1.1003) == TickFate::accepted);
        CHECK(board.state() == GuardState::open);
    }
    CHECK(board.is_at(1.1001, 1.1003));
}

TEST_CASE("the same message again confirms nothing", "[guards]") {
    GuardedBoard board = opened(soft());
    for (int copy = 0; copy < 10; ++copy) {
        CHECK(board.tick(11.0, 11.002, 1'699'999'999'000) == TickFate::outlier_held);
    }
    CHECK(board.is_at(1.1, 1.1002));
    CHECK(board.quotes.guard(GuardedBoard::symbol)->bid().ticks() == 1);
    CHECK(board.tick(11.0, 11.002, 1'699'999'999'001) == TickFate::outlier_held);
    CHECK(board.quotes.guard(GuardedBoard::symbol)->bid().ticks() == 2);
}

TEST_CASE("an outlier that nothing contradicts counts at a beat, even in silence", "[guards]") {
    GuardedBoard board = opened(soft());
    board.tick(0.8, 0.8002);
    board.wait(799);
    CHECK(board.beat().empty());
    CHECK(board.is_at(1.1, 1.1002));
    board.wait(1);
    CHECK(board.beat() == std::vector{GuardedBoard::symbol});
    CHECK(board.is_at(0.8, 0.8002));
    CHECK(board.state() == GuardState::open);
    CHECK_FALSE(board.quotes.is_waiting());
    CHECK(board.quotes.raw(GuardedBoard::symbol).ask == 0.8002);
    CHECK(board.quotes.age_ms(GuardedBoard::symbol, board.now) == 800);
    CHECK(board.beat().empty());
}

TEST_CASE("time confirms through the next outlier as well, and takes the newest price",
          "[guards]") {
    GuardSettings settings = soft();
    settings.confirm_ticks = 100;
    GuardedBoard board = opened(settings);
    board.tick(0.8, 0.8002);
    board.wait(500);
    CHECK(board.tick(0.79, 0.7902) == TickFate::outlier_held);
    board.wait(300);
    CHECK(board.tick(0.78, 0.7802) == TickFate::accepted);
    CHECK(board.is_at(0.78, 0.7802));
    board.tick(0.9, 0.9002);
    board.wait(100);
    board.tick(0.91, 0.9102);
    board.wait(700);
    board.beat();
    CHECK(board.is_at(0.91, 0.9102));
}

TEST_CASE("bid and ask are held apart", "[guards]") {
    GuardedBoard board = opened(soft());
    CHECK(board.tick(0.11, 1.1003) == TickFate::outlier_held);
    CHECK(board.is_at(1.1, 1.1003));  // the ask is good
    CHECK(board.quotes.raw(GuardedBoard::symbol).bid == 1.1);
    CHECK(board.tick(1.1001, 1.1003) == TickFate::accepted);
    CHECK(board.is_at(1.1001, 1.1003));
}

TEST_CASE("a side that would cross what the other one stands at waits with it", "[guards]") {
    GuardedBoard board = opened(soft());
    // The bid falls by 200 points, the ask by 120: below the bid that stands.
    CHECK(board.tick(1.098, 1.099) == TickFate::outlier_held);
    CHECK(board.is_at(1.1, 1.1002));
    CHECK(board.quotes.causes(GuardedBoard::symbol).none());
    SECTION("until that is confirmed") {
        board.tick(1.098, 1.099);
        board.tick(1.098, 1.099);
        CHECK(board.tick(1.098, 1.099) == TickFate::accepted);
        CHECK(board.is_at(1.098, 1.099));
    }
    SECTION("or has waited long enough") {
        board.wait(800);
        board.beat();
        CHECK(board.is_at(1.098, 1.099));
    }
    SECTION("or contradicted") {
        CHECK(board.tick(1.1, 1.1001) == TickFate::accepted);
        CHECK(board.is_at(1.1, 1.1001));
    }
}

TEST_CASE("a feed of one side at a time moves through a gap", "[guards]") {
    GuardedBoard board = opened(soft());
    CHECK(board.tick(0.9, none) == TickFate::outlier_held);
    CHECK(board.tick(none, 0.9002) == TickFate::outlier_held);
    CHECK(board.is_at(1.1, 1.1002));
    board.wait(800);
    board.beat();
    CHECK(board.is_at(0.9, 0.9002));
}

TEST_CASE("what is discarded is never confirmed and confirms nothing", "[guards]") {
    GuardSettings settings = soft();
    settings.discard_points = 10'000.0;
    GuardedBoard board = opened(settings);
    for (int i = 0; i < 20; ++i) {
        CHECK(board.tick(11.0, 11.002) == TickFate::outlier_discarded);
        board.wait(500);
        CHECK(board.beat().empty());
    }
    CHECK(board.tick(1.15, 1.1502) == TickFate::outlier_held);
    CHECK(board.tick(0.11, 1.1502) == TickFate::outlier_discarded);
    CHECK(board.tick(1.15, 1.1502) == TickFate::outlier_held);
    CHECK(board.tick(1.15, 1.1502) == TickFate::outlier_held);
    CHECK(board.tick(1.15, 1.1502) == TickFate::accepted);
    CHECK(board.tick(1.25, 1.2502) == TickFate::outlier_held);  // exactly 10,000 points
}

TEST_CASE("the first tick after a break is not compared with what was before", "[guards]") {
    GuardSettings settings = soft();
    settings.discard_points = 10'000.0;
    GuardedBoard board{settings};
    CHECK(board.state() == GuardState::fresh);
    CHECK(board.tick(1.1, 1.1002) == TickFate::accepted);
    SECTION("a gap in what was received") { board.quotes.distrust_all(); }
    SECTION("an opening session") { board.quotes.start_afresh(GuardedBoard::symbol); }
    SECTION("a price that had left the store") { board.quotes.forget(GuardedBoard::symbol); }
    SECTION("a symbol that somebody has thawed") {
        board.quotes.freeze(GuardedBoard::symbol, true);
        CHECK(board.tick(2.0, 2.0002) == TickFate::outlier_discarded);  // frozen, and guarded
        board.quotes.freeze(GuardedBoard::symbol, false);
    }
    CHECK(board.state() == GuardState::fresh);
    CHECK(board.tick(2.0, 2.0002) == TickFate::accepted);
    CHECK(board.is_at(2.0, 2.0002));
    CHECK(board.tick(2.1, 2.1002) == TickFate::outlier_held);
}

TEST_CASE("a break forgets what was held", "[guards]") {
    GuardedBoard board = opened(soft());
    board.tick(1.2, 1.2002);
    CHECK(board.quotes.is_waiting());
    board.quotes.distrust_all();
    CHECK_FALSE(board.quotes.is_waiting());
    board.wait(5'000);
    CHECK(board.beat().empty());
    CHECK(board.is_unusable());
}

TEST_CASE("a held tick does not make the ones after it late", "[guards]") {
    GuardedBoard board = opened(soft());
    const std::int64_t wall = board.now.wall_ms;
    CHECK(board.tick(11.0, 11.002, wall + 4'000) == TickFate::outlier_held);
    CHECK(board.tick(1.1001, 1.1003, wall + 10) == TickFate::accepted);
    CHECK(board.is_at(1.1001, 1.1003));
}

TEST_CASE("a quote with a spread outside its limits is refused", "[guards]") {
    GuardedBoard board = opened({.digits = 5, .min_spread = 2.0, .max_spread = 50.0});
    CHECK(board.tick(1.1, 1.10001) == TickFate::spread);
    CHECK(board.tick(1.1, 1.10002) == TickFate::accepted);
    CHECK(board.tick(1.1, 1.1005) == TickFate::accepted);
    CHECK(board.tick(1.1, 1.10051) == TickFate::spread);
    CHECK(board.tick(1.0, 3.0) == TickFate::spread);
    CHECK(board.tick(none, 1.2) == TickFate::spread);  // with the bid that stands
    CHECK(board.is_at(1.1, 1.1005));
    CHECK(board.refused(TickFate::spread) == 4);
    CHECK(board.tick(1.2, 1.1) == TickFate::crossed);  // a doubt of another kind
    CHECK(board.is_unusable());
}

TEST_CASE("a side from before a break is no part of a spread", "[guards]") {
    GuardedBoard board = opened({.digits = 5, .max_spread = 50.0});
    board.quotes.distrust_all();
    CHECK(board.tick(1.0, none) == TickFate::accepted);
    CHECK(board.tick(none, 1.0002) == TickFate::accepted);
    CHECK(board.is_at(1.0, 1.0002));
}

TEST_CASE("a quote far from its reference is dropped", "[guards]") {
    GuardedBoard board{{.ref_symbol = "REF", .ref_band_percent = 2.0}};
    board.reference_tick(0.9999, 1.0001);
    CHECK(board.tick(1.0199, 1.0201) == TickFate::accepted);
    CHECK(board.tick(1.0201, 1.0203) == TickFate::off_reference);
    CHECK(board.tick(0.65, 0.66) == TickFate::off_reference);
    CHECK(board.is_at(1.0199, 1.0201));
    board.reference_tick(0.6549, 0.6551);
    CHECK(board.tick(0.65, 0.66) == TickFate::accepted);
}

TEST_CASE("a quote whose reference is in doubt waits for it, and the last good one ages",
          "[guards]") {
    GuardedBoard board{{.max_age_ms = 1'000, .ref_symbol = "REF", .ref_band_percent = 2.0}};
    CHECK(board.tick(1.0, 1.0002) == TickFate::no_reference);
    CHECK(board.state() == GuardState::awaiting_reference);
    CHECK(board.beat().empty());
    board.reference_tick(1.0, 1.0);
    board.wait(200);
    CHECK(board.beat() == std::vector{GuardedBoard::symbol});
    CHECK(board.is_at(1.0, 1.0002));
    CHECK(board.quotes.age_ms(GuardedBoard::symbol, board.now) == 200);

    board.reference_tick(1.1, 1.0);  // crossed
    CHECK(board.tick(1.01, 1.0102) == TickFate::no_reference);
    board.wait(801);
    board.beat();
    CHECK(board.quotes.causes(GuardedBoard::symbol) == Cause::stale_price);
    board.reference_tick(1.0, 1.0);
    board.beat();
    CHECK(board.is_at(1.01, 1.0102));
    CHECK(board.state() == GuardState::open);
}

TEST_CASE("what waited for its reference is overtaken by what came later", "[guards]") {
    GuardedBoard board{{.ref_symbol = "REF", .ref_band_percent = 2.0}};
    board.tick(1.0, 1.0002);
    board.tick(none, 1.0004);
    board.reference_tick(1.0, 1.0);
    board.beat();
    CHECK(board.is_at(1.0, 1.0004));
    board.quotes.forget(GuardedBoard::reference);
    CHECK(board.tick(1.001, 1.0012) == TickFate::no_reference);
    board.reference_tick(1.0, 1.0);
    CHECK(board.tick(1.002, 1.0022) == TickFate::accepted);
    CHECK(board.beat().empty());
    CHECK(board.is_at(1.002, 1.0022));
}

TEST_CASE("a quote that comes without changing is stale, and good again when it changes",
          "[guards]") {
    GuardedBoard board = opened({.freeze_after_ms = 10'000});
    board.wait(10'000);
    CHECK(board.tick(1.1, 1.1002) == TickFate::accepted);
    board.wait(1);
    CHECK(board.tick(1.1, 1.1002) == TickFate::unchanged);
    CHECK(board.quotes.causes(GuardedBoard::symbol) == Cause::stale_price);
    CHECK(board.state() == GuardState::unchanged);
    CHECK(board.is_unusable());
    CHECK(board.tick(1.1, 1.1003) == TickFate::accepted);
    CHECK(board.is_at(1.1, 1.1003));
    board.wait(60'000);
    CHECK(board.beat().empty());  // silence is for the age limit
    CHECK(board.is_at(1.1, 1.1003));
}

TEST_CASE("every symbol may be watched for changes by default", "[guards]") {
    QuoteLimits limits;
    limits.freeze_after_ms = 5'000;
    QuoteBoard quotes{limits};
    quotes.grow(1);
    const PriceTick tick{.symbol = SymbolId{0}, .bid = 1.1, .ask = 1.1};
    CHECK(quotes.apply(tick, {0, 0}) == TickFate::accepted);
    CHECK(quotes.apply(tick, {5'001, 5'001}) == TickFate::unchanged);
}

TEST_CASE("settings that cannot be understood leave the symbol in doubt", "[guards]") {
    GuardedBoard board = opened(soft());
    board.quotes.set_guard_problem(GuardedBoard::symbol, "max_spread: expected a number");
    CHECK(board.state() == GuardState::bad_settings);
    CHECK(board.quotes.causes(GuardedBoard::symbol) == Cause::bad_setting);
    CHECK(board.tick(1.2, 1.2002) == TickFate::outlier_held);  // those before stay in force
    board.quotes.set_guard(GuardedBoard::symbol, soft());
    CHECK(board.quotes.causes(GuardedBoard::symbol).none());
    CHECK(board.is_at(1.1, 1.1002));
    CHECK(board.state() == GuardState::holding);
}

TEST_CASE("guards that come after the first quotes compare with those", "[guards]") {
    GuardedBoard board{{}};
    board.tick(1.1, 1.1002);
    CHECK(board.quotes.guard(GuardedBoard::symbol) == nullptr);
    board.quotes.set_guard(GuardedBoard::symbol, soft());
    CHECK(board.tick(1.2, 1.2002) == TickFate::outlier_held);
    CHECK(board.is_at(1.1, 1.1002));
}

TEST_CASE("prices that doubles can barely say pass no guard by accident", "[guards]") {
    constexpr double huge = 1e308;
    constexpr double tiny = std::numeric_limits<double>::denorm_min();
    GuardSettings settings = soft();
    settings.max_spread = 1'000.0;
    GuardedBoard board = opened(settings);
    CHECK(board.tick(huge, huge) == TickFate::outlier_held);
    CHECK(board.tick(tiny, tiny) == TickFate::outlier_held);
    CHECK(board.tick(tiny, huge) == TickFate::spread);
    CHECK(board.tick(-0.0, 1.1002) == TickFate::not_positive);
    CHECK(board.is_at(1.1, 1.1002));
}

TEST_CASE("the last tick that was not simply accepted is kept with its reason", "[guards]") {
    GuardedBoard board = opened(soft());
    CHECK(board.quotes.refusals(GuardedBoard::symbol).last_fate == TickFate::accepted);
    board.wait(70);
    board.tick(1.2, none, 5);
    const Refusals& refusals = board.quotes.refusals(GuardedBoard::symbol);
    CHECK(refusals.last_fate == TickFate::outlier_held);
    CHECK(refusals.last.bid == 1.2);
    CHECK(std::isnan(refusals.last.ask));
    CHECK(refusals.last_ts_ms == 5);
    CHECK(refusals.last_wall_ms == board.now.wall_ms);
}
