#include "margind/core/base/decimal.hpp"

#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <limits>
#include <string>
#include <string_view>

using namespace margind;

TEST_CASE("decimal text becomes the nearest double", "[decimal]") {
    CHECK(parse_real("1.10000") == 1.1);
    CHECK(parse_real("-1.25") == -1.25);
    CHECK(parse_real("0") == 0.0);
    CHECK(parse_real("1e-3") == 0.001);
    CHECK(parse_real("2.5E+2") == 250.0);
    CHECK(parse_real(" 5 ") == 5.0);
    CHECK(parse_real("150.020") == 150.02);
    // More digits than a double holds: the nearest one, not a sum of rounded digits.
    CHECK(parse_real("0.1000000000000000055511151231257827") == 0.1);
    CHECK(parse_real("9007199254740993") == 9007199254740992.0);
}

TEST_CASE("text that is no finite decimal number is no number", "[decimal]") {
    for (const std::string_view text :
         {"",    " ",  "x",   "-",   ".",    "e5",  "1.2.3", "1,5",      "1 5",   "12abc", "0x10",
          "--1", "1e", "nan", "NaN", "-nan", "inf", "-inf",  "Infinity", "1e400", "-1e400"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_real(text).has_value());
    }
    CHECK_FALSE(parse_real(std::string_view{"1\0", 2}).has_value());
}

TEST_CASE("fixed decimals are exact where the text is", "[decimal]") {
    CHECK(parse_fixed("1200.00", Digits{2}) == 120'000);
    CHECK(parse_fixed("0.1", Digits{8}) == 10'000'000);
    CHECK(parse_fixed("-0.01", Digits{2}) == -1);
    CHECK(parse_fixed("5", Digits{0}) == 5);
    CHECK(parse_fixed("1.230000000000000000000", Digits{2}) == 123);
    CHECK(parse_fixed("0000000000000000000000001.5", Digits{2}) == 150);
}

TEST_CASE("fixed decimals round halves away from zero", "[decimal]") {
    CHECK(parse_fixed("1.005", Digits{2}) == 101);
    CHECK(parse_fixed("-1.005", Digits{2}) == -101);
    CHECK(parse_fixed("1.0049999999999999999999999", Digits{2}) == 100);
    CHECK(parse_fixed("0.5", Digits{0}) == 1);
    CHECK(parse_fixed("0.995", Digits{2}) == 100);
    CHECK(parse_fixed("-0.004", Digits{2}) == 0);
}

TEST_CASE("fixed decimals refuse what does not fit", "[decimal]") {
    CHECK(parse_fixed("99999999999999999", Digits{0}) == 99'999'999'999'999'999);
    CHECK_FALSE(parse_fixed("9223372036854775808", Digits{0}).has_value());
    CHECK_FALSE(parse_fixed("92233720368547758.08", Digits{2}).has_value());
    CHECK_FALSE(parse_fixed("1e30", Digits{2}).has_value());
    CHECK_FALSE(parse_fixed(std::string(400, '9'), Digits{2}).has_value());
    for (const std::string_view text : {"", "-", ".", "1.2.3", "12a", "nan", "inf", "0x1"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_fixed(text, Digits{2}).has_value());
    }
}

TEST_CASE("volumes are exact hundred-millionths of a lot", "[decimal]") {
    CHECK(parse_volume("1") == Volume::from_raw(100'000'000));
    CHECK(parse_volume("0.01") == Volume::from_raw(1'000'000));
    CHECK(parse_volume("0.00000001") == Volume::from_raw(1));
    CHECK(parse_volume("0") == Volume::from_raw(0));
    CHECK(parse_volume("0.300000") == Volume::from_raw(30'000'000));
    CHECK(parse_volume("0.0100000000000") == Volume::from_raw(1'000'000));
    CHECK(parse_volume("1.000000000000000000") == Volume::from_raw(100'000'000));
    CHECK(parse_volume("1e-05") == Volume::from_raw(1'000));  // how some languages print 0.00001
    CHECK(parse_volume("100000000") == Volume::from_raw(volume_raw_max));
    // The binary doubles of these do not add up; the volumes do.
    CHECK(*parse_volume("0.1") + *parse_volume("0.2") == *parse_volume("0.3"));
}

TEST_CASE("a volume that is negative, too large or too fine is none", "[decimal]") {
    for (const std::string_view text :
         {"-1", "-0.00000001", "0.000000001", "1.123456789", "100000000.00000001", "100000001",
          "1e12", "9223372036854775808", "", "x", "nan", "inf"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_volume(text).has_value());
    }
}

TEST_CASE("money is read in whole units and held in minor ones", "[decimal]") {
    CHECK(parse_money("1200.00", Digits{2}) == Money::from_minor(120'000));
    CHECK(parse_money("1200", Digits{0}) == Money::from_minor(1'200));
    CHECK(parse_money("-3.5", Digits{2}) == Money::from_minor(-350));
    CHECK(parse_money("0.00000001", Digits{8}) == Money::from_minor(1));
    CHECK_FALSE(parse_money("ten", Digits{2}).has_value());
    CHECK_FALSE(parse_money("1e40", Digits{2}).has_value());
}

TEST_CASE("money from a double is the nearest minor unit", "[decimal]") {
    CHECK(money_from_real(0.1 + 0.2, Digits{2}) == Money::from_minor(30));
    CHECK(money_from_real(-10'000.0, Digits{2}) == Money::from_minor(-1'000'000));
    CHECK(money_from_real(0.5, Digits{0}) == Money::from_minor(1));
    CHECK(money_from_real(-0.0, Digits{2}) == Money{});
    CHECK_FALSE(money_from_real(std::nan(""), Digits{2}).has_value());
    CHECK_FALSE(money_from_real(std::numeric_limits<double>::infinity(), Digits{2}).has_value());
    CHECK_FALSE(money_from_real(1e300, Digits{2}).has_value());
    CHECK_FALSE(money_from_real(1e14, Digits{2}).has_value());
}
