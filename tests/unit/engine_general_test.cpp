// Accounts that the kernel cannot compute, in the engine.
#include <catch2/catch_test_macros.hpp>
#include <variant>

#include "margind/core/engine.hpp"

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
