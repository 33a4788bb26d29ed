// Amounts in the lines of an explanation.
#include "core/explain/step_text.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace margind;

namespace {

const CurrencyText usd{"USD", Digits{2}};

std::string rounded(double exact, std::int64_t minor) {
    return usd.rounded(exact, Money::from_minor(minor));
}

}  // namespace

TEST_CASE("an amount is told with its rounding where there was anything to round", "[explain]") {
    CHECK(rounded(-700.0, -70'000) == "-700.00 USD");
    CHECK(rounded(1093.0041, 109'300) == "1093.0041 rounded to 1093.00 USD");
    CHECK(rounded(0.004, 0) == "0.004 rounded to 0.00 USD");
    CHECK(CurrencyText{"JPY", Digits{0}}.rounded(100.5, Money::from_minor(101)) ==
          "100.5 rounded to 101 JPY");
}

TEST_CASE("what is close to a half is told with as many digits as show where it goes",
          "[explain]") {
    CHECK(rounded(9.0749999999, 907) == "9.0749999999 rounded to 9.07 USD");
    CHECK(rounded(9.0749999999999, 907) == "9.0749999999999 rounded to 9.07 USD");
    CHECK(rounded(9.0750000000001, 908) == "9.075 rounded to 9.08 USD");
}

TEST_CASE("what is taken for a half is told as that half", "[explain]") {
    CHECK(rounded(1.005, 101) == "1.005 rounded to 1.01 USD");
    CHECK(rounded(-1.005, -101) == "-1.005 rounded to -1.01 USD");
    // (1.26907 - 1.26896) * 82500 as doubles.
    CHECK(rounded(9.0749999999861775, 908) == "9.075 rounded to 9.08 USD");
    CHECK(rounded(0.0049999999999, 1) == "0.005 rounded to 0.01 USD");
}

TEST_CASE("the platform publishes what a double holds, to two decimals", "[explain]") {
    CHECK(published(9479.9999999999909) == "9480.00");
    CHECK(published(861.661516087984) == "861.661516088 rounded to 861.66");
    CHECK(published(0.125) == "0.125 rounded to 0.12");
    CHECK(published(1.005) == "1.005 rounded to 1.00");
    CHECK(published(1e300 * 1e300) == "unknown (overflow)");
}
