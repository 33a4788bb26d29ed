#include "margind/core/base/money.hpp"

#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <limits>
#include <random>

using namespace margind;

namespace {

__extension__ using Wide = __int128;

/// numerator / denominator, nearest, halves away from zero; exact.
std::int64_t divide_half_away(Wide numerator, Wide denominator) {
    const bool is_negative = numerator < 0;
    const Wide magnitude = is_negative ? -numerator : numerator;
    const Wide rounded = (2 * magnitude + denominator) / (2 * denominator);
    return static_cast<std::int64_t>(is_negative ? -rounded : rounded);
}

std::int64_t uniform(std::mt19937_64& random, std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(high - low + 1));
}

}  // namespace

TEST_CASE("money adds and compares in whole minor units", "[money]") {
    const Money a = Money::from_minor(10);
    const Money b = Money::from_minor(20);
    CHECK(a + b == Money::from_minor(30));
    CHECK(a - b == Money::from_minor(-10));
    CHECK(a < b);
    CHECK(Money{} == Money::from_minor(0));
    CHECK(Money::from_minor(120'000).to_double(Digits{2}) == 1200.0);
    CHECK(Money::from_minor(30).to_double(Digits{2}) == 0.3);
    CHECK(Money::from_minor(-7).to_double(Digits{0}) == -7.0);
}

TEST_CASE("rounding goes half away from zero", "[money]") {
    CHECK(round_half_away(0.5) == 1);
    CHECK(round_half_away(-0.5) == -1);
    CHECK(round_half_away(1.5) == 2);
    CHECK(round_half_away(2.5) == 3);
    CHECK(round_half_away(-2.5) == -3);
    CHECK(round_half_away(0.4999) == 0);
    CHECK(round_half_away(std::nextafter(0.5, 0.0)) == 0);
    CHECK(round_half_away(std::nextafter(-0.5, 0.0)) == 0);
}

TEST_CASE("rounding equals std::round wherever an amount fits", "[money]") {
    std::mt19937_64 random{1};
    for (int i = 0; i < 200'000; ++i) {
        const int exponent = static_cast<int>(uniform(random, -60, 52));
        const double x = std::ldexp(static_cast<double>(uniform(random, -(1ll << 53), 1ll << 53)),
                                    exponent - 53);
        REQUIRE(round_half_away(x) == static_cast<std::int64_t>(std::round(x)));
    }
    // Halves and their neighbours, where a careless addend goes wrong.
    for (int i = 0; i < 100'000; ++i) {
        const double half = static_cast<double>(uniform(random, -(1ll << 40), 1ll << 40)) + 0.5;
        for (const double x : {half, std::nextafter(half, -1e30), std::nextafter(half, 1e30)}) {
            REQUIRE(round_half_away(x) == static_cast<std::int64_t>(std::round(x)));
        }
    }
}

TEST_CASE("an amount that does not fit says so", "[money]") {
    CHECK(round_to_minor(minor_limit - 1.0).fits);
    CHECK_FALSE(round_to_minor(minor_limit).fits);
    CHECK_FALSE(round_to_minor(-minor_limit).fits);
    CHECK_FALSE(round_to_minor(std::nan("")).fits);
    CHECK_FALSE(round_to_minor(std::numeric_limits<double>::infinity()).fits);
    CHECK_FALSE(round_to_minor(-std::numeric_limits<double>::infinity()).fits);
    CHECK_FALSE(to_money(Amount{1e200}, Rate{1e200}, Digits{2}).fits);
    CHECK_FALSE(to_money(Amount{1.0}, Rate{not_a_price}, Digits{2}).fits);
}

TEST_CASE("textbook amounts become the printed money", "[money]") {
    // 1,000 EUR of margin at 1.279 in a USD account.
    CHECK(to_money(Amount{1000.0}, Rate{1.279}, Digits{2}).money == Money::from_minor(127'900));
    // The same 1,000 EUR in an account whose currency has no minor unit.
    CHECK(to_money(Amount{1000.0}, Rate{141.503}, Digits{0}).money == Money::from_minor(141'503));
    CHECK(to_money(Amount{-1000.0}, Rate{1.0 / 149.9}, Digits{2}).money == Money::from_minor(-667));
}

TEST_CASE("what only the arithmetic of doubles has kept from being a half is one", "[money]") {
    CHECK(round_to_minor(1.005 * 100.0).money == Money::from_minor(101));
    CHECK(round_to_minor(-1.005 * 100.0).money == Money::from_minor(-101));
    CHECK(round_to_minor(0.1 * 3.0 * 5.0).money == Money::from_minor(2));
    CHECK(round_to_minor(1.0049 * 100.0).money == Money::from_minor(100));
    // A difference has the error of what it is the difference of: 60,000.005 − 60,000.
    CHECK(round_to_minor((60'000.005 - 60'000.0) * 100.0, 60'000.0 * 100.0).money ==
          Money::from_minor(1));
    // Whole numbers stay what they are, however large.
    for (std::int64_t whole = 1; whole < (std::int64_t{1} << 52); whole = whole * 3 + 1) {
        REQUIRE(round_to_minor(static_cast<double>(whole)).money == Money::from_minor(whole));
        REQUIRE(round_to_minor(static_cast<double>(-whole)).money == Money::from_minor(-whole));
    }
}

TEST_CASE("halves of decimals round as they are written", "[money]") {
    // price (1e-5) × units (1e-2), in cents: exact as an integer of 1e-5.
    std::mt19937_64 random{3};
    for (int i = 0; i < 200'000; ++i) {
        const std::int64_t price = uniform(random, 1, 20'000'000);
        const std::int64_t units = uniform(random, 1, 1'000'000);
        const std::int64_t exact = divide_half_away(Wide{price} * units, 100'000);
        const double ours = static_cast<double>(price) / 1e5 * (static_cast<double>(units) / 1e2);
        REQUIRE(round_to_minor(ours * 100.0).money == Money::from_minor(exact));
    }
}

TEST_CASE("a 128-bit oracle holds every amount within one minor unit", "[money]") {
    // price difference (1e-5) × units (1e-3) × rate (1e-6): exact as an integer of 1e-14.
    std::mt19937_64 random{2};
    for (int i = 0; i < 200'000; ++i) {
        const std::int64_t difference = uniform(random, -500'000, 500'000);
        const std::int64_t units = uniform(random, 1, 100'000'000'000);
        const std::int64_t rate = uniform(random, 1, 200'000'000);
        const Digits digits{static_cast<std::uint8_t>(random() % 4)};
        const Wide exact = Wide{difference} * units * rate;
        Wide denominator = 1;
        for (int zero = 0; zero < 14 - digits.value; ++zero) denominator *= 10;

        const Amount amount{static_cast<double>(difference) / 1e5 *
                            (static_cast<double>(units) / 1e3)};
        const Rounded ours = to_money(amount, Rate{static_cast<double>(rate) / 1e6}, digits);
        REQUIRE(ours.fits);
        const std::int64_t oracle = divide_half_away(exact, denominator);
        REQUIRE(std::abs(ours.money.minor() - oracle) <= 1);
    }
}
