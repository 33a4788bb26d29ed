#include "core/valuation/position_kernel.hpp"

#include <bit>
#include <catch2/catch_test_macros.hpp>
#include <limits>
#include <random>
#include <vector>

using namespace margind;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

/// A market and positions at random, some of them at the edges of what there can be.
struct Fixture {
    std::mt19937_64 random{20140508};
    std::vector<Quote> quotes;
    std::vector<RatePair> rates;
    std::vector<PositionRow> rows;
    std::vector<double> opens;     // open prices, which rows of forex do not have
    std::vector<Digits> accounts;  // digits of each position's account
    PositionColumns columns;
    PositionKinds kinds;
    std::vector<KindMarket> table;  // what the market says of each kind

    explicit Fixture(std::size_t count) {
        for (int i = 0; i < 12; ++i) {
            const double price = real(0.5, 2'000.0);
            quotes.push_back({price, price * 1.0001});
            const double rate = real(0.005, 200.0);
            rates.push_back({rate, rate * 1.0002});
        }
        quotes.push_back({not_a_price, 1.0});
        quotes.push_back({-37.63, -37.60});
        rates.push_back({});
        for (std::size_t i = 0; i < count; ++i) {
            rows.push_back(row());
            accounts.push_back(digits());
        }
        columns.resize(count);
        for (std::size_t i = 0; i < count; ++i) set(i, rows[i], accounts[i]);
        look_up(kinds, market(), table);
    }

    void set(std::size_t slot, const PositionRow& row, Digits account) {
        const double open = row.rounds_apart ? opens[slot] : row.open_price;
        columns.set(slot, row, open, kinds.take(kind_of(row, account)));
    }

    [[nodiscard]] MarketView market() const { return {quotes, rates}; }

    std::uint32_t below(std::size_t limit) { return static_cast<std::uint32_t>(random() % limit); }
    double real(double low, double high) {
        return std::uniform_real_distribution<double>{low, high}(random);
    }
    Digits digits() {
        constexpr std::uint8_t all[] = {0, 2, 2, 2, 3, 8};
        return Digits{all[below(6)]};
    }
    PositionRow row() {
        PositionRow row;
        row.is_short = below(2) == 0;
        // Sizes at which halves of a minor unit come up, and some that are out of bounds.
        row.units = below(2) == 0 ? 0.5 * below(2'000) : real(0.0, 1e7);
        if (below(50) == 0) row.units = below(2) == 0 ? 1e18 : infinity;
        if (row.is_short) row.units = -row.units;
        row.profit_digits = digits();
        row.contract_size = 1.0;
        row.rounds_apart = below(2) == 0;
        opens.push_back(real(0.5, 2'000.0));
        if (row.rounds_apart) {
            row.open_value = open_value(opens.back(), row.units, row.profit_digits);
        } else {
            row.open_price = opens.back();
        }
        row.margin_amount = real(0.0, 1e6);
        row.margin_uses_price = below(2) == 0;
        row.symbol = SymbolId{below(quotes.size())};
        row.pnl_rate = RateId{below(rates.size())};
        row.margin_rate = RateId{below(rates.size())};
        return row;
    }
};

bool is_exact(double magnitude) { return magnitude < PositionValues::exact_limit; }

}  // namespace

TEST_CASE("every way of the kernel gives the figures of the plain arithmetic",
          "[position_kernel]") {
    const Fixture fixture{5'000};
    for (const KernelWay& way : kernel_ways()) {
        CAPTURE(way.name);
        PositionValues out;
        out.resize(fixture.rows.size());
        way.value(fixture.columns, 0, fixture.rows.size(), fixture.table, out);
        int exact = 0;
        for (std::size_t i = 0; i < fixture.rows.size(); ++i) {
            if (!is_exact(out.magnitude[i])) continue;
            ++exact;
            const PositionRow& row = fixture.rows[i];
            const Digits digits = fixture.accounts[i];
            const PositionPrices prices = prices_of(row, fixture.market());
            const Rounded pnl = position_pnl(row, prices, digits);
            const Rounded margin = position_margin(row, prices, digits);
            CAPTURE(i);
            REQUIRE(pnl.fits);
            REQUIRE(margin.fits);
            REQUIRE(out.pnl[i] == static_cast<double>(pnl.money.minor()));
            REQUIRE(out.margin[i] == static_cast<double>(margin.money.minor()));
        }
        CHECK(exact > 2'000);
        CHECK(exact < 5'000);
    }
}

TEST_CASE("a figure in doubt or out of bounds never looks exact", "[position_kernel]") {
    const Fixture fixture{5'000};
    PositionValues out;
    out.resize(fixture.rows.size());
    value_positions(fixture.columns, 0, fixture.rows.size(), fixture.table, out);
    int doubtful = 0;
    for (std::size_t i = 0; i < fixture.rows.size(); ++i) {
        const Digits digits = fixture.accounts[i];
        const PositionPrices prices = prices_of(fixture.rows[i], fixture.market());
        const bool fits = position_pnl(fixture.rows[i], prices, digits).fits &&
                          position_margin(fixture.rows[i], prices, digits).fits;
        if (fits) continue;
        ++doubtful;
        CAPTURE(i);
        REQUIRE_FALSE(is_exact(out.magnitude[i]));
    }
    CHECK(doubtful > 100);
}

TEST_CASE("every way gives the same bits from any first slot on", "[position_kernel]") {
    const Fixture fixture{300};
    PositionValues expected;
    expected.resize(300);
    kernel_ways().front().value(fixture.columns, 0, 300, fixture.table, expected);
    const auto bits = [](double value) { return std::bit_cast<std::uint64_t>(value); };
    for (const KernelWay& way : kernel_ways()) {
        for (const std::size_t first : {0u, 1u, 7u, 255u, 299u}) {
            CAPTURE(way.name, first);
            PositionValues out;
            out.resize(300);
            way.value(fixture.columns, first, 300 - first, fixture.table, out);
            for (std::size_t i = first; i < 300; ++i) {
                if (!is_exact(expected.magnitude[i])) continue;
                REQUIRE(bits(out.pnl[i - first]) == bits(expected.pnl[i]));
                REQUIRE(bits(out.margin[i - first]) == bits(expected.margin[i]));
                REQUIRE(bits(out.magnitude[i - first]) == bits(expected.magnitude[i]));
            }
        }
    }
}

TEST_CASE("slots without a symbol or a rate do no harm to their neighbours", "[position_kernel]") {
    Fixture fixture{3};
    fixture.set(1, PositionRow{}, Digits{2});
    look_up(fixture.kinds, fixture.market(), fixture.table);
    PositionValues out;
    out.resize(3);
    value_positions(fixture.columns, 0, 3, fixture.table, out);
    PositionValues alone;
    alone.resize(1);
    value_positions(fixture.columns, 2, 1, fixture.table, alone);
    CHECK(std::bit_cast<std::uint64_t>(out.pnl[2]) == std::bit_cast<std::uint64_t>(alone.pnl[0]));
}

TEST_CASE("a column gives back the rows that were set", "[position_kernel]") {
    const Fixture fixture{200};
    for (std::size_t i = 0; i < 200; ++i) {
        const PositionRow row = fixture.columns.row(i, fixture.kinds[fixture.columns.kind[i]]);
        const PositionRow& set = fixture.rows[i];
        CHECK(row.units == set.units);
        CHECK(row.open_price == set.open_price);
        CHECK(row.open_value == set.open_value);
        CHECK(row.margin_amount == set.margin_amount);
        CHECK(row.symbol == set.symbol);
        CHECK(row.pnl_rate == set.pnl_rate);
        CHECK(row.margin_rate == set.margin_rate);
        CHECK(row.profit_digits == set.profit_digits);
        CHECK(row.is_short == set.is_short);
        CHECK(row.margin_uses_price == set.margin_uses_price);
    }
}
