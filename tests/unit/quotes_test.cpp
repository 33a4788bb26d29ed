#include "margind/core/market/quotes.hpp"

#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <limits>
#include <vector>

using namespace margind;

namespace {

constexpr SymbolId eurusd{0};
constexpr SymbolId oil{1};
constexpr double infinity = std::numeric_limits<double>::infinity();

Moment at(std::int64_t ms) { return {ms, 1'400'000'000'000 + ms}; }

struct Board {
    explicit Board(QuoteLimits limits = {}) : quotes{limits} { quotes.grow(2); }

    TickFate tick(double bid, double ask, std::int64_t ts_ms = 0, std::int64_t now_ms = 0) {
        return quotes.apply({.symbol = eurusd, .bid = bid, .ask = ask, .ts_ms = ts_ms}, at(now_ms));
    }
    [[nodiscard]] Quote usable() const { return quotes.usable()[eurusd.value]; }
    [[nodiscard]] bool is_usable(double bid, double ask) const {
        return usable().bid == bid && usable().ask == ask;
    }
    [[nodiscard]] bool is_unusable() const {
        return std::isnan(usable().bid) && std::isnan(usable().ask);
    }
    [[nodiscard]] Causes causes() const { return quotes.causes(eurusd); }

    QuoteBoard quotes;
};

}  // namespace

TEST_CASE("a symbol has no price before its first tick", "[quotes]") {
    const Board board;
    CHECK(board.is_unusable());
    CHECK(board.causes() == Cause::no_price);
    CHECK_FALSE(board.quotes.is_quoted(eurusd));
}

TEST_CASE("a good quote is usable on both sides", "[quotes]") {
    Board board;
    CHECK(board.tick(1.1, 1.1002, 5) == TickFate::accepted);
    CHECK(board.is_usable(1.1, 1.1002));
    CHECK(board.causes().none());
    CHECK(board.quotes.is_quoted(eurusd));
    CHECK(board.quotes.ts_ms(eurusd) == 5);
    CHECK(board.tick(1.1, 1.1) == TickFate::accepted);  // no spread is a spread
}

TEST_CASE("one side alone values nothing until the other one came", "[quotes]") {
    Board board;
    CHECK(board.tick(1.1, not_a_price) == TickFate::accepted);
    CHECK(board.is_unusable());
    CHECK(board.causes() == Cause::one_side_missing);
    CHECK_FALSE(board.quotes.is_quoted(eurusd));
    CHECK(board.tick(not_a_price, 1.1002) == TickFate::accepted);
    CHECK(board.is_usable(1.1, 1.1002));
    CHECK(board.quotes.is_quoted(eurusd));
}

TEST_CASE("a tick with one side keeps the last good other side", "[quotes]") {
    Board board;
    board.tick(1.1, 1.1002);
    CHECK(board.tick(1.1001, not_a_price) == TickFate::accepted);
    CHECK(board.is_usable(1.1001, 1.1002));
    CHECK(std::isnan(board.quotes.raw(eurusd).ask));  // what the message itself had
}

TEST_CASE("what is no finite price is refused at the door", "[quotes]") {
    Board board;
    board.tick(1.1, 1.1002);
    for (const auto& [bid, ask] : std::vector<std::pair<double, double>>{
             {infinity, infinity}, {1.1, infinity}, {-infinity, 1.1}, {not_a_price, not_a_price}}) {
        CHECK(board.tick(bid, ask) == TickFate::not_finite);
    }
    CHECK(board.is_usable(1.1, 1.1002));
    CHECK(board.causes().none());
}

TEST_CASE("prices at or below zero are legal only where the symbol allows them", "[quotes]") {
    Board board;
    CHECK(board.tick(0.0, 1.0) == TickFate::not_positive);
    CHECK(board.tick(-0.0, 1.0) == TickFate::not_positive);
    CHECK(board.tick(-37.63, -37.6) == TickFate::not_positive);
    CHECK(board.causes() == Cause::no_price);

    board.quotes.set_guard(oil, {.allow_negative = true});
    CHECK(board.quotes.apply({.symbol = oil, .bid = -37.63, .ask = -37.6}, at(0)) ==
          TickFate::accepted);
    CHECK(board.quotes.usable()[oil.value].bid == -37.63);
    CHECK(board.tick(-1.0, 1.0) == TickFate::not_positive);  // the other symbol still does not
}

TEST_CASE("a mark that is no price of its symbol is as if it had not come", "[quotes]") {
    Board board;
    const auto marks_of = [&](SymbolId symbol, Marks marks, double bid = 1.1, double ask = 1.2) {
        board.quotes.apply({.symbol = symbol, .bid = bid, .ask = ask, .marks = marks}, at(0));
        return board.quotes.marks(symbol);
    };
    Marks known = marks_of(eurusd, {.mid = 0.0, .mark = -1.1, .last = 1.15});
    CHECK(std::isnan(known.mid));
    CHECK(std::isnan(known.mark));
    CHECK(known.last == 1.15);
    known = marks_of(eurusd, {.mid = infinity, .mark = 1.11, .last = -infinity});
    CHECK(std::isnan(known.mid));
    CHECK(known.mark == 1.11);
    CHECK(std::isnan(known.last));
    CHECK(board.causes().none());  // the quote beside them is good

    board.quotes.set_guard(oil, {.allow_negative = true});
    known = marks_of(oil, {.mid = -37.6, .mark = 0.0, .last = infinity}, -37.7, -37.5);
    CHECK(known.mid == -37.6);
    CHECK(known.mark == 0.0);
    CHECK(std::isnan(known.last));

    board.quotes.set_guard(oil, {.digits = 2, .soft_points = 500.0});
    board.quotes.start_afresh(oil);
    CHECK(std::isnan(marks_of(oil, {.mark = -37.6}).mark));
}

TEST_CASE("a mid outside its quote is none, and so is an absurd mark", "[quotes]") {
    Board board;
    const auto marks_of = [&](Marks marks) {
        board.quotes.apply({.symbol = eurusd, .bid = 1.1, .ask = 1.2, .marks = marks}, at(0));
        return board.quotes.marks(eurusd);
    };
    CHECK(std::isnan(marks_of({.mid = 0.2}).mid));
    CHECK(std::isnan(marks_of({.mid = 1.2001}).mid));
    CHECK(marks_of({.mid = 1.1}).mid == 1.1);
    CHECK(marks_of({.mid = 1.2}).mid == 1.2);
    CHECK(marks_of({.mark = 11.0}).mark == 11.0);  // without a limit nothing is absurd

    board.quotes.set_guard(eurusd, {.digits = 2, .discard_points = 5.0});
    CHECK(marks_of({.mark = 1.25}).mark == 1.25);
    CHECK(marks_of({.last = 1.05}).last == 1.05);
    CHECK(std::isnan(marks_of({.mark = 1.26}).mark));
    CHECK(std::isnan(marks_of({.last = 1.04}).last));
    CHECK(board.causes().none());

    board.quotes.apply({.symbol = oil, .bid = 70.0, .marks = {.mid = 69.0}}, at(0));
    CHECK(std::isnan(board.quotes.marks(oil).mid));  // also of one side
}

TEST_CASE("a crossed quote is in doubt until a good one arrives", "[quotes]") {
    Board board;
    board.tick(1.1, 1.1002);
    CHECK(board.tick(1.2, 1.1) == TickFate::crossed);
    CHECK(board.is_unusable());
    CHECK(board.causes() == Cause::crossed_price);
    CHECK(board.quotes.last_good(eurusd).bid == 1.1);
    CHECK(board.quotes.raw(eurusd).bid == 1.2);  // the rule set `platform` sees it
    CHECK(board.tick(1.15, 1.1502) == TickFate::accepted);
    CHECK(board.is_usable(1.15, 1.1502));
    CHECK(board.causes().none());
}

TEST_CASE("a bid above the standing ask crosses as well", "[quotes]") {
    Board board;
    board.tick(1.1, 1.1002);
    CHECK(board.tick(1.2, not_a_price) == TickFate::crossed);
    CHECK(board.is_unusable());
    CHECK(board.tick(1.2, 1.2002) == TickFate::accepted);
    CHECK(board.is_usable(1.2, 1.2002));
}

TEST_CASE("a tick stamped before the newest one is late", "[quotes]") {
    Board board;
    board.tick(1.1, 1.1002, 1'000);
    CHECK(board.tick(1.3, 1.3002, 999) == TickFate::late);
    CHECK(board.is_usable(1.1, 1.1002));
    CHECK(board.tick(1.2, 1.2002, 1'000) == TickFate::accepted);  // the same moment is not late
    CHECK(board.quotes.ts_ms(eurusd) == 1'000);
    CHECK(board.tick(1.25, 1.2502) == TickFate::accepted);  // no stamp, no order
    CHECK(board.quotes.ts_ms(eurusd) == 0);
    CHECK(board.tick(1.3, 1.3002, 999) == TickFate::late);
}

TEST_CASE("the stamp shown is that of the good quote, not of a crossed one", "[quotes]") {
    Board board;
    board.tick(1.1, 1.1002, 1'000);
    CHECK(board.tick(1.2, 1.1, 2'000) == TickFate::crossed);
    CHECK(board.quotes.ts_ms(eurusd) == 1'000);
    CHECK(board.tick(1.15, 1.1502, 1'500) == TickFate::late);
}

TEST_CASE("a stamp from the future does not make later ticks late", "[quotes]") {
    Board board{{.max_age_ms = 0, .future_ms_max = 5'000}};
    const std::int64_t wall = at(0).wall_ms;
    CHECK(board.tick(1.1, 1.1002, wall + 5'000) == TickFate::accepted);
    CHECK(board.quotes.implausible_stamps() == 0);
    CHECK(board.tick(1.2, 1.2002, (wall + 5'001) * 1'000) == TickFate::accepted);  // microseconds
    CHECK(board.quotes.implausible_stamps() == 1);
    CHECK(board.is_usable(1.2, 1.2002));
    CHECK(board.tick(1.3, 1.3002, wall + 5'000) == TickFate::accepted);
}

TEST_CASE("a quote older than its limit is stale, by its older side", "[quotes]") {
    Board board{{.max_age_ms = 1'000}};
    board.tick(1.1, 1.1002, 0, 0);
    board.tick(1.1001, not_a_price, 0, 800);
    std::vector<SymbolId> changed;
    const auto note = [&](SymbolId symbol) { changed.push_back(symbol); };
    board.quotes.age(at(1'000), note);
    CHECK(changed.empty());
    CHECK(board.quotes.age_ms(eurusd, at(1'000)) == 1'000);
    board.quotes.age(at(1'001), note);  // the ask is 1,001 ms old
    CHECK(changed == std::vector{eurusd});
    CHECK(board.causes() == Cause::stale_price);
    CHECK(board.is_unusable());
    board.quotes.age(at(5'000), note);
    CHECK(changed.size() == 1);  // said once
    board.tick(1.1001, 1.1003, 0, 5'000);
    CHECK(board.is_usable(1.1001, 1.1003));
}

TEST_CASE("a side that never renews keeps the quote stale", "[quotes]") {
    Board board{{.max_age_ms = 1'000}};
    board.tick(1.1, 1.1002, 0, 0);
    CHECK(board.tick(1.1001, not_a_price, 0, 2'000) == TickFate::accepted);
    CHECK(board.causes() == Cause::stale_price);
    CHECK(board.is_unusable());
}

TEST_CASE("a price read from the store is as old as its stamp says", "[quotes]") {
    Board board{{.max_age_ms = 1'000}};
    const std::int64_t wall = at(0).wall_ms;
    board.quotes.apply(
        {.symbol = eurusd, .bid = 1.1, .ask = 1.1002, .ts_ms = wall - 300, .is_stored = true},
        at(0));
    CHECK(board.quotes.age_ms(eurusd, at(0)) == 300);
    CHECK(board.is_usable(1.1, 1.1002));
    board.quotes.apply(
        {.symbol = oil, .bid = 50.0, .ask = 50.1, .ts_ms = wall - 1'500, .is_stored = true}, at(0));
    CHECK(board.quotes.causes(oil) == Cause::stale_price);
}

TEST_CASE("a symbol may have an age limit of its own", "[quotes]") {
    Board board{{.max_age_ms = 1'000}};
    board.quotes.set_guard(oil, {.max_age_ms = 0});
    board.quotes.set_guard(eurusd, {.max_age_ms = 200});
    board.tick(1.1, 1.1002, 0, 0);
    board.quotes.apply({.symbol = oil, .bid = 50.0, .ask = 50.1}, at(0));
    std::vector<SymbolId> changed;
    board.quotes.age(at(201), [&](SymbolId symbol) { changed.push_back(symbol); });
    board.quotes.age(at(100'000), [&](SymbolId symbol) { changed.push_back(symbol); });
    CHECK(changed == std::vector{eurusd});
    CHECK(board.quotes.causes(oil).none());
}

TEST_CASE("without a limit a quote does not age", "[quotes]") {
    Board board;
    board.tick(1.1, 1.1002, 0, 0);
    board.quotes.age(at(1'000'000'000), [](SymbolId) { FAIL("nothing may change"); });
    CHECK(board.is_usable(1.1, 1.1002));
}

TEST_CASE("after a gap no price counts until it has come again", "[quotes]") {
    Board board;
    board.tick(1.1, 1.1002, 7);
    board.quotes.distrust_all();
    CHECK(board.is_unusable());
    CHECK(board.causes() == Cause::stale_price);
    CHECK(board.quotes.last_good(eurusd).bid == 1.1);
    board.tick(1.1001, not_a_price, 8);
    CHECK(board.is_unusable());  // the ask is still the one from before the gap
    board.tick(not_a_price, 1.1003, 9);
    CHECK(board.is_usable(1.1001, 1.1003));
    CHECK(board.quotes.causes(oil) == Cause::no_price);
}

TEST_CASE("a price that left the store is not the old one", "[quotes]") {
    Board board;
    board.tick(1.1, 1.1002);
    board.quotes.forget(eurusd);
    CHECK(board.is_unusable());
    CHECK_FALSE(board.causes().none());
    CHECK(std::isnan(board.quotes.raw(eurusd).bid));
    board.tick(1.2, 1.2002);
    CHECK(board.is_usable(1.2, 1.2002));
}

TEST_CASE("a frozen symbol is out of use until it thaws", "[quotes]") {
    Board board;
    board.tick(1.1, 1.1002);
    CHECK(board.quotes.freeze(eurusd, true));
    CHECK_FALSE(board.quotes.freeze(eurusd, true));
    CHECK(board.causes().has(Cause::frozen_price));
    CHECK(board.is_unusable());
    board.tick(1.2, 1.2002);
    CHECK(board.is_unusable());
    CHECK(board.quotes.freeze(eurusd, false));
    CHECK(board.is_usable(1.2, 1.2002));
}

TEST_CASE("thawing does not forget that the newest quote was crossed", "[quotes]") {
    Board board;
    board.tick(1.1, 1.1002);
    board.tick(1.2, 1.1);
    board.quotes.freeze(eurusd, true);
    board.quotes.freeze(eurusd, false);
    CHECK(board.causes() == Cause::crossed_price);
    CHECK(board.is_unusable());
}
