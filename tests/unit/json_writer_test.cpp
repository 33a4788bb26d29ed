#include "wire/json_writer.hpp"

#include <catch2/catch_test_macros.hpp>
#include <limits>

using namespace margind;
using namespace margind::wire;

namespace {

template <class Write>
std::string written(Write write) {
    std::string out;
    JsonWriter json{out};
    write(json);
    return out;
}

std::string text(std::string_view raw) {
    return written([&](JsonWriter& json) { json.value(raw); });
}

std::string number(double value) {
    return written([&](JsonWriter& json) { json.value(value); });
}

std::string money(std::int64_t minor, std::uint8_t digits) {
    return written([&](JsonWriter& json) { json.value(Money::from_minor(minor), Digits{digits}); });
}

}  // namespace

TEST_CASE("the JSON writer puts commas between values and none elsewhere") {
    const std::string json = written([](JsonWriter& out) {
        out.begin_object().field("a", 1).key("b").begin_array();
        out.value("x").value(true).null().begin_object().end_object().end_array();
        out.field("c", false).key("d").begin_object().field("e", "f").end_object().end_object();
    });
    CHECK(json == R"({"a":1,"b":["x",true,null,{}],"c":false,"d":{"e":"f"}})");
}

TEST_CASE("the JSON writer keeps every integer exact") {
    CHECK(written([](JsonWriter& json) { json.value(std::numeric_limits<std::int64_t>::min()); }) ==
          "-9223372036854775808");
    CHECK(written([](JsonWriter& json) {
              json.value(std::numeric_limits<std::uint64_t>::max());
          }) == "18446744073709551615");
    CHECK(written([](JsonWriter& json) { json.value(std::uint8_t{7}); }) == "7");
}

TEST_CASE("the JSON writer writes doubles as the shortest text that reads back") {
    CHECK(number(0.1) == "0.1");
    CHECK(number(1.0 / 3.0) == "0.3333333333333333");
    CHECK(number(1e300) == "1e+300");
    CHECK(number(-0.0) == "0");
}

TEST_CASE("the JSON writer writes NaN and infinities as null") {
    CHECK(number(std::numeric_limits<double>::quiet_NaN()) == "null");
    CHECK(number(std::numeric_limits<double>::infinity()) == "null");
    CHECK(number(-std::numeric_limits<double>::infinity()) == "null");
    CHECK(written([](JsonWriter& json) { json.fixed(not_a_price, 2); }) == "null");
}

TEST_CASE("fixed decimals never show a negative zero") {
    CHECK(written([](JsonWriter& json) { json.fixed(-0.001, 2); }) == "0.00");
    CHECK(written([](JsonWriter& json) { json.fixed(-0.006, 2); }) == "-0.01");
    CHECK(written([](JsonWriter& json) { json.fixed(12.5, 3); }) == "12.500");
}

TEST_CASE("the JSON writer writes money exactly, with its currency's digits") {
    CHECK(money(123'456, 2) == "1234.56");
    CHECK(money(-5, 2) == "-0.05");
    CHECK(money(0, 2) == "0.00");
    CHECK(money(1'000, 0) == "1000");
    CHECK(money(1, 8) == "0.00000001");
    CHECK(money(std::numeric_limits<std::int64_t>::min(), 2) == "-92233720368547758.08");
}

TEST_CASE("the JSON writer writes an absent value as null") {
    CHECK(written([](JsonWriter& json) { json.value(std::optional<double>{}); }) == "null");
    CHECK(written([](JsonWriter& json) { json.value(std::optional{1.5}); }) == "1.5");
}

TEST_CASE("the JSON writer escapes quotes, backslashes and control characters") {
    CHECK(text("a\"b\\c") == R"("a\"b\\c")");
    CHECK(text("\b\f\n\r\t") == R"("\b\f\n\r\t")");
    CHECK(text(std::string_view{"\0\x1f", 2}) == R"("\u0000\u001f")");
    CHECK(text("\x7f") == "\"\x7f\"");
    CHECK(written([](JsonWriter& json) { json.begin_object().field("k\n", 1).end_object(); }) ==
          R"({"k\n":1})");
}

TEST_CASE("the JSON writer passes UTF-8 on and replaces bytes that are none") {
    CHECK(text("Grüße €𝄞") == "\"Grüße €𝄞\"");
    CHECK(text("a\xffz") == "\"a\xEF\xBF\xBDz\"");
    CHECK(text("\xC0\xAF") == "\"\xEF\xBF\xBD\xEF\xBF\xBD\"");                  // overlong
    CHECK(text("\xED\xA0\x80") == "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"");  // surrogate
    CHECK(text("\xE2\x82") == "\"\xEF\xBF\xBD\xEF\xBF\xBD\"");                  // cut off
}

TEST_CASE("only well-formed UTF-8 is called UTF-8") {
    CHECK(is_utf8(""));
    CHECK(is_utf8("Grüße €𝄞"));
    CHECK_FALSE(is_utf8("\x80"));
    CHECK_FALSE(is_utf8("\xC1\x81"));
    CHECK_FALSE(is_utf8("\xF4\x90\x80\x80"));
    CHECK_FALSE(is_utf8("\xED\xBF\xBF"));
    CHECK_FALSE(is_utf8("\xE0\x9F\xBF"));
}
