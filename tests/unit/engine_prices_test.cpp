// Prices at or below zero: of positions, of pending orders, of marks.
#include <catch2/catch_test_macros.hpp>
#include <optional>

#include "support/desk.hpp"

using namespace margind;
using namespace margind::test;

namespace {

InstrumentSpec oil(std::string allow_negative) {
    InstrumentSpec out = spec("WTI", "cfd", 1'000.0, "USD");
    out.allow_negative = std::move(allow_negative);
    return out;
}

OrderImage barrel(double price, OrderKind kind = OrderKind::position) {
    OrderImage out = order("1", "WTI", Side::buy, Volume::per_lot, price);
    out.kind = kind;
    return out;
}

/// An account with one order.
struct OilDesk : Desk {
    explicit OilDesk(const OrderImage& held, const InstrumentSpec& instrument = oil(""),
                     EngineOptions options = {})
        : Desk{std::move(options)} {
        engine.apply(instrument);
        tick(instrument.symbol, 10.0, 10.0);
        id = give(account({"live", "1"}, 100'000.0, {held}));
        beat();
    }
    void apply(const InstrumentSpec& instrument) {
        engine.apply(instrument);
        beat();
    }
    [[nodiscard]] Causes causes() const { return engine.snapshot(id, now).causes; }

    AccountId id;
};

}  // namespace

TEST_CASE("an open price at or below zero is a bad order, until its symbol allows it",
          "[engine][guards]") {
    for (const double price : {0.0, -37.63}) {
        OilDesk desk{barrel(price)};
        CHECK(desk.causes() == Cause::bad_order);
        const Explanation why = desk.engine.explain(desk.id, desk.now);
        REQUIRE(why.positions.size() == 1);
        CHECK(why.positions[0].causes == Cause::bad_order);
        desk.apply(oil("yes"));
        CHECK(desk.causes().none());
        desk.apply(oil("no"));
        CHECK(desk.causes() == Cause::bad_order);
    }
    OilDesk desk{barrel(-37.63), oil("yes")};
    CHECK(desk.figures(desk.id).equity == Money::from_minor(14'763'000));
}

TEST_CASE("what the configuration allows counts for positions as for quotes", "[engine][guards]") {
    EngineOptions options;
    options.negative_prices = {"WTI"};
    CHECK(OilDesk{barrel(-1.0), oil(""), options}.causes().none());
    CHECK(OilDesk{barrel(-1.0), oil("no"), options}.causes() == Cause::bad_order);
}

TEST_CASE("a pending order's price at or below zero is a bad order, until its symbol allows it",
          "[engine][guards]") {
    for (const double price : {0.0, -37.63}) {
        OilDesk desk{barrel(price, OrderKind::limit)};
        CHECK(desk.causes() == Cause::bad_order);
        desk.apply(oil("yes"));
        CHECK(desk.causes().none());
    }
}

TEST_CASE("an inverse contract has no price at or below zero, whatever its symbol allows",
          "[engine][guards]") {
    InstrumentSpec coin = spec("WTI", "perpetual_inverse", 1.0, "USD");
    coin.maintenance_margin = 0.01;
    coin.allow_negative = "yes";
    CHECK(OilDesk{barrel(-10.0), coin}.causes() == Cause::bad_order);
    CHECK(OilDesk{barrel(0.0, OrderKind::stop), coin}.causes() == Cause::bad_order);
    OilDesk desk{barrel(10.0), coin};
    CHECK(desk.causes().none());
    desk.tick("WTI", -10.0, -10.0);
    desk.beat();
    CHECK(desk.causes() == Cause::no_price);
}

TEST_CASE("a mark at or below zero leaves who needs it UNKNOWN", "[engine][guards]") {
    EngineOptions options;
    options.rules.valuation_price = ValuationPrice::mark;
    OilDesk desk{barrel(10.0), oil(""), options};
    const auto causes_at = [&](double mark) {
        desk.engine.apply({.symbol = desk.engine.find_symbol("WTI"),
                           .bid = 10.0,
                           .ask = 10.0,
                           .marks = {.mark = mark}},
                          desk.now);
        desk.beat();
        return desk.causes();
    };
    CHECK(causes_at(10.0).none());
    CHECK(causes_at(0.0) == Cause::no_price);
    CHECK(causes_at(10.0).none());
    CHECK(causes_at(-10.0) == Cause::no_price);
    desk.apply(oil("yes"));
    CHECK(causes_at(-10.0).none());
}

TEST_CASE("a price at or below zero is no rate: the pair's sides convert instead",
          "[engine][guards]") {
    EngineOptions options;
    options.rules.margin_conversion = MarginConversion::open_price;
    Desk desk{std::move(options)};
    InstrumentSpec pair = spec("EURUSD", "forex", 100'000.0, "USD");
    pair.allow_negative = "yes";
    desk.engine.apply(pair);
    desk.tick("EURUSD", 1.1, 1.1);
    const AccountId id = desk.give(account(
        {"live", "1"}, 500'000.0, {order("1", "EURUSD", Side::buy, Volume::per_lot, -1.0)}));
    desk.beat();
    CHECK(desk.engine.snapshot(id, desk.now).causes.none());
    CHECK(desk.figures(id).margin == Money::from_minor(110'000));
}

TEST_CASE("the rule set platform takes orders as they are", "[engine][guards]") {
    InstrumentSpec pair = spec("WTI", "", 1'000.0, "");
    pair.profit = "USD";
    pair.type = 3;
    const OilDesk desk{barrel(-37.63), pair, {.rules = platform_rules()}};
    CHECK(desk.causes().none());
}
