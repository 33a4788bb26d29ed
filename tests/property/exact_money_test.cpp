// The engine computes with doubles and rounds once. Here the same formulas are worked out in whole
// numbers of 128 bits from the decimal digits of the inputs, and nothing may be further away from
// them than one minor unit.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_range.hpp>
#include <cmath>

#include "support/desk.hpp"
#include "support/random.hpp"

using namespace margind;
using namespace margind::test;

namespace {

using Wide = __int128;

constexpr std::int64_t points_per_unit = 100'000;  // prices and rates have five decimals

Wide power_of_ten(int exponent) { return exponent == 0 ? 1 : 10 * power_of_ten(exponent - 1); }

/// numerator / denominator to the nearest whole number, halves away from zero.
Wide rounded(Wide numerator, Wide denominator) {
    const Wide magnitude = numerator < 0 ? -numerator : numerator;
    const Wide quotient = (magnitude + denominator / 2) / denominator;
    return numerator < 0 ? -quotient : quotient;
}

Wide distance(Wide a, Wide b) { return a < b ? b - a : a - b; }

/// One position and its market, every number a whole number of its last decimal.
struct Trade {
    std::string mode;
    Side side = Side::buy;
    std::int64_t volume_raw = 0;  // 10⁻⁸ lot
    std::int64_t contract_size = 0;
    std::int64_t open_points = 0;
    std::int64_t bid_points = 0;
    std::int64_t ask_points = 0;
    std::int64_t leverage = 1;
    std::string currency;  // profit, margin and account currency in one
    int digits = 2;

    [[nodiscard]] bool is_forex() const { return mode == "forex" || mode == "forex_no_leverage"; }
    [[nodiscard]] std::int64_t sign() const { return side == Side::buy ? 1 : -1; }
};

Trade random_trade(Random& random) {
    Trade trade;
    trade.mode = random.pick({"forex", "forex_no_leverage", "cfd", "cfd_leverage"});
    trade.side = random.chance(0.5) ? Side::buy : Side::sell;
    trade.volume_raw = random.between(1, random.chance(0.5) ? 10'000 : 50) * 1'000'000;
    if (random.chance(0.1)) trade.volume_raw = random.between(1, 100 * Volume::per_lot);
    trade.contract_size = random.pick({1, 10, 100, 1'000, 100'000});
    trade.open_points = random.between(1, random.chance(0.5) ? 300'000 : 5'000'000'000);
    trade.bid_points = std::max<std::int64_t>(
        1, trade.open_points + random.between(-trade.open_points / 2, trade.open_points / 2));
    trade.ask_points = trade.bid_points + random.between(0, 100);
    trade.leverage = random.pick({1, 3, 7, 30, 100, 500});
    const bool is_yen = random.chance(0.3);
    trade.currency = is_yen ? "JPY" : random.pick({"USD", "KWD"});
    trade.digits = is_yen ? 0 : trade.currency == "KWD" ? 3 : 2;
    return trade;
}

/// `points` of price times the position's units, in minor units of the currency.
Wide value_of(const Trade& trade, std::int64_t points) {
    const Wide numerator = Wide{points} * trade.volume_raw * trade.contract_size *
                           power_of_ten(trade.digits) * trade.sign();
    return rounded(numerator, Wide{points_per_unit} * Volume::per_lot);
}

Wide exact_pnl(const Trade& trade) {
    const std::int64_t close = trade.side == Side::buy ? trade.bid_points : trade.ask_points;
    if (trade.is_forex()) return value_of(trade, close) - value_of(trade, trade.open_points);
    return value_of(trade, close - trade.open_points);
}

Wide exact_margin(const Trade& trade) {
    Wide numerator = Wide{trade.volume_raw} * trade.contract_size * power_of_ten(trade.digits);
    Wide denominator = Volume::per_lot;
    if (trade.mode == "forex" || trade.mode == "cfd_leverage") denominator *= trade.leverage;
    if (!trade.is_forex()) {
        numerator *= trade.side == Side::buy ? trade.ask_points : trade.bid_points;
        denominator *= points_per_unit;
    }
    return rounded(numerator, denominator);
}

double from_points(std::int64_t points) {
    return static_cast<double>(points) / static_cast<double>(points_per_unit);
}

Valuation value_of(const Trade& trade) {
    Desk desk;
    InstrumentSpec instrument =
        spec("SYMBOL", trade.mode, static_cast<double>(trade.contract_size), trade.currency);
    instrument.base_currency = trade.currency;
    desk.engine.apply(instrument);
    desk.tick("SYMBOL", from_points(trade.bid_points), from_points(trade.ask_points));
    AccountImage image = account(
        {"live", "1"}, 0.0,
        {order("1", "SYMBOL", trade.side, trade.volume_raw, from_points(trade.open_points))});
    image.currency = trade.currency;
    image.leverage = static_cast<double>(trade.leverage);
    const AccountId id = desk.give(image);
    desk.beat();
    return desk.figures(id);
}

}  // namespace

TEST_CASE("profit and margin of a position are within one minor unit of exact", "[property]") {
    const int seed = GENERATE(range(1, 21));
    CAPTURE(seed);
    Random random{static_cast<std::uint64_t>(seed)};
    int equal = 0;
    constexpr int trades = 500;
    for (int i = 0; i < trades; ++i) {
        const Trade trade = random_trade(random);
        CAPTURE(trade.mode, trade.sign(), trade.volume_raw, trade.contract_size, trade.open_points,
                trade.bid_points, trade.ask_points, trade.leverage, trade.currency);
        const Valuation found = value_of(trade);
        REQUIRE(found.causes.none());
        const Wide pnl_error = distance(found.pnl.minor(), exact_pnl(trade));
        const Wide margin_error = distance(found.margin.minor(), exact_margin(trade));
        REQUIRE(pnl_error <= 1);
        REQUIRE(margin_error <= 1);
        equal += pnl_error == 0 && margin_error == 0 ? 1 : 0;
    }
    CHECK(equal > trades * 9 / 10);
}

TEST_CASE("a converted profit is within one minor unit of the exact conversion", "[property]") {
    const int seed = GENERATE(range(1, 11));
    CAPTURE(seed);
    Random random{static_cast<std::uint64_t>(seed)};
    for (int i = 0; i < 500; ++i) {
        const std::int64_t profit_minor = random.between(-2'000'000'000, 2'000'000'000);
        const std::int64_t bid = random.between(1, 20'000'000);
        const std::int64_t ask = bid + random.between(0, 50);
        const int digits = random.chance(0.5) ? 2 : 0;
        CAPTURE(profit_minor, bid, ask, digits);
        Desk desk;
        // One unit, bought at zero: its price is its profit, in cents.
        desk.engine.apply(spec("PROFIT", "cfd", 1.0, "CHF"));
        const double price = static_cast<double>(std::abs(profit_minor)) / 100.0 + 1.0;
        desk.tick("PROFIT", price, price);
        const std::string currency = digits == 2 ? "SEK" : "JPY";
        desk.tick("CHF" + currency, from_points(bid), from_points(ask));
        const Side side = profit_minor < 0 ? Side::sell : Side::buy;
        AccountImage image =
            account({"live", "1"}, 0.0, {order("1", "PROFIT", side, Volume::per_lot, 1.0)});
        image.currency = currency;
        const AccountId id = desk.give(image);
        desk.beat();
        const Wide rate = profit_minor < 0 ? ask : bid;
        const Wide exact =
            rounded(Wide{profit_minor} * rate * power_of_ten(digits), Wide{100} * points_per_unit);
        REQUIRE(desk.figures(id).causes.none());
        REQUIRE(distance(desk.figures(id).pnl.minor(), exact) <= 1);
    }
}
