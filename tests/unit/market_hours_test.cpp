#include "app/market_hours.hpp"

#include <catch2/catch_test_macros.hpp>

#include "support/desk.hpp"

namespace margind::test {
namespace {

constexpr std::int64_t friday_noon_ms = 1'795'176'000'000;  // 2026-11-20 12:00 UTC
constexpr std::int64_t day_ms = 86'400'000;

app::SessionCalendar weekdays_in_london() {
    app::SessionSettings fx;
    fx.name = "fx";
    fx.time_zone = "Europe/London";
    fx.open = {"Mon 00:00-Sat 00:00"};
    fx.symbols = {"EUR*"};
    fx.asset_classes = {"forex_major"};
    auto calendar = app::SessionCalendar::make(std::vector{fx});
    REQUIRE(calendar.has_value());
    return std::move(*calendar);
}

struct Hours {
    Session of(const std::string& symbol, std::int64_t wall_ms) {
        const SymbolId id = desk.engine.intern_symbol(symbol);
        hours.tell(desk.engine, {0, wall_ms});
        return desk.engine.quotes().session(id);
    }
    Desk desk;
    app::MarketHours hours{weekdays_in_london()};
};

TEST_CASE("symbols trade when their class does", "[sessions]") {
    Hours hours;
    CHECK(hours.of("EURUSD", friday_noon_ms) == Session::open);
    CHECK(hours.of("EURUSD", friday_noon_ms + day_ms) == Session::closed);
    CHECK(hours.of("XAUUSD", friday_noon_ms + day_ms) == Session::open);    // of no class
    CHECK(hours.of("EURGBP", friday_noon_ms + day_ms) == Session::closed);  // new meanwhile
    CHECK(hours.of("EURUSD", friday_noon_ms + 3 * day_ms) == Session::open);
}

TEST_CASE("a specification that comes later brings its class, or a halt, with it", "[sessions]") {
    Hours hours;
    const std::int64_t saturday_ms = friday_noon_ms + day_ms;
    CHECK(hours.of("GBPUSD", saturday_ms) == Session::open);
    InstrumentSpec pound = spec("GBPUSD", "forex", 100'000.0, "USD");
    pound.asset_class = "forex_major";
    hours.desk.engine.apply(pound);
    CHECK(hours.of("GBPUSD", saturday_ms) == Session::closed);
    pound.session = "halted";
    hours.desk.engine.apply(pound);
    CHECK(hours.of("GBPUSD", friday_noon_ms) == Session::halted);
    pound.session = "open";  // does not open what the calendar closes
    hours.desk.engine.apply(pound);
    CHECK(hours.of("GBPUSD", friday_noon_ms) == Session::open);
    CHECK(hours.of("GBPUSD", saturday_ms) == Session::closed);
}

TEST_CASE("a specification without a class has the one that follows from its mode", "[sessions]") {
    Hours hours;
    const std::int64_t saturday_ms = friday_noon_ms + day_ms;
    hours.desk.engine.apply(spec("GBPUSD", "forex", 100'000.0, "USD"));
    CHECK(hours.of("GBPUSD", saturday_ms) == Session::closed);
    hours.desk.engine.apply(spec("GBPTRY", "forex", 100'000.0, "TRY"));  // no major
    CHECK(hours.of("GBPTRY", saturday_ms) == Session::open);
}

}  // namespace
}  // namespace margind::test
