#include "margind/core/market/conversion.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_floating_point.hpp>
#include <cmath>
#include <string_view>
#include <vector>

using namespace margind;
using Catch::Matchers::WithinULP;

namespace {

/// A board of quotes and a table of conversions over it.
struct Market {
    Market() : table{{currencies.intern("USD"), currencies.intern("EUR")}, currencies, symbols} {}

    RateId want(std::string_view from, std::string_view to) {
        const RateId id = table.intern(currencies.intern(from), currencies.intern(to));
        quotes.grow(symbols.size());
        settle();
        return id;
    }
    void quote(std::string_view symbol, double bid, double ask) {
        const SymbolId id = symbols.intern(symbol);
        quotes.grow(symbols.size());
        quotes.apply({.symbol = id, .bid = bid, .ask = ask}, {});
        settle();
    }
    void settle() {
        table.resolve(quotes);
        table.refresh(quotes.usable());
    }
    [[nodiscard]] RatePair rate(RateId id) const { return table.rates()[id.value]; }
    [[nodiscard]] bool is_unknown(RateId id) const {
        return std::isnan(rate(id).bid) && std::isnan(rate(id).ask);
    }

    Currencies currencies;
    Symbols symbols;
    QuoteBoard quotes{QuoteLimits{}};
    RateTable table;
};

}  // namespace

TEST_CASE("a currency is worth exactly itself", "[conversion]") {
    Market market;
    const RateId id = market.want("USD", "USD");
    CHECK(market.rate(id).bid == 1.0);
    CHECK(market.rate(id).ask == 1.0);
    CHECK(market.table.path(id).is_resolved);
    CHECK(market.table.path(id).step_count == 0);
}

TEST_CASE("a direct pair converts at its own sides", "[conversion]") {
    Market market;
    const RateId id = market.want("EUR", "USD");
    CHECK(market.is_unknown(id));
    market.quote("EURUSD", 1.0999, 1.1001);
    CHECK(market.rate(id).bid == 1.0999);
    CHECK(market.rate(id).ask == 1.1001);
    CHECK(market.want("EUR", "USD") == id);
}

TEST_CASE("an inverse pair converts by the other side", "[conversion]") {
    Market market;
    market.quote("USDJPY", 149.9, 150.0);
    const RateId id = market.want("JPY", "USD");
    CHECK(market.rate(id).bid == 1.0 / 150.0);  // what the client gets
    CHECK(market.rate(id).ask == 1.0 / 149.9);  // what the client pays
    CHECK(market.table.path(id).steps[0].is_inverse);
}

TEST_CASE("a direct pair goes before an inverse one, both before a hop", "[conversion]") {
    Market market;
    const RateId id = market.want("GBP", "CHF");
    market.quote("GBPUSD", 1.27, 1.2703);
    market.quote("USDCHF", 0.9, 0.9002);
    CHECK_THAT(market.rate(id).bid, WithinULP(1.27 * 0.9, 1));
    CHECK_THAT(market.rate(id).ask, WithinULP(1.2703 * 0.9002, 1));
    market.quote("CHFGBP", 0.87, 0.88);
    CHECK(market.rate(id).bid == 1.0 / 0.88);
    market.quote("GBPCHF", 1.14, 1.15);
    CHECK(market.rate(id).bid == 1.14);
    CHECK(market.rate(id).ask == 1.15);
}

TEST_CASE("a hop goes by the first pivot that has both stages", "[conversion]") {
    Market market;
    const RateId id = market.want("PLN", "SEK");
    market.quote("EURPLN", 4.3, 4.301);
    market.quote("EURSEK", 11.2, 11.21);
    // USD has no stage at all: by EUR, first stage inverse.
    CHECK_THAT(market.rate(id).bid, WithinULP(1.0 / 4.301 * 11.2, 1));
    CHECK_THAT(market.rate(id).ask, WithinULP(1.0 / 4.3 * 11.21, 1));
    market.quote("USDPLN", 3.9, 3.91);
    CHECK_THAT(market.rate(id).bid, WithinULP(1.0 / 4.301 * 11.2, 1));  // one stage is no path
    market.quote("USDSEK", 10.5, 10.51);
    CHECK_THAT(market.rate(id).bid, WithinULP(1.0 / 3.91 * 10.5, 1));
}

TEST_CASE("a missing rate is unknown, never one and never zero", "[conversion]") {
    Market market;
    const RateId id = market.want("PLN", "USD");
    market.quote("EURUSD", 1.1, 1.1002);
    CHECK(market.is_unknown(id));
    CHECK_FALSE(market.table.path(id).is_resolved);
    CHECK(market.table.path(id).step_count == 0);
}

TEST_CASE("a conversion in doubt is unknown even where another path exists", "[conversion]") {
    Market market;
    const RateId id = market.want("EUR", "USD");
    market.quote("USDEUR", 0.9, 0.91);
    market.quote("EURUSD", 1.1, 1.1002);
    market.quote("EURUSD", 1.2, 1.1);  // crossed
    CHECK(market.is_unknown(id));
}

TEST_CASE("a pair of which no good price has ever come is not passed over", "[conversion]") {
    for (const double bid : {1.2, not_a_price}) {
        CAPTURE(bid);
        Market market;
        const RateId id = market.want("EUR", "USD");
        market.quote("USDEUR", 0.9, 0.91);
        CHECK_FALSE(market.is_unknown(id));
        market.quote("EURUSD", bid, 1.1);  // crossed, or of one side
        CHECK(market.is_unknown(id));
        market.quote("EURUSD", 1.1, 1.1002);
        CHECK(market.rate(id).bid == 1.1);
    }
}

TEST_CASE("one side of a pair is no rate", "[conversion]") {
    Market market;
    const RateId id = market.want("EUR", "USD");
    market.quote("EURUSD", not_a_price, 1.1002);
    CHECK(market.is_unknown(id));
}

TEST_CASE("a symbol knows the conversions that go through it", "[conversion]") {
    Market market;
    const RateId direct = market.want("GBP", "USD");
    const RateId hop = market.want("GBP", "JPY");
    market.quote("GBPUSD", 1.27, 1.2703);
    market.quote("USDJPY", 149.9, 150.0);
    const auto users = [&](std::string_view symbol) {
        const auto span = market.table.users(market.symbols.find(symbol));
        return std::vector<RateId>(span.begin(), span.end());
    };
    CHECK(users("GBPUSD") == std::vector{direct, hop});
    CHECK(users("USDJPY") == std::vector{hop});
    CHECK(users("USDGBP").empty());
    CHECK(market.table.users(SymbolId{1'000'000}).empty());
}

TEST_CASE("every candidate symbol of a conversion is known at first sight", "[conversion]") {
    Market market;
    market.want("GBP", "JPY");
    for (const std::string_view symbol : {"GBPJPY", "JPYGBP", "GBPUSD", "USDGBP", "USDJPY",
                                          "JPYUSD", "GBPEUR", "EURGBP", "EURJPY", "JPYEUR"}) {
        CAPTURE(symbol);
        CHECK_FALSE(market.symbols.find(symbol).is_none());
    }
}
