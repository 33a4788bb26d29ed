#include "margind/core/valuation/valuation.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_floating_point.hpp>
#include <cmath>
#include <limits>
#include <vector>

using namespace margind;
using Catch::Matchers::WithinRel;

namespace {

constexpr SymbolId eurusd{0};
constexpr SymbolId gold{1};
constexpr SymbolId usdjpy{2};
constexpr RateId one{0};  // a currency to itself
constexpr RateId from_eur{1};
constexpr RateId from_jpy{2};
constexpr Digits cents{2};
constexpr Digits none{0};

/// EURUSD 1.0999/1.1001, gold 2400.00/2400.50, USDJPY 149.90/150.00; the account is in USD.
struct Market {
    std::vector<Quote> quotes{{1.0999, 1.1001}, {2400.0, 2400.5}, {149.9, 150.0}};
    std::vector<RatePair> rates{{1.0, 1.0}, {1.0999, 1.1001}, {1.0 / 150.0, 1.0 / 149.9}};
    [[nodiscard]] MarketView view() const { return {quotes, rates}; }
};

/// Forex rows hold their opening value in minor units, rounded.
PositionRow forex(double lots, double open, double leverage) {
    PositionRow row;
    row.symbol = eurusd;
    row.is_short = lots < 0.0;
    row.units = lots * 100'000.0;
    row.open_value = static_cast<double>(round_half_away(open * row.units * 100.0));
    row.pnl_rate = one;
    row.margin_rate = from_eur;
    row.margin_amount = std::abs(row.units) / leverage;
    return row;
}

PositionRow gold_cfd(double lots, double open, double leverage) {
    PositionRow row;
    row.symbol = gold;
    row.is_short = lots < 0.0;
    row.units = lots * 100.0;
    row.open_price = open;
    row.pnl_rate = one;
    row.margin_rate = one;
    row.margin_amount = std::abs(row.units) / leverage;
    row.margin_uses_price = true;
    return row;
}

AccountRow account(std::int64_t cash, std::int64_t carry = 0) {
    AccountRow row;
    row.cash = Money::from_minor(cash);
    row.carry = Money::from_minor(carry);
    row.digits = cents;
    return row;
}

Rounded pnl_of(const PositionRow& row, const Market& market) {
    return position_pnl(row, prices_of(row, market.view()), cents);
}

Rounded margin_of(const PositionRow& row, const Market& market) {
    return position_margin(row, prices_of(row, market.view()), cents);
}

Money minor(std::int64_t units) { return Money::from_minor(units); }

}  // namespace

TEST_CASE("long closes at bid, short at ask", "[valuation]") {
    const Market market;
    CHECK(pnl_of(forex(1.0, 1.09, 100.0), market).money == minor(99'000));
    CHECK(pnl_of(forex(-1.0, 1.09, 100.0), market).money == minor(-101'000));
    CHECK(pnl_of(gold_cfd(0.5, 2390.0, 20.0), market).money == minor(50'000));
    CHECK(pnl_of(gold_cfd(-0.5, 2390.0, 20.0), market).money == minor(-52'500));
}

TEST_CASE("forex rounds each leg, a CFD rounds the difference", "[valuation]") {
    Market market;
    market.quotes[eurusd.value] = {1.000'005, 1.000'005};
    PositionRow row = forex(0.01, 1.000'004, 100.0);  // 1,000 units: 1,000.004 → 1,000.00
    row.open_value = 100'000.0;
    // The closing leg of 1,000.005 rounds to 1,000.01 whatever the difference is.
    CHECK(pnl_of(row, market).money == minor(1));
    row.open_value = 0.0;
    row.open_price = 1.000'004;
    CHECK(pnl_of(row, market).money == minor(0));  // of 0.001
}

TEST_CASE("a profit is sold at the bid, a loss bought at the ask", "[valuation]") {
    const Market market;
    PositionRow row = forex(1.0, 0.0, 100.0);
    row.symbol = usdjpy;
    row.pnl_rate = from_jpy;
    row.profit_digits = none;
    row.units = 1'000.0;
    row.open_value = 148'900.0;                       // a profit of 1,000 yen
    CHECK(pnl_of(row, market).money == minor(667));   // / 150.00
    row.open_value = 150'900.0;                       // a loss of 1,000 yen
    CHECK(pnl_of(row, market).money == minor(-667));  // / 149.90
    row.open_value = 49'900.0;                        // 100,000 yen
    CHECK(pnl_of(row, market).money == minor(66'667));
    row.open_value = 249'900.0;
    CHECK(pnl_of(row, market).money == minor(-66'711));
}

TEST_CASE("margin is bought at the ask by buys, at the bid by sells", "[valuation]") {
    const Market market;
    CHECK(margin_of(forex(1.0, 1.09, 100.0), market).money == minor(110'010));
    CHECK(margin_of(forex(-1.0, 1.09, 100.0), market).money == minor(109'990));
    CHECK(margin_of(gold_cfd(1.0, 2390.0, 20.0), market).money == minor(1'200'250));
    CHECK(margin_of(gold_cfd(-1.0, 2390.0, 20.0), market).money == minor(1'200'000));
}

TEST_CASE("a negative price still costs a positive margin", "[valuation]") {
    Market market;
    market.quotes[gold.value] = {-37.63, -37.6};
    CHECK(margin_of(gold_cfd(1.0, 10.0, 1.0), market).money == minor(376'000));
    CHECK(pnl_of(gold_cfd(1.0, 10.0, 1.0), market).money == minor(-476'300));
}

TEST_CASE("a margin that needs no price needs no quote", "[valuation]") {
    Market market;
    market.quotes[eurusd.value] = {};
    PositionRow row = forex(1.0, 1.09, 100.0);
    CHECK(margin_of(row, market).fits);
    CHECK_FALSE(pnl_of(row, market).fits);
    row.margin_rate = one;
    CHECK(margin_of(row, market).money == minor(100'000));
}

TEST_CASE("the larger leg of a symbol is what its positions cost", "[valuation]") {
    const Market market;
    const std::vector<PositionRow> rows{forex(1.0, 1.09, 100.0), forex(2.0, 1.09, 100.0),
                                        forex(-1.5, 1.12, 100.0), gold_cfd(-1.0, 2400.0, 20.0)};
    const Valuation valuation = value_account(account(10'000'000), rows, market.view());
    CHECK(valuation.causes.none());
    CHECK(valuation.margin == minor(330'030 + 1'200'000));
    CHECK(valuation.pnl == minor(99'000 + 198'000 + 298'500 - 5'000));
    CHECK(valuation.equity == minor(10'000'000) + valuation.pnl);
    CHECK(valuation.free_margin() == valuation.equity - valuation.margin);
}

TEST_CASE("swap and commission are part of the floating P/L", "[valuation]") {
    const Market market;
    const std::vector rows{forex(1.0, 1.09, 100.0)};
    const Valuation valuation = value_account(account(1'000'000 - 350, -350), rows, market.view());
    CHECK(valuation.pnl == minor(99'000 - 350));
    CHECK(valuation.equity == minor(1'000'000 + 99'000 - 350));
}

TEST_CASE("a flat account is its balance", "[valuation]") {
    const Market market;
    const Valuation valuation = value_account(account(1'234), {}, market.view());
    CHECK(valuation.equity == minor(1'234));
    CHECK(valuation.margin == Money{});
    CHECK(valuation.pnl == Money{});
}

TEST_CASE("long and short of the same size at one price are worth nothing but the spread",
          "[valuation]") {
    Market market;
    market.quotes[eurusd.value] = {1.1, 1.1};
    const std::vector rows{forex(0.3, 1.09, 100.0), forex(-0.2, 1.09, 100.0),
                           forex(-0.1, 1.09, 100.0)};
    const Valuation valuation = value_account(account(0), rows, market.view());
    CHECK(valuation.pnl == Money{});
    CHECK(valuation.equity == Money{});
}

TEST_CASE("a figure in doubt leaves no figures", "[valuation]") {
    const std::vector rows{forex(1.0, 1.09, 100.0), gold_cfd(1.0, 2400.0, 20.0)};
    Market no_price;
    no_price.quotes[gold.value] = {};
    CHECK_FALSE(value_account(account(0), rows, no_price.view()).causes.none());
    Market no_rate;
    no_rate.rates[from_eur.value] = {};
    CHECK_FALSE(value_account(account(0), rows, no_rate.view()).causes.none());
    AccountRow broken = account(0);
    broken.causes = Cause::no_leverage;
    const Valuation valuation = value_account(broken, rows, Market{}.view());
    CHECK(valuation.causes == Cause::no_leverage);
    CHECK(valuation.equity == Money{});
}

TEST_CASE("an amount that does not fit is an overflow, not a wrong number", "[valuation]") {
    Market market;
    PositionRow huge = gold_cfd(1.0, 2400.0, 1.0);
    huge.margin_amount = 1e15;
    CHECK(value_account(account(0), std::vector{huge}, market.view()).causes == Cause::overflow);

    // Each fits, their sum does not.
    PositionRow large = gold_cfd(1.0, 2400.0, 1.0);
    large.margin_uses_price = false;
    large.margin_amount = 9e13;
    const std::vector<PositionRow> many(1'100, large);
    CHECK(margin_of(large, market).fits);
    CHECK(value_account(account(0), many, market.view()).causes == Cause::overflow);

    // Equity and margin fit, the free margin between them does not.
    large.open_price = 8e13;
    large.units = 1.0;
    const std::vector<PositionRow> ruined(1'000, large);
    CHECK(value_account(account(0), ruined, market.view()).causes == Cause::overflow);
}

TEST_CASE("levels are compared exactly, in integers", "[valuation]") {
    const Level half{5'000};
    CHECK(is_at_or_below(minor(50'000), minor(100'000), half, LevelCompare::less_equal));
    CHECK_FALSE(is_at_or_below(minor(50'001), minor(100'000), half, LevelCompare::less_equal));
    CHECK_FALSE(is_at_or_below(minor(50'000), minor(100'000), half, LevelCompare::less));
    CHECK(is_at_or_below(minor(49'999), minor(100'000), half, LevelCompare::less));
    CHECK(is_at_or_below(minor(-1), minor(1), Level{0}, LevelCompare::less_equal));
    // One minor unit beside a level, where a double of the ratio could not tell.
    const std::int64_t margin = 4'000'000'000'000'000;
    CHECK(is_at_or_below(minor(margin / 2), minor(margin), half, LevelCompare::less_equal));
    CHECK_FALSE(
        is_at_or_below(minor(margin / 2 + 1), minor(margin), half, LevelCompare::less_equal));
    const std::int64_t most = std::numeric_limits<std::int64_t>::max();
    CHECK(is_at_or_below(minor(most), minor(most), Level{10'000}, LevelCompare::less_equal));
    CHECK_FALSE(is_at_or_below(minor(most), minor(most), Level{9'999}, LevelCompare::less_equal));
}

TEST_CASE("without margin there is no level", "[valuation]") {
    CHECK_FALSE(is_at_or_below(minor(-100), minor(0), Level{10'000}, LevelCompare::less_equal));
    CHECK(level_percent(minor(100), minor(0)) == 0.0);
    CHECK_THAT(level_percent(minor(50'000), minor(110'000)), WithinRel(45.4545454545, 1e-9));
    CHECK(level_percent(minor(-100), minor(100)) == -100.0);
}
