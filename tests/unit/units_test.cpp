#include "margind/core/base/units.hpp"

#include <catch2/catch_test_macros.hpp>
#include <limits>

#include "margind/core/base/money.hpp"

using namespace margind;

namespace {

template <class A, class B>
concept adds_to = requires(A a, B b) { a + b; };
template <class A, class B>
concept compares_with = requires(A a, B b) { a < b; };

// A price is not money, a rate is not a price, lots are not units: mixing them does not compile.
static_assert(!adds_to<Price, Money>);
static_assert(!adds_to<Price, Price>);
static_assert(!adds_to<Volume, Units>);
static_assert(!adds_to<Money, double>);
static_assert(!compares_with<Price, Rate>);
static_assert(!compares_with<Money, Volume>);
static_assert(adds_to<Money, Money> && adds_to<Volume, Volume>);

// Textbook: 1 lot EURUSD bought at 1.2000, closed at 1.2050.
constexpr Units one_lot = to_units(Volume::from_raw(Volume::per_lot), 100'000.0);
static_assert(one_lot.value == 100'000.0);
static_assert(profit(Price{1.25}, Price{1.5}, Units{100'000.0}).value == 25'000.0);
static_assert(profit(Price{1.5}, Price{1.25}, Units{-100'000.0}).value == 25'000.0);

}  // namespace

TEST_CASE("offsetting volumes are exactly flat", "[units]") {
    const Volume bought = Volume::from_raw(30'000'000);
    const Volume sold = Volume::from_raw(20'000'000) + Volume::from_raw(10'000'000);
    CHECK(bought - sold == Volume{});
    CHECK((bought - sold).lots() == 0.0);
    CHECK(-bought == Volume::from_raw(-30'000'000));
    CHECK(0.3 - 0.2 - 0.1 != 0.0);  // what doubles would have said
}

TEST_CASE("lots are the nearest double of the volume", "[units]") {
    CHECK(Volume::from_raw(1).lots() == 1e-8);
    CHECK(Volume::from_raw(30'000'000).lots() == 0.3);
    CHECK(Volume::from_raw(volume_raw_max).lots() == 100'000'000.0);
}

TEST_CASE("profit is what closing brings, signed by the units", "[units]") {
    const Amount gain = profit(Price{1.2}, Price{1.205}, one_lot);
    CHECK(to_money(gain, Rate{1.0}, Digits{2}).money == Money::from_minor(50'000));
    const Amount loss = profit(Price{1.2}, Price{1.205}, Units{-one_lot.value});
    CHECK(to_money(loss, Rate{1.0}, Digits{2}).money == Money::from_minor(-50'000));
}

TEST_CASE("a real knows whether it is finite", "[units]") {
    CHECK(Price{1.1}.is_finite());
    CHECK_FALSE(Price{not_a_price}.is_finite());
    CHECK_FALSE(Rate{std::numeric_limits<double>::infinity()}.is_finite());
}
