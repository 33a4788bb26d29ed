// Accounts that the kernel cannot compute, in the engine.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <optional>
#include <variant>

#include "margind/core/engine/engine.hpp"

using namespace margind;

namespace {

const AccountKey key{"live", "1"};

Moment at(std::int64_t ms) { return {ms, 1'400'000'000'000 + ms}; }

InstrumentSpec forex(const std::string& symbol) {
    InstrumentSpec spec{.group = "Standard", .symbol = symbol};
    spec.contract_size = 100'000.0;
    spec.profit = "USD";
    spec.type = 1;
    return spec;
}

OrderImage order(const std::string& id, const std::string& symbol, double lots, double price,
                 OrderKind kind = OrderKind::position) {
    OrderImage order{.id = id, .kind = kind, .symbol = symbol, .side = Side::buy};
    order.open_price = price;
    order.quantity = lots;
    order.volume = Volume::from_raw(static_cast<std::int64_t>(lots * Volume::per_lot));
    return order;
}

/// One account in USD at 1:100.
struct Desk {
    explicit Desk(std::vector<OrderImage> orders) : engine{{}} {
        engine.apply(forex("EURUSD"));
        tick("EURUSD", 1.1);
        AccountImage image{.key = key, .balance = 10'000.0, .leverage = 100.0};
        image.orders = std::move(orders);
        engine.apply(image, at(0));
        beat();
    }
    void tick(std::string_view symbol, double price) {
        engine.apply({.symbol = engine.intern_symbol(symbol), .bid = price, .ask = price}, at(0));
    }
    void beat() { engine.recompute(at(now_ms += 200)); }
    [[nodiscard]] Snapshot snapshot() const {
        return engine.snapshot(engine.find_account(key), at(now_ms));
    }
    [[nodiscard]] Money margin() const {
        return std::get<StandardFigures>(snapshot().figures).valuation.margin;
    }

    Engine engine;
    std::int64_t now_ms = 0;
};

}  // namespace

TEST_CASE("pairs that only an order converts through are asked for, and unknown until they come",
          "[engine]") {
    Engine engine{{}};
    InstrumentSpec spec{.group = "Standard", .symbol = "GER40"};
    spec.contract_size = 1.0;
    spec.calc_mode = "cfd";
    spec.profit_currency = "EUR";
    engine.apply(spec);
    AccountImage image{.key = key, .balance = 10'000.0, .leverage = 100.0};
    image.orders = {order("1", "GER40", 1.0, 18'000.0, OrderKind::limit)};
    engine.apply(image, at(0));
    engine.recompute(at(200));
    CHECK(engine.snapshot(engine.find_account(key), at(200)).causes == Cause::no_rate);
    const SymbolId pair = engine.find_symbol("EURUSD");
    REQUIRE_FALSE(pair.is_none());
    CHECK_FALSE(engine.quotes().is_quoted(pair));
    const Need need = engine.plan(10);
    CHECK(std::ranges::find(need.prices, pair) != need.prices.end());
    engine.apply({.symbol = pair, .bid = 1.0999, .ask = 1.1001}, at(300));
    engine.recompute(at(400));
    const Snapshot snapshot = engine.snapshot(engine.find_account(key), at(400));
    CHECK(std::get<StandardFigures>(snapshot.figures).valuation.margin ==
          Money::from_minor(1'980'180));
}

TEST_CASE("tiers whose notional cannot be converted leave the account UNKNOWN, not without margin",
          "[engine]") {
    const auto causes_of = [](HedgedMargin hedged, std::optional<double> weight) {
        Engine engine{{.rules = {.hedged_margin = hedged}}};
        InstrumentSpec spec{.group = "Standard", .symbol = "US500"};
        spec.contract_size = 1.0;
        spec.calc_mode = "cfd";
        spec.profit_currency = "USD";
        spec.tiers = {{.from = 0.0, .rate = 0.1}, {.from = 100'000.0, .rate = 0.2}};
        spec.tier_basis = "notional";
        spec.tier_currency = "EUR";
        spec.tier_hedged_weight = weight;
        engine.apply(spec);
        AccountImage image{.key = key, .balance = 10'000.0};
        image.orders = {order("1", "US500", 1.0, 5'000.0)};
        image.orders[0].side = Side::sell;
        engine.apply(image, at(0));
        engine.apply({.symbol = engine.find_symbol("US500"), .bid = 5'000.0, .ask = 5'000.0},
                     at(0));
        engine.recompute(at(200));
        return engine.snapshot(engine.find_account(key), at(200)).causes;
    };
    CHECK(causes_of(HedgedMargin::larger_leg, std::nullopt) == Cause::no_rate);
    CHECK(causes_of(HedgedMargin::larger_leg, 0.5) == Cause::no_rate);
    CHECK(causes_of(HedgedMargin::basic, std::nullopt) == Cause::no_rate);
    CHECK(causes_of(HedgedMargin::basic, 0.5) == Cause::no_rate);
}

TEST_CASE("a pending order reserves margin beside the positions", "[engine]") {
    const Desk desk{
        {order("1", "EURUSD", 1.0, 1.1), order("2", "EURUSD", 1.0, 1.0, OrderKind::limit)}};
    CHECK(desk.snapshot().verdict == Verdict::ok);
    CHECK(desk.margin() == Money::from_minor(220'000));
}

TEST_CASE("a pending order's specification may come after it", "[engine]") {
    Desk desk{{order("1", "EURUSD", 1.0, 1.1), order("2", "GBPUSD", 1.0, 1.5, OrderKind::stop)}};
    CHECK(desk.snapshot().causes == Cause::no_instrument);
    desk.engine.apply(forex("GBPUSD"));
    desk.tick("GBPUSD", 1.5);
    desk.beat();
    CHECK(desk.snapshot().causes.none());
    CHECK(desk.margin() == Money::from_minor(110'000 + 150'000));
}

TEST_CASE("tiers that a specification gains take hold of an account in peace", "[engine]") {
    Desk desk{{order("1", "EURUSD", 2.0, 1.1)}};
    CHECK(desk.margin() == Money::from_minor(220'000));
    InstrumentSpec tiered = forex("EURUSD");
    tiered.tiers = {{.from = 0.0, .rate = 1.0}, {.from = 1.0, .rate = 3.0}};
    desk.engine.apply(tiered);
    desk.beat();
    CHECK(desk.margin() == Money::from_minor(440'000));
    desk.tick("EURUSD", 1.2);
    desk.beat();
    CHECK(desk.margin() == Money::from_minor(480'000));
    desk.engine.apply(forex("EURUSD"));
    desk.beat();
    CHECK(desk.margin() == Money::from_minor(240'000));
}

TEST_CASE("a pending order without a price or a volume leaves its account UNKNOWN", "[engine]") {
    OrderImage bad = order("2", "EURUSD", 1.0, 1.0, OrderKind::limit);
    bad.open_price.reset();
    CHECK(Desk{{order("1", "EURUSD", 1.0, 1.1), bad}}.snapshot().causes == Cause::bad_order);
    bad = order("2", "EURUSD", 1.0, 1.0, OrderKind::limit);
    bad.volume.reset();
    CHECK(Desk{{order("1", "EURUSD", 1.0, 1.1), bad}}.snapshot().causes == Cause::bad_order);
}

TEST_CASE("an account that needs a mark price is UNKNOWN without one", "[engine]") {
    EngineOptions options;
    options.rules.valuation_price = ValuationPrice::mark;
    Engine engine{options};
    engine.apply(forex("EURUSD"));
    const SymbolId eurusd = engine.intern_symbol("EURUSD");
    engine.apply({.symbol = eurusd, .bid = 1.1, .ask = 1.1}, at(0));
    AccountImage image{.key = key, .balance = 10'000.0, .leverage = 100.0};
    image.orders = {order("1", "EURUSD", 1.0, 1.1)};
    engine.apply(image, at(0));
    engine.recompute(at(200));
    const AccountId account = engine.find_account(key);
    CHECK(engine.snapshot(account, at(200)).causes == Cause::no_price);
    engine.apply({.symbol = eurusd, .bid = 1.1, .ask = 1.1, .marks = {.mark = 1.11}}, at(300));
    engine.recompute(at(400));
    CHECK(engine.snapshot(account, at(400)).verdict == Verdict::ok);
}

TEST_CASE("a pending order alone converts by pairs that nothing else has named", "[engine]") {
    Desk desk{{}};
    InstrumentSpec index = forex("JPN225");
    index.type = 3;  // CFD with leverage
    index.contract_size = 10.0;
    index.profit = "JPY";
    desk.engine.apply(index);
    desk.tick("JPN225", 40'000.0);
    desk.tick("USDJPY", 160.0);
    AccountImage image{.key = key, .balance = 10'000.0, .leverage = 100.0};
    image.orders = {order("1", "JPN225", 1.0, 40'000.0, OrderKind::limit)};
    desk.engine.apply(image, at(0));
    desk.beat();
    CHECK(desk.snapshot().causes.none());
    CHECK(desk.margin() == Money::from_minor(2'500));  // 4,000 yen
}

TEST_CASE("netted, nothing is held both ways: an order converts by its own side", "[engine]") {
    EngineOptions options;
    options.rules.margin_conversion = MarginConversion::by_composition;
    options.rules.margin_mode = MarginMode::netting;
    Engine engine{options};
    engine.apply(forex("EURUSD"));
    engine.apply({.symbol = engine.intern_symbol("EURUSD"), .bid = 1.0, .ask = 1.2}, at(0));
    AccountImage image{.key = key, .balance = 10'000.0, .leverage = 100.0};
    OrderImage sold = order("2", "EURUSD", 1.0, 1.1);
    sold.side = Side::sell;
    image.orders = {order("1", "EURUSD", 2.0, 1.1), sold,
                    order("3", "EURUSD", 1.0, 1.1, OrderKind::limit)};
    engine.apply(image, at(0));
    engine.recompute(at(200));
    const Snapshot snapshot = engine.snapshot(engine.find_account(key), at(200));
    // A lot net long and a lot to buy, both at the bid.
    CHECK(std::get<StandardFigures>(snapshot.figures).valuation.margin ==
          Money::from_minor(200'000));
}

TEST_CASE("netted, an order against the position reaches into tiers with what exceeds it",
          "[engine]") {
    Desk desk{{}};
    InstrumentSpec tiered = forex("EURUSD");
    tiered.tiers = {{.from = 0.0, .rate = 1.0}, {.from = 1.0, .rate = 3.0}};
    desk.engine.apply(tiered);
    AccountImage image{.key = key, .balance = 10'000.0, .leverage = 100.0};
    image.margin_mode = MarginMode::netting;
    OrderImage against = order("2", "EURUSD", 3.0, 1.1, OrderKind::limit);
    against.side = Side::sell;
    image.orders = {order("1", "EURUSD", 1.0, 1.1), against};
    desk.engine.apply(image, at(0));
    desk.beat();
    // Of three lots two would be left: one at 1, one at 3.
    CHECK(desk.margin() == Money::from_minor(110'000 + 330'000));
}

TEST_CASE("an account that is gone from the store is not explained by what has changed since",
          "[engine]") {
    InstrumentSpec tiered = forex("EURUSD");
    tiered.tiers = {{.from = 0.0, .rate = 1.0}, {.from = 1.0, .rate = 3.0}};
    for (const InstrumentSpec& before : {forex("EURUSD"), tiered}) {
        Desk desk{{}};
        desk.engine.apply(before);
        AccountImage image{.key = key, .balance = 10'000.0, .leverage = 100.0};
        image.orders = {order("1", "EURUSD", 1.0, 1.1)};
        desk.engine.apply(image, at(0));
        desk.beat();
        CHECK(desk.snapshot().verdict == Verdict::ok);
        image.exists = false;
        desk.engine.apply(image, at(0));
        InstrumentSpec other = before;
        other.margin_currency = "USD";
        for (const auto& size : {std::optional{100'000.0}, std::optional<double>{}}) {
            other.contract_size = size;
            desk.engine.apply(other);
            desk.beat();
            CHECK(desk.snapshot().causes == Cause::image_missing);
            const Explanation all = desk.engine.explain(desk.engine.find_account(key), at(400));
            REQUIRE(all.positions.size() == 1);
            CHECK_FALSE(all.positions[0].is_margin_known);
            CHECK(all.positions[0].causes == Cause::image_missing);
        }
    }
}

TEST_CASE("basic hedging takes what an order costs through the tiers before it is rounded",
          "[engine]") {
    EngineOptions options;
    options.rules.hedged_margin = HedgedMargin::basic;
    Engine engine{options};
    InstrumentSpec tiered = forex("EURUSD");
    tiered.tiers = {{.from = 0.0, .rate = 3.0}};
    engine.apply(tiered);
    engine.apply({.symbol = engine.intern_symbol("EURUSD"), .bid = 1.1, .ask = 1.1}, at(0));
    AccountImage image{.key = key, .balance = 10'000.0, .leverage = 100.0};
    // 1.10 and 0.0044, three times.
    image.orders = {order("1", "EURUSD", 0.001, 1.1),
                    order("2", "EURUSD", 0.000004, 1.1, OrderKind::limit)};
    engine.apply(image, at(0));
    engine.recompute(at(200));
    const Snapshot snapshot = engine.snapshot(engine.find_account(key), at(200));
    CHECK(std::get<StandardFigures>(snapshot.figures).valuation.margin == Money::from_minor(331));
}

TEST_CASE("a given P/L that does not fit is an overflow, and no reason to value it instead",
          "[engine]") {
    for (const double pnl : {-1e300, 1e300, 90'071'992'547'409.92, not_a_price}) {
        CAPTURE(pnl);
        OrderImage given = order("1", "EURUSD", 1.0, 1.1);
        given.given_pnl = pnl;
        const Desk desk{{given}};
        CHECK(desk.snapshot().verdict == Verdict::unknown);
        CHECK(desk.snapshot().causes == Cause::overflow);
    }
    OrderImage given = order("1", "EURUSD", 1.0, 1.1);
    given.given_pnl = -12.34;
    const Desk desk{{given}};
    CHECK(std::get<StandardFigures>(desk.snapshot().figures).valuation.pnl ==
          Money::from_minor(-1'234));
}

TEST_CASE("an account's level with more than two decimals is a bad setting", "[engine]") {
    const auto causes_of = [](std::optional<double> margin_call, std::optional<double> stop_out) {
        Desk desk{{}};
        AccountImage image{.key = key, .balance = 10'000.0, .leverage = 100.0};
        image.margin_call_level = margin_call;
        image.stop_out_level = stop_out;
        desk.engine.apply(image, at(300));
        desk.beat();
        return desk.snapshot().causes;
    };
    CHECK(causes_of(100.25, 50.5).none());
    CHECK(causes_of(100.005, std::nullopt) == Cause::bad_setting);
    CHECK(causes_of(std::nullopt, 49.994) == Cause::bad_setting);
}
