// Where the settings of guards come from, and what holders see of them.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>

#include "support/desk.hpp"

using namespace margind;
using namespace margind::test;

namespace {

InstrumentSpec guarded(const std::string& symbol) {
    InstrumentSpec out = spec(symbol, "forex", 100'000.0, symbol.substr(3));
    out.digits = 5;
    out.soft_points = 150;
    return out;
}

AccountImage holder(double balance, const std::string& symbol = "EURUSD") {
    return account({"live", "1"}, balance, {order("1", symbol, Side::buy, Volume::per_lot, 1.1)});
}

/// One lot of EURUSD at 1.1, 1,100 USD of margin.
struct GuardedDesk : Desk {
    explicit GuardedDesk(const InstrumentSpec& instrument, double balance = 5'000.0) {
        engine.apply(instrument);
        tick("EURUSD", 1.1, 1.1);
        id = give(holder(balance));
        beat();
    }
    [[nodiscard]] Causes causes() const { return engine.snapshot(id, now).causes; }
    [[nodiscard]] bool wants(const InstrumentKey& key) {
        const Need need = engine.plan(100);
        return std::ranges::find(need.instruments, key) != need.instruments.end();
    }

    AccountId id;
};

}  // namespace

TEST_CASE("nobody is stopped out on a held outlier, and on a confirmed one at the beat",
          "[engine][guards]") {
    GuardedDesk desk{guarded("EURUSD")};
    desk.engine.confirm_events(desk.engine.events().size());
    CHECK(desk.tick("EURUSD", 1.05, 1.05) == TickFate::outlier_held);
    for (int beat = 0; beat < 3; ++beat) {
        CHECK(desk.engine.wants_beat());
        desk.beat();
        CHECK(desk.engine.events().empty());
        CHECK(desk.figures(desk.id).equity == Money::from_minor(500'000));
    }
    desk.beat();
    CHECK(desk.figures(desk.id).equity == Money::from_minor(0));
    REQUIRE(desk.engine.events().size() == 1);
    CHECK(desk.engine.events().front().kind == EventKind::would_stop_out);
    CHECK(desk.engine.events().front().decision.prices.at(0).bid == 1.05);
}

TEST_CASE("guards are the symbol's: only the group Standard has them", "[engine][guards]") {
    InstrumentSpec other = guarded("EURUSD");
    other.group = "VIP";
    GuardedDesk desk{spec("EURUSD", "forex", 100'000.0, "USD")};
    desk.engine.apply(other);
    CHECK(desk.tick("EURUSD", 1.2, 1.2) == TickFate::accepted);
    desk.engine.apply(guarded("EURUSD"));
    CHECK(desk.tick("EURUSD", 1.1, 1.1) == TickFate::outlier_held);
    InstrumentSpec gone{.group = "Standard", .symbol = "EURUSD", .exists = false};
    desk.engine.apply(gone);
    CHECK(desk.tick("EURUSD", 1.1, 1.1) == TickFate::accepted);
}

TEST_CASE("guards that cannot be read leave the holders UNKNOWN until they can",
          "[engine][guards]") {
    GuardedDesk desk{guarded("EURUSD")};
    InstrumentSpec broken = guarded("EURUSD");
    broken.max_spread = not_a_price;
    desk.engine.apply(broken);
    desk.beat();
    CHECK(desk.causes().has(Cause::bad_setting));
    const SymbolId symbol = desk.engine.find_symbol("EURUSD");
    CHECK(desk.engine.quotes().guard(symbol)->problem() ==
          "max_spread: expected a number from 0 to 1000000000000000");
    desk.engine.apply(guarded("EURUSD"));
    desk.beat();
    CHECK(desk.causes().none());
}

TEST_CASE("a pair that is only converted through has its guards read once it is quoted",
          "[engine][guards]") {
    GuardedDesk desk{guarded("EURUSD")};
    desk.engine.apply(guarded("EURJPY"));
    desk.give(holder(5'000.0, "EURJPY"));
    CHECK_FALSE(desk.wants({"Standard", "USDJPY"}));
    desk.tick("USDJPY", 150.0, 150.01);
    CHECK(desk.wants({"Standard", "USDJPY"}));
    desk.tick("USDJPY", 150.1, 150.11);
    CHECK_FALSE(desk.wants({"Standard", "USDJPY"}));
}

TEST_CASE("a reference symbol is read, and its doubt is that of who refers to it",
          "[engine][guards]") {
    InstrumentSpec referring = spec("EURUSD", "forex", 100'000.0, "USD");
    referring.ref_symbol = "EURUSD.REF";
    referring.ref_band_percent = 1;
    GuardedDesk desk{referring};
    const SymbolId reference = desk.engine.find_symbol("EURUSD.REF");
    REQUIRE_FALSE(reference.is_none());
    const Need need = desk.engine.plan(100);
    CHECK(std::ranges::find(need.prices, reference) != need.prices.end());
    CHECK(desk.causes().has(Cause::no_price));
    desk.tick("EURUSD.REF", 1.1, 1.1);
    desk.beat();
    CHECK(desk.causes().none());  // the quote had been waiting
    CHECK(desk.tick("EURUSD", 1.2, 1.2) == TickFate::off_reference);
    CHECK(desk.tick("EURUSD", 1.105, 1.105) == TickFate::accepted);
}

TEST_CASE("what the configuration says of all symbols holds where a specification is silent",
          "[engine][guards]") {
    EngineOptions options;
    options.negative_prices = {"WTI"};
    options.quotes = {.max_age_ms = 10'000, .confirm_ticks = 7, .confirm_ms = 300};
    Desk desk{std::move(options)};
    InstrumentSpec oil = spec("WTI", "cfd", 1'000.0, "USD");
    desk.engine.apply(oil);
    const SymbolId symbol = desk.engine.find_symbol("WTI");
    const auto settings = [&] { return desk.engine.quotes().settings(symbol); };
    CHECK(settings().allow_negative);
    CHECK(settings().max_age_ms == 10'000);
    CHECK(settings().confirm_ticks == 7);
    CHECK(settings().confirm_ms == 300);
    CHECK(desk.tick("WTI", -37.63, -37.0) == TickFate::accepted);
    oil.allow_negative = "no";
    oil.max_age_ms = 500;
    desk.engine.apply(oil);
    CHECK_FALSE(settings().allow_negative);
    CHECK(settings().max_age_ms == 500);
    CHECK(desk.tick("WTI", -37.63, -37.0) == TickFate::not_positive);
}
