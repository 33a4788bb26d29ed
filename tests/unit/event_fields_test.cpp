#include "wire/event_fields.hpp"

#include <simdjson.h>
#include <catch2/catch_test_macros.hpp>
#include <limits>
#include <map>

using namespace margind;
using namespace margind::wire;

namespace {

using Fields = std::map<std::string, std::string, std::less<>>;

Event stop_out() {
    Event event;
    event.id = "00112233445566778899aabbccddeeff";
    event.account = "live:1001";
    event.kind = EventKind::would_stop_out;
    event.level = 45.4545;
    event.equity = 500.0;
    event.margin = 1100.0;
    event.threshold = 50.0;
    event.data_epoch = 4;
    event.ts_ms = 1'700'000'000'000;
    event.decision.account = {"live", "1001"};
    event.decision.currency = "USD";
    event.decision.rules_hash = "0123456789abcdef";
    event.decision.prices.push_back({.symbol = "EUR\"USD\n\xff", .bid = 1.093, .ask = 1.09302});
    return event;
}

Fields encode(const Event& event) {
    EventEncoder encoder;
    Fields fields;
    for (const Field& field : encoder.encode(event, 9)) fields.emplace(field.name, field.value);
    return fields;
}

}  // namespace

TEST_CASE("an event has every field of the contract") {
    Fields fields = encode(stop_out());
    const std::string decision = fields.extract("decision").mapped();
    CHECK(fields == Fields{{"id", "00112233445566778899aabbccddeeff"},
                           {"account", "live:1001"},
                           {"kind", "would_stop_out"},
                           {"mode", "dry_run"},
                           {"level", "45.45"},
                           {"equity", "500.00"},
                           {"margin", "1100.00"},
                           {"threshold", "50.00"},
                           {"data_epoch", "4"},
                           {"term", "9"},
                           {"ts", "1700000000000"},
                           {"schema", "1"}});
    simdjson::dom::parser parser;
    const simdjson::dom::element document = parser.parse(decision);
    CHECK(std::string_view{document["rules_hash"]} == "0123456789abcdef");
    CHECK(std::string_view{document["account"]} == "live:1001");
    CHECK(std::string_view{document["state"]} == "ok");
    CHECK(double{document["prices"].at(0)["bid"]} == 1.093);
}

TEST_CASE("an event's amounts have the digits of the account's currency") {
    Event event = stop_out();
    event.is_armed = true;
    event.kind = EventKind::stop_out;
    event.digits = Digits{0};
    event.equity = -12'345.0;
    CHECK(encode(event).at("equity") == "-12345");
    CHECK(encode(event).at("mode") == "armed");
    CHECK(encode(event).at("kind") == "stop_out");
    event.digits = Digits{3};
    event.margin = 0.125;
    CHECK(encode(event).at("margin") == "0.125");
}

TEST_CASE("a figure that is unknown is empty in an event") {
    Event event = stop_out();
    event.level = std::numeric_limits<double>::quiet_NaN();
    event.equity = std::numeric_limits<double>::infinity();
    CHECK(encode(event).at("level").empty());
    CHECK(encode(event).at("equity").empty());
}

TEST_CASE("an encoder used again forgets the event before") {
    EventEncoder encoder;
    (void)encoder.encode(stop_out(), 1);
    Event event = stop_out();
    event.account = "demo:2";
    const auto fields = encoder.encode(event, 2);
    CHECK(fields.size() == 13);
    CHECK(fields[1].value == "demo:2");
}
