// The rule set `platform` on values made by hand; recorded cases are in tests/golden.
#include "margind/core/valuation/platform_valuation.hpp"

#include <array>
#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "margind/core/market/conversion.hpp"

using namespace margind;

namespace {

constexpr std::int64_t now_ms = 1'700'000'000'000;

/// One account of the rule set, its market and its specifications.
struct World {
    World() {
        account.balance_real = 10'000.0;
        account.leverage = 100.0;
    }
    SymbolId quote(const std::string& name, double bid, double ask) {
        const SymbolId symbol = symbols.intern(name);
        quotes.grow(symbols.size());
        quotes.apply({.symbol = symbol, .bid = bid, .ask = ask}, {});
        return symbol;
    }
    /// The next order, by a specification of its own that it may change.
    PositionRecord& order(SymbolId symbol, Side side, double lots, double open) {
        specs.push_back(std::make_unique<InstrumentSpec>());
        InstrumentSpec& spec = *specs.back();
        spec.type = 1;
        spec.contract_size = 100'000.0;
        spec.profit = "USD";
        instruments.push_back({.own = &spec, .fallback = &spec, .is_usd = true});
        PositionRecord& record = orders.emplace_back();
        record.symbol = symbol;
        record.side = side;
        record.quantity = lots;
        record.open_price = open;
        return record;
    }
    void profit_in(const std::string& currency) {
        PlatformInstrument& instrument = instruments.back();
        instrument.is_usd = false;
        instrument.direct = symbols.intern(currency + "USD");
        instrument.inverse = symbols.intern("USD" + currency);
        quotes.grow(symbols.size());
    }
    [[nodiscard]] PlatformFigures value() const {
        return value_platform_account(account, orders, instruments, quotes, platform_rules(),
                                      now_ms);
    }

    Symbols symbols;
    QuoteBoard quotes{QuoteLimits{}};
    AccountRecord account;
    std::vector<std::unique_ptr<InstrumentSpec>> specs;
    std::vector<PlatformInstrument> instruments;
    std::vector<PositionRecord> orders;
};

bool has(const PlatformFigures& figures, Degraded reason) {
    return (figures.degraded & std::to_underlying(reason)) != 0;
}

}  // namespace

TEST_CASE("figures are doubles in the platform's order of operations", "[platform]") {
    World world;
    const SymbolId eurusd = world.quote("EURUSD", 1.1, 1.1002);
    world.order(eurusd, Side::sell, 1.0, 1.095);
    const PlatformFigures figures = world.value();
    CHECK(figures.open_pnl == (1.095 - 1.1002) * 1.0 * 100'000.0);
    CHECK(figures.equity == 10'000.0 + figures.open_pnl);
    CHECK(figures.used_margin_executed == 100'000.0 * 1.0 * 1.1002 / 100.0);
    CHECK(figures.used_margin_all == figures.used_margin_executed);
    CHECK(figures.level == figures.equity / figures.used_margin_executed * 100.0);
    CHECK(figures.degraded == 0);
}

TEST_CASE("swap and commission are converted with the profit", "[platform]") {
    World world;
    const SymbolId usdjpy = world.quote("USDJPY", 150.0, 150.02);
    PositionRecord& order = world.order(usdjpy, Side::sell, 0.5, 151.0);
    order.swap = -2.0;
    order.commission = 3.5;
    world.profit_in("JPY");
    CHECK(world.value().open_pnl == ((151.0 - 150.02) * 0.5 * 100'000.0 - 2.0 - 3.5) / 150.02);
}

TEST_CASE("an order that is neither buy nor sell makes nothing but its costs", "[platform]") {
    World world;
    PositionRecord& order = world.order(world.quote("EURUSD", 1.1, 1.1), Side::other, 1.0, 1.0);
    order.swap = 5.0;
    CHECK(world.value().open_pnl == 5.0);
    CHECK(world.value().used_margin_executed == 0.0);  // neither bought nor sold lots
}

TEST_CASE("the account's own symbols convert before the stored ones, direct before inverse",
          "[platform]") {
    World world;
    const SymbolId ger40 = world.quote("GER40", 18'000.0, 18'000.0);
    world.order(ger40, Side::buy, 1.0, 17'999.0);
    world.specs.back()->contract_size = 1.0;
    world.profit_in("EUR");
    CHECK(has(world.value(), Degraded::missing_conversion));
    const SymbolId inverse = world.quote("USDEUR", 0.9, 0.92);
    CHECK(world.value().open_pnl == 1.0 / 0.92);  // stored inverse
    world.quote("EURUSD", 1.1, 1.25);
    CHECK(world.value().open_pnl == 1.25);  // stored direct
    world.order(inverse, Side::buy, 0.0, 0.9);
    CHECK(world.value().open_pnl == 1.0 / 0.92);  // own inverse goes before stored direct
}

TEST_CASE("a pair without an ask is passed over", "[platform]") {
    World world;
    world.order(world.quote("GER40", 18'000.0, 18'000.0), Side::buy, 1.0, 17'999.0);
    world.specs.back()->contract_size = 1.0;
    world.profit_in("EUR");
    world.quote("EURUSD", 1.1, not_a_price);
    world.quote("USDEUR", 0.9, 0.92);
    CHECK(world.value().open_pnl == 1.0 / 0.92);
}

TEST_CASE("missing numbers count as zero", "[platform]") {
    World world;
    const SymbolId eurusd = world.quote("EURUSD", 1.1, 1.1002);
    world.order(eurusd, Side::buy, not_a_price, 1.0);
    CHECK(world.value().open_pnl == 0.0);
    world.orders.back().quantity = 1.0;
    world.orders.back().open_price = not_a_price;
    CHECK(world.value().open_pnl == 1.1 * 1.0 * 100'000.0);
    World one_side;
    one_side.order(one_side.quote("ONLYASK", not_a_price, 5.0), Side::buy, 1.0, 5.0);
    one_side.specs.back()->contract_size = 100.0;
    CHECK(one_side.value().open_pnl == -500.0);  // the missing bid is 0
    CHECK(one_side.value().degraded == 0);
}

TEST_CASE("an order is skipped for the first reason that holds", "[platform]") {
    World world;
    const SymbolId eurusd = world.quote("EURUSD", 1.1, 1.1002);
    const SymbolId unquoted = world.symbols.intern("NOPRICE");
    world.quotes.grow(world.symbols.size());

    SECTION("an index entry without its hash") {
        world.order(eurusd, Side::buy, 1.0, 1.0).is_dangling = true;
        CHECK(world.value().degraded == std::to_underlying(Degraded::orders_skipped));
    }
    SECTION("no symbol") {
        world.order(SymbolId{}, Side::buy, 1.0, 1.0);
        CHECK(world.value().degraded == std::to_underlying(Degraded::orders_skipped));
    }
    SECTION("no price, whatever else is missing") {
        world.order(unquoted, Side::buy, 1.0, 1.0);
        world.specs.back()->contract_size.reset();
        CHECK(has(world.value(), Degraded::missing_prices));
        CHECK_FALSE(has(world.value(), Degraded::missing_group_data));
    }
    SECTION("contract size that is no number") {
        world.order(eurusd, Side::buy, 1.0, 1.0);
        world.specs.back()->contract_size = not_a_price;
        CHECK(has(world.value(), Degraded::missing_group_data));
    }
    SECTION("no profit currency, and the margin is still used") {
        world.order(eurusd, Side::buy, 1.0, 1.0);
        world.specs.back()->profit.clear();
        world.instruments.back().is_usd = false;
        CHECK(world.value().degraded == std::to_underlying(Degraded::orders_skipped));
        CHECK(world.value().used_margin_executed == 100'000.0 * 1.0 * 1.1002 / 100.0);
    }
    SECTION("no rate, and the margin stays as it is") {
        world.order(eurusd, Side::buy, 1.0, 1.0);
        world.profit_in("PLN");
        CHECK(has(world.value(), Degraded::missing_conversion));
        CHECK(world.value().used_margin_executed == 100'000.0 * 1.0 * 1.1002 / 100.0);
    }
    CHECK(world.value().orders_skipped == 1);
    CHECK(world.value().error == PlatformError::none);
    CHECK(world.value().equity == 10'000.0);
}

TEST_CASE("no contract size, no leverage and no margin is fatal", "[platform]") {
    World world;
    world.order(world.quote("EURUSD", 1.1, 1.1), Side::buy, 1.0, 1.0);
    world.specs.back()->contract_size.reset();
    world.account.leverage = 0.0;
    CHECK(world.value().error == PlatformError::missing_contract_size);
    world.orders.back().margin = 10.0;
    CHECK(world.value().error == PlatformError::none);
    world.orders.back().margin = 0.0;
    world.account.leverage = 1.0;
    CHECK(world.value().error == PlatformError::none);
}

TEST_CASE("without a balance nothing is computed", "[platform]") {
    World world;
    world.account.balance_real = not_a_price;
    CHECK(world.value().error == PlatformError::missing_balance);
}

TEST_CASE("leverage of zero or below divides by one", "[platform]") {
    World world;
    world.order(world.quote("EURUSD", 1.1, 1.1002), Side::buy, 1.0, 1.1);
    world.account.leverage = -5.0;
    CHECK(world.value().used_margin_executed == 100'000.0 * 1.1002);
}

TEST_CASE("crypto margin is at the order's price, times its factor", "[platform]") {
    World world;
    const SymbolId btcusd = world.quote("BTCUSD", 60'000.0, 60'010.0);
    world.order(btcusd, Side::buy, 0.1, 50'000.0);
    InstrumentSpec& spec = *world.specs.back();
    spec.type = 4;
    spec.contract_size = 1.0;
    CHECK(world.value().used_margin_executed == 1.0 * 0.1 * 50'000.0 / 100.0 / 0.1 * 0.1);
    spec.margin = 2.5;
    CHECK(round_cents(world.value().used_margin_executed) == 125.0);
    spec.crypto_margin_factor = 3.0;
    CHECK(round_cents(world.value().used_margin_executed) == 150.0);
    world.orders.back().open_price = not_a_price;
    CHECK(round_cents(world.value().used_margin_executed) == 180.03);  // the ask stands in
}

TEST_CASE("a symbol costs its dearest lot times its larger side", "[platform]") {
    World world;
    const SymbolId btcusd = world.quote("BTCUSD", 60'000.0, 60'010.0);
    for (const auto& [side, lots, open] : {std::tuple{Side::buy, 1.0, 50'000.0},
                                           {Side::sell, 1.0, 62'000.0},
                                           {Side::buy, 2.0, 40'000.0}}) {
        world.order(btcusd, side, lots, open);
        world.specs.back()->type = 4;
        world.specs.back()->contract_size = 1.0;
    }
    CHECK(world.value().used_margin_executed == 620.0 * 3.0);
}

TEST_CASE("margin falls back to no other group", "[platform]") {
    World world;
    world.order(world.quote("XAUUSD", 2400.0, 2400.5), Side::buy, 1.0, 2390.0);
    world.instruments.back().own = nullptr;
    CHECK(world.value().open_pnl == (2400.0 - 2390.0) * 1.0 * 100'000.0);
    CHECK(world.value().used_margin_executed == 0.0);
}

TEST_CASE("a young stored margin is kept, an old one recomputed", "[platform]") {
    World world;
    world.order(world.quote("EURUSD", 1.1, 1.1002), Side::buy, 1.0, 1.1);
    const double fresh = world.value().used_margin_executed;
    world.account.stored = {.executed = 700.0, .all = 900.0, .ts_ms = now_ms - 60'000};
    CHECK(world.value().used_margin_executed == 700.0);
    CHECK(world.value().used_margin_all == 900.0);
    world.account.stored.ts_ms = now_ms - 60'001;
    CHECK(world.value().used_margin_executed == fresh);
    CHECK(world.value().used_margin_all == fresh);
    world.account.stored = {.executed = 0.0, .all = 0.0, .ts_ms = now_ms};
    CHECK(world.value().used_margin_executed == fresh);
    world.account.stored = {.executed = 0.0, .all = 5.0, .ts_ms = now_ms};
    CHECK(world.value().used_margin_executed == 0.0);
    CHECK(world.value().level == 0.0);
}

TEST_CASE("without open orders the stored margin stays", "[platform]") {
    World world;
    world.account.stored = {.executed = 700.0, .all = 900.0, .ts_ms = now_ms - 1'000'000};
    CHECK(world.value().used_margin_executed == 700.0);
    CHECK(world.value().free_margin() == 9'300.0);
}

TEST_CASE("cents are those that printf prints", "[platform]") {
    CHECK(round_cents(2.675) == 2.67);  // the double is a little less
    CHECK(round_cents(0.125) == 0.12);  // an exact half goes to the even digit
    CHECK(round_cents(0.375) == 0.38);
    CHECK(round_cents(-0.125) == -0.12);
    CHECK(round_cents(1e300) == 1e300);
    std::mt19937_64 random{3};
    for (int i = 0; i < 50'000; ++i) {
        const double value = (static_cast<double>(random() % 2'000'000'000) - 1e9) / 1'000.0 *
                             std::pow(10.0, static_cast<int>(random() % 8) - 2);
        std::array<char, 400> text{};
        std::snprintf(text.data(), text.size(), "%.2f", value);
        REQUIRE(round_cents(value) == std::strtod(text.data(), nullptr));
    }
}
