#include "margind/core/base/exact_scaling.hpp"

#include <catch2/catch_test_macros.hpp>
#include <limits>

using namespace margind;

TEST_CASE("a decimal that fits its scale is the integer that it is") {
    CHECK(scaled_exactly(1.15, 100.0) == 115);
    CHECK(scaled_exactly(-0.07, 100.0) == -7);
    CHECK(scaled_exactly(90'071'992'547.11, 100.0) == 9'007'199'254'711);
    CHECK_FALSE(scaled_exactly(1.155, 100.0));
    CHECK_FALSE(scaled_exactly(1e300, 100.0));
    CHECK_FALSE(scaled_exactly(std::numeric_limits<double>::quiet_NaN(), 100.0));
}

TEST_CASE("a level has at most two decimals and is not below zero") {
    CHECK(level_from_real(0.0) == Level{0});
    CHECK(level_from_real(33.33) == Level{3'333});
    CHECK(level_from_real(1e10) == Level{1'000'000'000'000});
    for (const double none : {-0.01, 33.333, 49.995, 1e11, std::numeric_limits<double>::quiet_NaN(),
                              std::numeric_limits<double>::infinity()}) {
        CAPTURE(none);
        CHECK_FALSE(level_from_real(none));
    }
}
