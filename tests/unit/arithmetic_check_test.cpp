// The checker of the lines of an explanation: what is true passes, what is not is found.
#include <catch2/catch_test_macros.hpp>
#include <string>

#include "support/arithmetic_check.hpp"

using namespace margind::test;

namespace {

CheckedLine of(const std::string& statement) {
    return check_arithmetic("x [1.1 Forex]: " + statement);
}

void check_true(const std::string& statement, std::size_t claims) {
    CAPTURE(statement);
    const CheckedLine line = of(statement);
    CAPTURE(line.wrong);
    CHECK(line.wrong.empty());
    CHECK(line.claims == claims);
    CHECK(line.formula == "1.1 Forex");
}

void check_wrong(const std::string& statement) {
    CAPTURE(statement);
    CHECK(of(statement).wrong.size() == 1);
}

}  // namespace

TEST_CASE("an equation that goes on is checked at each of its signs", "[explain]") {
    check_true("1 lot * 100000 / 100 = 1000 EUR * 1.093 (EUR->USD ask) = 1093.00 USD", 2);
    check_wrong("1 lot * 100000 / 100 = 1000 EUR * 1.093 (EUR->USD ask) = 1093.01 USD");
    check_wrong("1 lot * 100000 / 100 = 1001 EUR * 1.093 (EUR->USD ask) = 1094.093 USD");
}

TEST_CASE("statements stand for themselves", "[explain]") {
    check_true("close 2 * 3 = 6 USD; open 2 * 2 = 4; 6 - 4 = 2", 3);
    check_wrong("close 2 * 3 = 6 USD; open 2 * 2 = 5; 6 - 4 = 2");
    check_true("1 of 1 lots, EURUSD", 0);
    check_true("unknown (no_price)", 0);
}

TEST_CASE("brackets that hold words are names, others group", "[explain]") {
    check_true("(80.125 (open price) - 79.99 (OIL ask)) * 3 lots * 100 = 40.50 USD", 1);
    check_true("max(3, 5) - min(3, 5) + min(3, 5) * 0.5 = 3.5 lots", 1);
    check_true("abs(-37.63) (OIL ask) * 2 = 75.26", 1);
    check_true("(1e-300 (XAUUSD bid) - 2369.47 (open price)) * 2 = -4738.94 USD", 1);
    check_true("-(-600.00 (balance) + 0.00 (credit)) = 600.00 USD", 1);
    check_wrong("max(3, 5 = 3.5");
}

TEST_CASE("a rounding goes to the decimals that are printed, halves included", "[explain]") {
    check_true("2 / 3 = 0.666666666666667 rounded to 0.67 USD", 2);
    check_true("0.125 rounded to 0.13 USD", 1);
    check_wrong("0.126 rounded to 0.12 USD");
    check_wrong("2 / 3 = 0.67 USD");
    check_true("1.0854271357 / 0.00001 = 108542.71357 up to 108543 * 0.00001 = 1.08543", 3);
    check_wrong("1.0854271357 / 0.00001 = 108542.71357 down to 108543 ticks");
}

TEST_CASE("halves go away from zero", "[explain]") {
    check_wrong("0.125 rounded to 0.12 USD");
    check_true("-0.125 rounded to -0.13 USD", 1);
    check_wrong("-0.125 rounded to -0.12 USD");
    check_true("2.5 rounded to 3 JPY", 1);
    CHECK(
        check_arithmetic("level [7 The rule set platform]: 0.125 rounded to 0.12 %").wrong.empty());
}

TEST_CASE("what only doubles keep from a half is told as one, and nothing else is", "[explain]") {
    check_true("(1.26907 - 1.26896) * 1.65 lots * 50000 = 9.075 rounded to 9.08 USD", 2);
    // The largest number on the way makes 2^-49 of 104,698, 1.9e-10.
    check_true("(1.26907 - 1.2689600000000001) * 1.65 lots * 50000 = 9.075 rounded to 9.08 USD", 2);
    check_wrong("(1.26907 - 1.2689600001) * 1.65 lots * 50000 = 9.075 rounded to 9.08 USD");
    check_wrong("9.07499 rounded to 9.08 USD");
    check_wrong("9.07499999999 rounded to 9.08 USD");
    // An eighth of a unit at most.
    check_true("1125899906842.624 rounded to 1125899906842.62 USD", 1);
    check_true("1125899906842.624 rounded to 1125899906842.63 USD", 1);
    check_wrong("1125899906842.623 rounded to 1125899906842.63 USD");
}

TEST_CASE("numbers near the least that there are count as the doubles they are", "[explain]") {
    check_true("2.05 lots * 100000 * 5e-324 (USDJPY bid) = 1.012835e-318 rounded to 0.00 USD", 2);
    check_wrong("2.05 lots * 100000 * 5e-300 (USDJPY bid) = 1.012835e-294 rounded to 0.00 USD");
}

TEST_CASE("comparisons are exact among integers", "[explain]") {
    check_true("55000 * 10000 <= 5000 * 110000 (reached)", 1);
    check_wrong("55000 * 10000 < 5000 * 110000 (reached)");
    check_wrong("55001 * 10000 <= 5000 * 110000 (reached)");
    check_true("equity -1990.00 < 0 (both levels are reached)", 1);
    check_true("2065.32 >= 10", 1);
}

TEST_CASE("a line without a formula is wrong", "[explain]") {
    CHECK(check_arithmetic("equity: 1 + 1 = 2").wrong.size() == 1);
}
