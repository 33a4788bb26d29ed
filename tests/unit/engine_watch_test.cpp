// What an engine sees between its beats.
#include <catch2/catch_test_macros.hpp>

#include "support/desk.hpp"

namespace margind::test {
namespace {

/// One lot of gold bought at 2,000 with 20,000 dollars and a hundredfold leverage: the margin call
/// is at a price of about 1,818.
struct Gold : Desk {
    explicit Gold(EngineOptions options = {}) : Desk{std::move(options)} {
        engine.apply(spec("XAUUSD", "cfd_leverage", 100.0, "USD"));
        tick("XAUUSD", 2'000.0, 2'000.0);
        id = give(image());
        beat();
    }
    static AccountImage image(double balance = 20'000.0) {
        return account({"live", "1"}, balance,
                       {order("1", "XAUUSD", Side::buy, Volume::per_lot, 2'000.0)});
    }
    /// The kinds told at the next beat.
    std::vector<EventKind> told() {
        std::vector<EventKind> kinds;
        for (const Event& event : engine.events()) kinds.push_back(event.kind);
        return kinds;
    }
    AccountId id;
};

using Kinds = std::vector<EventKind>;
constexpr double margin_call_price = 1'818.0;  // equity 1,800 of a margin of 1,818
constexpr double stop_out_price = 1'805.0;

}  // namespace

TEST_CASE("a price that comes and goes between two beats is told with its very tick", "[watch]") {
    Gold gold;
    gold.engine.apply({.symbol = gold.engine.find_symbol("XAUUSD"),
                       .bid = margin_call_price,
                       .ask = margin_call_price,
                       .ts_ms = 77},
                      gold.now);
    gold.tick("XAUUSD", 2'000.0, 2'000.0);
    gold.beat();
    REQUIRE(gold.told() == Kinds{EventKind::touched});
    const Event& event = gold.engine.events().front();
    REQUIRE(event.touch.has_value());
    CHECK(event.touch->symbol == "XAUUSD");
    CHECK(event.touch->bid == margin_call_price);
    CHECK_FALSE(event.touch->is_stop_out);
    CHECK(event.equity == 1'800.0);
    CHECK(event.margin == 1'818.0);
    CHECK(event.threshold == 100.0);
    CHECK(gold.engine.memory(gold.id).state == AccountState::ok);
    CHECK(gold.engine.stats().touches == 1);
}

TEST_CASE("a touch that the beat bears out is in the event of the new state", "[watch]") {
    Gold gold;
    gold.tick("XAUUSD", margin_call_price, margin_call_price);
    gold.tick("XAUUSD", margin_call_price - 1.0, margin_call_price - 1.0);
    CHECK(gold.told().empty());
    gold.beat();
    REQUIRE(gold.told() == Kinds{EventKind::margin_call});
    CHECK(gold.engine.events().front().touch->bid == margin_call_price);
}

TEST_CASE("an account is touched once between two beats, and again after the next", "[watch]") {
    Gold gold;
    for (int i = 0; i < 2; ++i) {
        gold.tick("XAUUSD", margin_call_price, margin_call_price);
        gold.tick("XAUUSD", 2'000.0, 2'000.0);
    }
    gold.beat();
    CHECK(gold.told() == Kinds{EventKind::touched});
    gold.tick("XAUUSD", stop_out_price, stop_out_price);
    gold.tick("XAUUSD", 2'000.0, 2'000.0);
    gold.beat();
    REQUIRE(gold.told() == Kinds{EventKind::touched, EventKind::touched});
    CHECK(gold.engine.events().back().touch->is_stop_out);
    CHECK(gold.engine.events().front().id != gold.engine.events().back().id);
}

TEST_CASE("an account in margin call is watched for its stop-out", "[watch]") {
    Gold gold;
    gold.tick("XAUUSD", margin_call_price, margin_call_price);
    gold.beat();
    gold.tick("XAUUSD", margin_call_price - 2.0, margin_call_price - 2.0);
    gold.beat();
    CHECK(gold.told() == Kinds{EventKind::margin_call});
    gold.tick("XAUUSD", stop_out_price, stop_out_price);
    gold.tick("XAUUSD", margin_call_price, margin_call_price);
    gold.beat();
    CHECK(gold.told() == Kinds{EventKind::margin_call, EventKind::touched});
}

TEST_CASE("with the trigger `touch` an account is judged at the price that brings it", "[watch]") {
    Gold gold{{.trigger = StopOutTrigger::touch}};
    gold.tick("XAUUSD", stop_out_price, stop_out_price);
    CHECK(gold.told() == Kinds{EventKind::would_stop_out});
    CHECK(gold.engine.events().front().touch->bid == stop_out_price);
    gold.tick("XAUUSD", 2'000.0, 2'000.0);
    gold.beat();
    CHECK(gold.told() == Kinds{EventKind::would_stop_out, EventKind::recovered});
}

TEST_CASE("an image that puts an account at its level is looked at when the next price comes",
          "[watch]") {
    Gold gold;
    (void)gold.engine.plan(10);
    gold.give(Gold::image(1'000.0));
    CHECK(gold.engine.stats().touches == 0);
    gold.tick("XAUUSD", 2'000.5, 2'000.5);
    CHECK(gold.engine.stats().touches == 1);
}

TEST_CASE("who cannot be valued waits for the price that is missing", "[watch]") {
    Gold gold;
    gold.tick("XAUUSD", 2'000.0, 1'900.0);  // crossed: in doubt
    gold.beat();
    REQUIRE_FALSE(gold.figures(gold.id).causes.none());
    gold.tick("XAUUSD", margin_call_price, margin_call_price);
    gold.tick("XAUUSD", 2'000.0, 2'000.0);
    gold.beat();
    CHECK(gold.told() == Kinds{EventKind::touched});
}

TEST_CASE("after a gap nobody is touched before his image has come again", "[watch]") {
    Gold gold;
    gold.engine.open_epoch(gold.now);
    gold.engine.apply(spec("XAUUSD", "cfd_leverage", 100.0, "USD"));
    gold.tick("XAUUSD", stop_out_price, stop_out_price);
    CHECK(gold.engine.stats().touches == 0);
    (void)gold.engine.plan(10);
    gold.give(Gold::image());
    gold.tick("XAUUSD", stop_out_price - 1.0, stop_out_price - 1.0);
    CHECK(gold.engine.stats().touches == 1);
}

TEST_CASE("who has tiers is looked at when a ring is left, not at every price", "[watch]") {
    Gold gold;
    InstrumentSpec tiered = spec("XAUUSD", "cfd_leverage", 100.0, "USD");
    tiered.tiers = {{0.0, 1.0, {}, {}}, {10.0, 2.0, {}, {}}};
    gold.engine.apply(tiered);
    gold.beat();
    const std::uint64_t looks = gold.engine.stats().looks;
    for (int i = 0; i < 100; ++i) gold.tick("XAUUSD", 2'000.0 + i % 2 * 0.1, 2'000.2);
    CHECK(gold.engine.stats().looks == looks);
    gold.tick("XAUUSD", margin_call_price, margin_call_price);
    CHECK(gold.engine.stats().touches == 1);
}

TEST_CASE("who waits for two prices is found by either", "[watch]") {
    Gold gold;
    (void)gold.engine.plan(10);
    AccountImage image = Gold::image();
    // The order has a price of its own: what the symbol costs does not matter.
    image.orders.push_back(order("2", "AAPL", Side::buy, Volume::per_lot, 1.0));
    image.orders.back().kind = OrderKind::limit;
    gold.engine.apply(spec("AAPL", "cfd_leverage", 1.0, "USD"));
    gold.give(image);
    gold.beat();
    gold.tick("XAUUSD", 2'000.0, 1'900.0);  // crossed: in doubt
    gold.beat();
    gold.tick("XAUUSD", margin_call_price, margin_call_price);
    CHECK(gold.engine.stats().touches == 1);
}

TEST_CASE("a price that goes again while another one is missing is waited for again", "[watch]") {
    Gold gold;
    (void)gold.engine.plan(10);
    gold.engine.apply(spec("XAGUSD", "cfd_leverage", 1.0, "USD"));
    AccountImage image = Gold::image();
    image.orders.push_back(order("2", "XAGUSD", Side::buy, Volume::per_lot, 30.0));
    gold.give(image);
    gold.tick("XAUUSD", 2'000.0, 1'900.0);  // crossed: both are in doubt
    gold.beat();
    gold.tick("XAUUSD", 2'000.0, 2'000.0);
    gold.tick("XAUUSD", 2'000.0, 1'900.0);
    gold.tick("XAGUSD", 30.0, 30.0);
    gold.tick("XAUUSD", margin_call_price, margin_call_price);
    CHECK(gold.engine.stats().touches == 1);
}

TEST_CASE("a conversion between two beats brings an account to its level as well", "[watch]") {
    Desk desk;
    InstrumentSpec index = spec("GER40", "cfd_leverage", 1.0, "EUR");
    desk.engine.apply(index);
    desk.tick("EURUSD", 1.10, 1.10);
    desk.tick("GER40", 18'000.0, 18'000.0);
    // Ten contracts with a loss of 10,000 euros: each cent of the euro costs a hundred dollars.
    AccountImage image = account({"live", "1"}, 13'100.0,
                                 {order("1", "GER40", Side::buy, 10 * Volume::per_lot, 19'000.0)});
    desk.give(image);
    desk.beat();
    desk.beat();
    REQUIRE(desk.engine.events().empty());
    desk.tick("EURUSD", 1.13, 1.13);
    desk.tick("EURUSD", 1.10, 1.10);
    desk.beat();
    REQUIRE(desk.engine.events().size() == 1);
    CHECK(desk.engine.events().front().touch->symbol == "EURUSD");
}

TEST_CASE("of several touches the first of the deepest level is told", "[watch]") {
    Gold gold;
    for (const double price : {margin_call_price, stop_out_price, stop_out_price - 1.0, 2'000.0}) {
        gold.tick("XAUUSD", price, price);
    }
    gold.beat();
    REQUIRE(gold.told() == Kinds{EventKind::touched});
    CHECK(gold.engine.events().front().touch->is_stop_out);
    CHECK(gold.engine.events().front().touch->bid == stop_out_price);
    CHECK(gold.engine.events().front().threshold == 50.0);
}

TEST_CASE("a stop-out that was touched is told beside the margin call that is left of it",
          "[watch]") {
    Gold gold;
    gold.tick("XAUUSD", stop_out_price, stop_out_price);
    gold.tick("XAUUSD", margin_call_price, margin_call_price);
    gold.beat();
    REQUIRE(gold.told() == Kinds{EventKind::margin_call, EventKind::touched});
    CHECK_FALSE(gold.engine.events().front().touch.has_value());
}

TEST_CASE("what is announced again under its old id leaves what was touched to be told apart",
          "[watch]") {
    Gold gold;
    gold.tick("XAUUSD", margin_call_price, margin_call_price);
    gold.beat();
    gold.engine.confirm_events(1);
    gold.engine.open_epoch(gold.now);
    gold.engine.apply(spec("XAUUSD", "cfd_leverage", 100.0, "USD"));
    gold.tick("XAUUSD", margin_call_price, margin_call_price);
    (void)gold.engine.plan(10);
    gold.give(Gold::image());
    gold.tick("XAUUSD", stop_out_price, stop_out_price);
    gold.tick("XAUUSD", margin_call_price, margin_call_price);
    gold.beat();
    CHECK(gold.told() == Kinds{EventKind::margin_call, EventKind::touched});
}

TEST_CASE("a touch that finds the queue full is told when there is room", "[watch]") {
    Gold gold{{.events_pending_max = 1}};
    gold.engine.apply(account({"live", "2"}, 20'000.0,
                              {order("1", "XAUUSD", Side::buy, Volume::per_lot, 2'000.0)}),
                      gold.now);
    gold.beat();
    gold.tick("XAUUSD", margin_call_price, margin_call_price);
    gold.tick("XAUUSD", 2'000.0, 2'000.0);
    std::vector<std::string> accounts;
    for (int i = 0; i < 3; ++i) {
        gold.beat();
        for (const Event& event : gold.engine.events()) accounts.push_back(event.account);
        gold.engine.confirm_events(gold.engine.events().size());
    }
    CHECK(accounts == std::vector<std::string>{"live:1", "live:2"});
    gold.tick("XAUUSD", margin_call_price, margin_call_price);
    CHECK(gold.engine.stats().touches == 4);  // both are watched again
}

TEST_CASE("nobody is judged between two beats by a price that has grown too old", "[watch]") {
    EngineOptions options{.is_armed = true, .trigger = StopOutTrigger::touch};
    options.quotes.max_age_ms = 1'000;
    Gold gold{std::move(options)};
    gold.engine.apply(spec("XAGUSD", "cfd_leverage", 5'000.0, "USD"));
    gold.tick("XAGUSD", 30.0, 30.0);
    (void)gold.engine.plan(10);
    AccountImage image = Gold::image();
    image.orders.push_back(order("2", "XAGUSD", Side::buy, Volume::per_lot, 30.0));
    gold.give(image);
    gold.beat();
    gold.now.steady_ms += 3'600'000;
    gold.now.wall_ms += 3'600'000;
    SECTION("before a beat has said so") {}
    SECTION("though its settings have come again since") {
        gold.beat();
        gold.engine.apply(spec("XAUUSD", "cfd_leverage", 100.0, "USD"));
    }
    gold.tick("XAGUSD", 26.0, 26.0);
    CHECK(gold.engine.events().empty());
    gold.beat();
    CHECK(gold.engine.events().empty());
    gold.tick("XAUUSD", 2'000.0, 2'000.0);
    CHECK(gold.told() == Kinds{EventKind::stop_out});
}

TEST_CASE("who converts by a pair that is asked about between two beats stays watched", "[watch]") {
    Desk desk;
    desk.engine.apply(spec("GER40", "cfd_leverage", 1.0, "EUR"));
    desk.tick("USDEUR", 0.9, 0.9);
    desk.tick("GER40", 18'000.0, 18'000.0);
    desk.give(account({"live", "1"}, 13'500.0,
                      {order("1", "GER40", Side::buy, 10 * Volume::per_lot, 19'000.0)}));
    desk.beat();
    desk.tick("EURUSD", 1.11, 1.11);  // the direct pair: the conversion goes another way
    (void)desk.engine.dirty_count(0);
    desk.tick("GER40", 17'800.0, 17'800.0);
    desk.tick("GER40", 18'000.0, 18'000.0);
    CHECK(desk.engine.stats().touches == 1);
}

TEST_CASE("an image that brings a conversion of its own is watched at once", "[watch]") {
    Desk desk;
    desk.engine.apply(spec("GER40", "cfd_leverage", 1.0, "EUR"));
    desk.tick("EURUSD", 1.1, 1.1);
    desk.tick("GER40", 18'000.0, 18'000.0);
    desk.beat();
    desk.give(account({"live", "1"}, 13'300.0,
                      {order("1", "GER40", Side::buy, 10 * Volume::per_lot, 19'000.0)}));
    desk.tick("GER40", 17'800.0, 17'800.0);
    CHECK(desk.engine.stats().touches == 1);
}

TEST_CASE("a stop-out that is to last is a margin call until it has", "[stop_out]") {
    Gold gold{{.is_armed = true, .persist_ms = 500}};
    gold.tick("XAUUSD", stop_out_price, stop_out_price);
    gold.beat();
    CHECK(gold.told() == Kinds{EventKind::margin_call, EventKind::touched});
    for (int i = 0; i < 2; ++i) gold.beat();
    CHECK(gold.told().size() == 2);
    gold.beat();  // 600 ms later, without a price
    REQUIRE(gold.told().size() == 3);
    CHECK(gold.told().back() == EventKind::stop_out);
}

TEST_CASE("a stop-out that is left before it has lasted begins anew", "[stop_out]") {
    Gold gold{{.is_armed = true, .persist_ms = 500}};
    for (int i = 0; i < 3; ++i) {
        gold.tick("XAUUSD", stop_out_price, stop_out_price);
        gold.beat();
        gold.beat();
        gold.tick("XAUUSD", margin_call_price, margin_call_price);
        gold.beat();
    }
    for (const EventKind kind : gold.told()) CHECK(kind != EventKind::stop_out);
}

}  // namespace margind::test
