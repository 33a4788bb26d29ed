#include "wire/price_payload.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <cmath>
#include <string>
#include <utility>

using namespace margind;
using wire::PayloadFault;
using wire::PricePayload;
using wire::PricePayloadParser;
using namespace std::string_literals;

namespace {

PayloadFault fault_of(std::string_view payload) {
    PricePayloadParser parser;
    PricePayload out;
    return parser.parse(payload, out);
}

/// A payload that must be good.
struct Parsed {
    PricePayloadParser parser;
    PricePayload out;

    explicit Parsed(std::string_view payload) {
        REQUIRE(parser.parse(payload, out) == PayloadFault::none);
    }
};

}  // namespace

TEST_CASE("a bare payload is the name of a symbol whose price must be read", "[price_payload]") {
    const std::string_view name =
        GENERATE("EURUSD", "XAU/USD", "US 500", "BTC-PERP", "700", "Düsseldorf", "#AAPL");
    const Parsed parsed{name};
    CHECK(parsed.out.symbol == name);
    CHECK_FALSE(parsed.out.carries_price);
    CHECK(std::isnan(parsed.out.bid));
}

TEST_CASE("a JSON payload carries the price as numbers or decimal text", "[price_payload]") {
    const std::string_view json = GENERATE(
        R"({"symbol":"EURUSD","bid":1.0999,"ask":1.1001,"ts":1399507200036,"seq":7})",
        R"({"symbol":"EURUSD","bid":"1.0999","ask":"1.1001","ts":"1399507200036","seq":"7"})",
        R"( {"seq":7.0, "ts":1399507200036.0, "ask":"1.1001", "bid":1.0999, "x":[{}],
                     "symbol":"EURUSD"} )");
    const Parsed parsed{json};
    CHECK(parsed.out.symbol == "EURUSD");
    CHECK(parsed.out.carries_price);
    CHECK(parsed.out.bid == 1.0999);
    CHECK(parsed.out.ask == 1.1001);
    CHECK(parsed.out.ts_ms == 1399507200036);
    CHECK(parsed.out.seq == 7);
}

TEST_CASE("either side of a JSON payload may be missing, null or empty", "[price_payload]") {
    const std::string_view json =
        GENERATE(R"({"symbol":"EURUSD","bid":1.1})", R"({"symbol":"EURUSD","bid":1.1,"ask":null})",
                 R"({"symbol":"EURUSD","bid":"1.1","ask":""})");
    const Parsed parsed{json};
    CHECK(parsed.out.carries_price);
    CHECK(parsed.out.bid == 1.1);
    CHECK(std::isnan(parsed.out.ask));
    CHECK(parsed.out.ts_ms == 0);
    CHECK_FALSE(parsed.out.seq);
}

TEST_CASE("a JSON payload without either side is a notice to read the price", "[price_payload]") {
    const Parsed parsed{R"({"symbol":"EUR\u0055SD","bid":null})"};
    CHECK(parsed.out.symbol == "EURUSD");
    CHECK_FALSE(parsed.out.carries_price);
}

TEST_CASE("hostile payloads are refused, each with its reason", "[price_payload]") {
    const auto [payload, fault] = GENERATE_COPY(values<std::pair<std::string, PayloadFault>>({
        {"", PayloadFault::empty},
        {" \r\n", PayloadFault::empty},
        {std::string(65, 'A'), PayloadFault::name_too_long},
        {std::string(1 << 20, 'A'), PayloadFault::too_long},
        {"EURUSD\n", PayloadFault::bad_name},
        {" EURUSD", PayloadFault::bad_name},
        {"EUR\0USD"s, PayloadFault::bad_name},
        {"EUR\x7fUSD", PayloadFault::bad_name},
        {"EUR\xffUSD", PayloadFault::bad_utf8},
        {"EUR\xc0\xaf", PayloadFault::bad_utf8},
        {"\xed\xa0\x80", PayloadFault::bad_utf8},
        {"EUR\xc3", PayloadFault::bad_utf8},
        {"[1,2]", PayloadFault::not_object},
        {"\"EURUSD\"", PayloadFault::not_object},
        {"{", PayloadFault::bad_json},
        {"{}", PayloadFault::no_symbol},
        {R"({"bid":1.1})", PayloadFault::no_symbol},
        {R"({"symbol":7,"bid":1.1})", PayloadFault::no_symbol},
        {R"({"symbol":null,"bid":1.1})", PayloadFault::no_symbol},
        {R"({"symbol":"","bid":1.1})", PayloadFault::bad_name},
        {R"({"symbol":"EUR\u0000USD","bid":1.1})", PayloadFault::bad_name},
        {R"({"symbol":")" + std::string(65, 'A') + R"(","bid":1.1})", PayloadFault::name_too_long},
        {"{\"symbol\":\"EUR\xff\",\"bid\":1.1}", PayloadFault::bad_utf8},
        {R"({"symbol":"EURUSD","bid":1.1} x)", PayloadFault::bad_json},
        {R"({"symbol":"EURUSD","bid":1.1}{})", PayloadFault::bad_json},
        {"{\"symbol\":\"EURUSD\",\"bid\":1.1}\0"s, PayloadFault::bad_json},
        {R"({"symbol":"EURUSD","bid":1.1,"bid":1.2})", PayloadFault::duplicate_key},
        {R"({"symbol":"EURUSD","x":1,"x":1})", PayloadFault::duplicate_key},
        {R"({"symbol":"EURUSD","bid":NaN})", PayloadFault::bad_json},
        {R"({"symbol":"EURUSD","bid":Infinity})", PayloadFault::bad_json},
        {R"({"symbol":"EURUSD","bid":1e999})", PayloadFault::bad_json},
        {R"({"symbol":"EURUSD","bid":"NaN"})", PayloadFault::bad_number},
        {R"({"symbol":"EURUSD","bid":"inf"})", PayloadFault::bad_number},
        {R"({"symbol":"EURUSD","bid":"1.1x"})", PayloadFault::bad_number},
        {R"({"symbol":"EURUSD","ask":true})", PayloadFault::bad_number},
        {R"({"symbol":"EURUSD","ask":[1.1]})", PayloadFault::bad_number},
        {R"({"symbol":"EURUSD","bid":1.1,"ts":-1})", PayloadFault::bad_number},
        {R"({"symbol":"EURUSD","bid":1.1,"ts":18446744073709551615})", PayloadFault::bad_number},
        {R"({"symbol":"EURUSD","bid":1.1,"seq":"x"})", PayloadFault::bad_number},
        {R"({"symbol":"EURUSD","bid":1.1,"x":tru})", PayloadFault::bad_json},
        {R"({"symbol":"EURUSD","x":)" + std::string(100, '[') + std::string(100, ']') + "}",
         PayloadFault::bad_json},
    }));
    CAPTURE(payload);
    CHECK(to_string(fault_of(payload)) == to_string(fault));
}

TEST_CASE("an object of very many keys is refused before it costs much", "[price_payload]") {
    std::string payload = R"({"symbol":"EURUSD")";
    for (int i = 0; i < 100; ++i) payload += ",\"k" + std::to_string(i) + "\":0";
    CHECK(fault_of(payload + "}") == PayloadFault::bad_json);
}

TEST_CASE("a parser is as good as new after a refused payload", "[price_payload]") {
    PricePayloadParser parser;
    PricePayload out;
    REQUIRE(parser.parse(R"({"symbol":"EURUSD","bid":1.1,)", out) == PayloadFault::bad_json);
    REQUIRE(parser.parse(R"({"symbol":"XAUUSD","ask":1290.5})", out) == PayloadFault::none);
    CHECK(out.symbol == "XAUUSD");
    CHECK(std::isnan(out.bid));
    REQUIRE(parser.parse("NZDUSD", out) == PayloadFault::none);
    CHECK_FALSE(out.carries_price);
}

TEST_CASE("each fault of a payload has a name for its counter", "[price_payload]") {
    for (const auto& [fault, name] : wire::payload_fault_names) {
        CHECK(to_string(fault) == name);
        CHECK(static_cast<std::size_t>(fault) < wire::payload_fault_count);
    }
}
