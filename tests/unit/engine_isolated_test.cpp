// Isolated positions: accounts by themselves within an account.
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_floating_point.hpp>
#include <string>
#include <utility>
#include <vector>

#include "support/desk.hpp"

using namespace margind;
using namespace margind::test;
using Catch::Matchers::WithinAbs;

namespace {

InstrumentSpec perpetual(std::string symbol) {
    InstrumentSpec out = spec(std::move(symbol), "perpetual_linear", 1.0, "USD");
    out.tier_basis = "notional";
    out.tiers = {{.from = 0.0, .rate = 0.01}};
    return out;
}

OrderImage lots(std::string id, std::string symbol, Side side, std::int64_t lots, double open) {
    return order(std::move(id), std::move(symbol), side, lots * Volume::per_lot, open);
}

OrderImage isolated(OrderImage position, double margin) {
    position.margin_mode = PositionMargin::isolated;
    position.isolated_margin = margin;
    return position;
}

/// 1,000 of balance: 100 each in A and B, one long BTC and one long ETH from 1,000; one long SOL
/// from 100 is crossed. Levels at 100 %.
struct IsolatedDesk : Desk {
    explicit IsolatedDesk(EngineOptions options = levels()) : Desk{std::move(options)} {
        for (const char* symbol : {"BTC", "ETH", "SOL"}) engine.apply(perpetual(symbol));
        image = account({"live", "1"}, 1'000.0,
                        {isolated(lots("A", "BTC", Side::buy, 1, 1'000.0), 100.0),
                         isolated(lots("B", "ETH", Side::buy, 1, 1'000.0), 100.0),
                         lots("C", "SOL", Side::buy, 1, 100.0)});
        price(1'000.0, 1'000.0, 100.0);
        id = give(image);
        beat();
    }
    static EngineOptions levels() {
        EngineOptions options;
        options.rules.margin_call = Level{10'000};
        options.rules.stop_out = Level{10'000};
        options.rules.cooldown_ms = 1'000;
        return options;
    }
    void price(double btc, double eth, double sol) {
        tick("BTC", btc, btc);
        tick("ETH", eth, eth);
        tick("SOL", sol, sol);
    }
    /// A beat at these prices, and the kinds of the events that it brings.
    std::vector<EventKind> see(double btc, double eth, double sol) {
        price(btc, eth, sol);
        beat();
        std::vector<EventKind> kinds;
        for (const Event& event : engine.events()) kinds.push_back(event.kind);
        last = engine.events().empty() ? Event{} : engine.events().back();
        engine.confirm_events(engine.events().size());
        return kinds;
    }
    [[nodiscard]] std::vector<std::string> closes() const {
        std::vector<std::string> ids;
        for (const CloseStep& step : last.decision.plan) ids.push_back(step.position);
        return ids;
    }

    AccountImage image;
    AccountId id;
    Event last;
};

using Kinds = std::vector<EventKind>;
constexpr EventKind would = EventKind::would_stop_out;

}  // namespace

TEST_CASE("what is isolated is no equity of what is crossed", "[engine][isolated]") {
    IsolatedDesk desk;
    desk.see(1'000.0, 1'000.0, 90.0);
    const Valuation crossed = desk.figures(desk.id);
    CHECK(crossed.equity == Money::from_minor(79'000));  // 1,000 - 200 - 10
    CHECK(crossed.pnl == Money::from_minor(-1'000));
    CHECK(crossed.margin == Money::from_minor(90));
    desk.see(950.0, 1'000.0, 90.0);  // A loses half of its own
    CHECK(desk.figures(desk.id).equity == Money::from_minor(79'000));
}

TEST_CASE("an isolated position is stopped out by itself, and alone", "[engine][isolated]") {
    IsolatedDesk desk;
    CHECK(desk.see(909.11, 1'000.0, 100.0).empty());  // 9.11 left, 9.0911 needed
    CHECK(desk.see(909.09, 1'000.0, 100.0) == Kinds{would});
    CHECK(desk.closes() == std::vector<std::string>{"A"});
    CHECK(desk.last.equity == 9.09);
    CHECK(desk.last.margin == 9.09);
    CHECK(desk.last.decision.plan[0].balance_after == Money::from_minor(90'909));
    CHECK(desk.engine.snapshot(desk.id, desk.now).verdict == Verdict::breach);
}

TEST_CASE("a second isolated position is told of at once, under another id", "[engine][isolated]") {
    IsolatedDesk desk;
    REQUIRE(desk.see(900.0, 1'000.0, 100.0) == Kinds{would});
    const std::string first = desk.last.id;
    CHECK(desk.see(899.0, 1'000.0, 100.0).empty());
    REQUIRE(desk.see(899.0, 900.0, 100.0) == Kinds{would});
    CHECK(desk.last.id != first);
    CHECK(desk.closes() == std::vector<std::string>{"A", "B"});
    // What is crossed has not been told of either: 1,000 - 200 + what A and B leave, none.
    CHECK(desk.see(800.0, 800.0, 1.0).empty());
}

TEST_CASE("a position that comes back while another is stopped out waits for the cool-down",
          "[engine][isolated]") {
    IsolatedDesk desk;
    REQUIRE(desk.see(900.0, 900.0, 100.0) == Kinds{would});
    CHECK(desk.see(900.0, 950.0, 100.0).empty());
    CHECK(desk.see(900.0, 900.0, 100.0).empty());  // 400 ms later
    desk.beat();
    desk.beat();
    CHECK(desk.see(900.0, 900.0, 100.0) == Kinds{would});  // a second later
}

TEST_CASE("what is crossed is stopped out after an isolated position has been",
          "[engine][isolated]") {
    IsolatedDesk desk;
    desk.image.balance = 210.0;  // 10 are not isolated
    desk.give(desk.image);
    REQUIRE(desk.see(900.0, 1'000.0, 100.0) == Kinds{would});
    REQUIRE(desk.see(900.0, 1'000.0, 90.0) == Kinds{would});
    CHECK(desk.closes() == std::vector<std::string>{"A", "C"});
    CHECK(desk.last.decision.plan[1].balance_after == Money::from_minor(10'000));
}

TEST_CASE("what a closed isolated position leaves may save what is crossed", "[engine][isolated]") {
    IsolatedDesk desk;
    desk.image.balance = 210.0;
    desk.give(desk.image);
    REQUIRE(desk.see(909.0, 1'000.0, 90.0) == Kinds{would});
    // 0 are left of what is crossed, and 9 of A.
    CHECK(desk.closes() == std::vector<std::string>{"A"});
}

TEST_CASE("an isolated position loses no more than has been put in for it", "[engine][isolated]") {
    IsolatedDesk desk;
    REQUIRE(desk.see(500.0, 1'000.0, 100.0) == Kinds{would});
    CHECK(desk.last.decision.plan[0].balance_after == Money::from_minor(90'000));
    CHECK_FALSE(desk.last.decision.deficit.has_value());
}

TEST_CASE("after a start the same positions keep their id, and others get a new one",
          "[engine][isolated]") {
    IsolatedDesk desk;
    REQUIRE(desk.see(900.0, 1'000.0, 100.0) == Kinds{would});
    const Event before = desk.last;
    for (const double eth : {1'000.0, 900.0}) {
        IsolatedDesk started;
        started.engine.restore(started.image.key, before.memory, started.now);
        REQUIRE(started.see(900.0, eth, 100.0) == Kinds{would});
        CHECK((started.last.id == before.id) == (eth == 1'000.0));
    }
}

TEST_CASE("an isolated position that cannot be valued makes the account UNKNOWN",
          "[engine][isolated]") {
    IsolatedDesk desk;
    desk.tick("BTC", 1'000.0, 900.0);  // crossed
    desk.beat();
    CHECK(desk.engine.snapshot(desk.id, desk.now).causes.has(Cause::crossed_price));
}

TEST_CASE("an isolated position without its margin, or of no perpetual, is a bad order",
          "[engine][isolated]") {
    IsolatedDesk desk;
    const AccountImage good = desk.image;
    const auto causes = [&] {
        desk.give(desk.image);
        desk.beat();
        return desk.engine.snapshot(desk.id, desk.now).causes;
    };
    desk.image.orders[0].isolated_margin.reset();
    CHECK(causes() == Cause::bad_order);
    desk.image.orders[0].isolated_margin = -1.0;
    CHECK(causes() == Cause::bad_order);
    desk.image = good;
    desk.image.orders[0].margin_mode = PositionMargin::other;
    CHECK(causes() == Cause::bad_order);
    desk.image = good;
    desk.engine.apply(spec("BTC", "cfd", 1.0, "USD"));
    CHECK(causes() == Cause::bad_order);
    desk.engine.apply(perpetual("BTC"));
    CHECK(causes().none());
}

TEST_CASE("swap and commission of an isolated position are paid from its margin",
          "[engine][isolated]") {
    IsolatedDesk desk;
    desk.image.orders[0].swap = -5.0;
    desk.image.orders[0].commission = 1.0;
    desk.give(desk.image);
    desk.beat();
    CHECK(desk.figures(desk.id).equity == Money::from_minor(80'000));
    const Explanation why = desk.engine.explain(desk.id, desk.now);
    REQUIRE(why.positions[0].isolated.has_value());
    CHECK(why.positions[0].isolated->equity == Money::from_minor(9'400));
}

TEST_CASE("the liquidation price of an isolated position is its own", "[engine][isolated]") {
    const IsolatedDesk desk;
    const auto risks = desk.engine.risk(desk.id);
    REQUIRE(risks.size() == 3);
    CHECK(risks[0].symbol == "SOL");
    CHECK(risks[0].position.empty());
    CHECK(risks[1].position == "A");
    // 100 + p - 1,000 = 0.01 p
    CHECK_THAT(risks[1].prices.stop_out.value_or(0.0), WithinAbs(900.0 / 0.99, 1e-9));
    CHECK_THAT(risks[1].prices.bankruptcy.value_or(0.0), WithinAbs(900.0, 1e-9));
}

TEST_CASE("what is crossed is told of when the last isolated position goes in the same breath",
          "[engine][isolated]") {
    IsolatedDesk desk;
    desk.image.orders = {desk.image.orders[0], desk.image.orders[2]};  // A and C
    desk.image.balance = 109.0;
    desk.give(desk.image);
    REQUIRE(desk.see(900.0, 1'000.0, 100.0) == Kinds{would});
    const std::string first = desk.last.id;
    desk.image.orders.erase(desk.image.orders.begin());  // A is closed, and its margin lost
    desk.image.balance = 9.0;
    desk.give(desk.image);
    REQUIRE(desk.see(900.0, 1'000.0, 91.0) == Kinds{would});  // nothing left of 9, 0.91 needed
    CHECK(desk.last.id != first);
    CHECK(desk.closes() == std::vector<std::string>{"C"});
}

TEST_CASE("a part that comes back over a gap has an id of its own in the end",
          "[engine][isolated]") {
    IsolatedDesk desk;
    REQUIRE(desk.see(900.0, 900.0, 100.0) == Kinds{would});
    const std::string first = desk.last.id;
    CHECK(desk.see(950.0, 900.0, 100.0).empty());  // A leaves
    desk.engine.open_epoch(desk.now);
    for (const char* symbol : {"BTC", "ETH", "SOL"}) desk.engine.apply(perpetual(symbol));
    (void)desk.engine.plan(10);
    desk.give(desk.image);
    REQUIRE(desk.see(900.0, 900.0, 100.0) == Kinds{would});
    CHECK(desk.last.id == first);
    for (int beats = 0; beats < 5; ++beats) desk.beat();
    REQUIRE(desk.see(900.0, 900.0, 100.0) == Kinds{would});
    CHECK(desk.last.id != first);
}

TEST_CASE("an isolated position does not make an empty account a fully hedged one",
          "[engine][isolated]") {
    EngineOptions options = IsolatedDesk::levels();
    options.rules.fully_hedged_stop_out = true;
    IsolatedDesk desk{options};
    desk.image.orders = {desk.image.orders[0]};
    desk.image.balance = 99.99;
    desk.give(desk.image);
    CHECK(desk.see(1'000.0, 1'000.0, 100.0).empty());
    CHECK(desk.engine.snapshot(desk.id, desk.now).verdict == Verdict::ok);
}

TEST_CASE("levels in money are no rule for an isolated position", "[engine][isolated]") {
    EngineOptions options = IsolatedDesk::levels();
    options.rules.level_unit = LevelUnit::money;
    IsolatedDesk desk{options};
    CHECK(desk.engine.snapshot(desk.id, desk.now).causes == Cause::bad_setting);
}

TEST_CASE("what an isolated position loses beyond its margin is no loss of a trader",
          "[engine][isolated][prop]") {
    EngineOptions options = IsolatedDesk::levels();
    options.rules.prop.drawdown = 20.0;
    options.rules.prop.initial_balance = 1'000.0;
    IsolatedDesk desk{options};
    CHECK(desk.see(500.0, 1'000.0, 100.0) == Kinds{would});
    const auto prop = desk.engine.explain(desk.id, desk.now).prop;
    REQUIRE(prop.has_value());
    REQUIRE(prop->reading.drawdown.figures.has_value());
    CHECK(prop->reading.drawdown.figures->loss == Money::from_minor(10'000));
}

TEST_CASE("the lines of an isolated position say no unknown where all is known",
          "[engine][isolated]") {
    const IsolatedDesk desk;
    for (const std::string& line : desk.engine.explain(desk.id, desk.now).steps) {
        CAPTURE(line);
        CHECK_FALSE(line.contains("unknown"));
    }
}
