#include "wire/snapshot_fields.hpp"

#include <catch2/catch_test_macros.hpp>
#include <cstdint>
#include <cstdio>
#include <map>
#include <random>
#include <string>
#include <vector>

using namespace margind;
using namespace margind::wire;

namespace {

using Fields = std::map<std::string, std::string, std::less<>>;

Fields encode(const Snapshot& snapshot, std::uint64_t term = 7) {
    SnapshotEncoder encoder;
    Fields fields;
    for (const Field& field : encoder.encode(snapshot, term)) {
        CHECK(fields.emplace(field.name, field.value).second);
    }
    return fields;
}

std::string two_decimals(std::int64_t minor, std::uint8_t digits) {
    char text[FieldList::value_max];
    return {text, write_two_decimals(text, Money::from_minor(minor), Digits{digits})};
}

std::string fixed(double value, int decimals = 2) {
    char text[FieldList::value_max];
    return {text, write_fixed(text, value, decimals)};
}

std::string shortest(double value) {
    char text[FieldList::value_max];
    return {text, write_shortest(text, value)};
}

Snapshot standard(std::int64_t equity, std::int64_t margin, Digits digits = {}) {
    Snapshot snapshot;
    snapshot.account = "live:1001";
    snapshot.verdict = Verdict::ok;
    StandardFigures figures;
    figures.balance = Money::from_minor(1'000'000);
    figures.valuation.equity = Money::from_minor(equity);
    figures.valuation.margin = Money::from_minor(margin);
    figures.valuation.pnl = Money::from_minor(equity - 1'000'000);
    figures.digits = digits;
    snapshot.figures = figures;
    snapshot.ts_ms = 1'700'000'000'000;
    snapshot.price_age_ms = 12;
    snapshot.data_epoch = 3;
    return snapshot;
}

Snapshot with_prop(Snapshot snapshot) {
    PropMemory memory{.currency = "USD", .digits = Digits{2}, .state = {}};
    memory.state.peak = Money::from_minor(10'500'000);
    snapshot.prop = std::make_shared<PropMemory>(memory);
    return snapshot;
}

Snapshot platform(const PlatformFigures& figures) {
    Snapshot snapshot;
    snapshot.verdict = Verdict::ok;
    snapshot.figures = figures;
    snapshot.ts_ms = 1'700'000'000'000;
    return snapshot;
}

}  // namespace

TEST_CASE("money has two decimals whatever its currency's digits") {
    CHECK(two_decimals(0, 2) == "0.00");
    CHECK(two_decimals(5, 2) == "0.05");
    CHECK(two_decimals(-5, 2) == "-0.05");
    CHECK(two_decimals(-1'234'567, 2) == "-12345.67");
    CHECK(two_decimals(1'234, 0) == "1234.00");
    CHECK(two_decimals(-7, 0) == "-7.00");
    CHECK(two_decimals(15, 1) == "1.50");
    CHECK(two_decimals(1'234, 3) == "1.23");
    CHECK(two_decimals(1'235, 3) == "1.24");
    CHECK(two_decimals(-1'235, 3) == "-1.24");
    CHECK(two_decimals(99'999'999, 8) == "1.00");
    CHECK(two_decimals(INT64_MIN, 2) == "-92233720368547758.08");
    CHECK(two_decimals(INT64_MAX, 0) == "9223372036854775807.00");
}

TEST_CASE("nothing is ever written as -0.00") {
    CHECK(two_decimals(-4, 3) == "0.00");
    CHECK(two_decimals(-499'999, 8) == "0.00");
    CHECK(fixed(-0.0) == "0.00");
    CHECK(fixed(-0.004) == "0.00");
    CHECK(fixed(-0.5, 0) == "0");
    CHECK(fixed(-0.01) == "-0.01");
    CHECK(shortest(-0.0) == "0");
}

TEST_CASE("doubles are written as printf writes them") {
    std::mt19937_64 random{20260101};
    std::uniform_real_distribution<double> exponent{-6.0, 16.0};
    char expected[FieldList::value_max];
    for (int i = 0; i < 20'000; ++i) {
        const double sign = i % 2 == 0 ? 1.0 : -1.0;
        const double value = sign * std::pow(10.0, exponent(random));
        std::snprintf(expected, sizeof expected, "%.2f", value);
        const std::string wanted = expected;
        if (wanted != "-0.00") CHECK(fixed(value) == wanted);
        CHECK(std::stod(shortest(value)) == value);
    }
    CHECK(fixed(1.005) == "1.00");  // the binary value lies below
    CHECK(fixed(2.675) == "2.67");
    CHECK(fixed(0.125) == "0.12");  // exactly between: to even, as printf does
    CHECK(shortest(500.00000000000006) == "500.00000000000006");
    CHECK(fixed(1e300).size() == 304);
}

TEST_CASE("a snapshot of the rule set standard has every field of the contract") {
    const Fields fields = encode(standard(1'050'000, 200'050));
    CHECK(fields == Fields{{"equity", "10500.00"},
                           {"balance", "10000.00"},
                           {"free_margin", "8499.50"},
                           {"used_margin", "2000.50"},
                           {"margin_level", "524.87"},
                           {"open_pnl", "500.00"},
                           {"total_pl", "500.00"},
                           {"used_margin_executed", "2000.5"},
                           {"used_margin_all", "2000.5"},
                           {"ts", "1700000000000"},
                           {"calc_status", "ok"},
                           {"degraded_fields", ""},
                           {"error_codes", ""},
                           {"verdict", "ok"},
                           {"price_age_ms", "12"},
                           {"data_epoch", "3"},
                           {"term", "7"},
                           {"schema", "1"}});
}

TEST_CASE("the level is rounded in integers, and is 0 where nothing is used") {
    CHECK(encode(standard(1'000'000, 0)).at("margin_level") == "0.00");
    CHECK(encode(standard(1, 3)).at("margin_level") == "33.33");
    CHECK(encode(standard(2, 3)).at("margin_level") == "66.67");
    CHECK(encode(standard(-50, 100)).at("margin_level") == "-50.00");
    CHECK(encode(standard(-1, 1'000'000)).at("margin_level") == "0.00");
    CHECK(encode(standard(1'000'005, 1'000'000)).at("margin_level") == "100.00");
    // Beyond 64 bits on the way.
    CHECK(encode(standard(9'000'000'000'000'000, 1'000)).at("margin_level") ==
          "900000000000000.00");
    CHECK(encode(standard(9'000'000'000'000'000, 9'000'000'000'000'001)).at("margin_level") ==
          "100.00");
}

TEST_CASE("used margin is written in full for any currency") {
    CHECK(encode(standard(0, 123'456, Digits{0})).at("used_margin_all") == "123456");
    CHECK(encode(standard(0, 1'234'500, Digits{3})).at("used_margin_all") == "1234.5");
    CHECK(encode(standard(0, 1, Digits{8})).at("used_margin_all") == "0.00000001");
    CHECK(encode(standard(0, 9'007'199'254'740'991)).at("used_margin_all") == "90071992547409.9");
}

TEST_CASE("UNKNOWN in standard leaves the figures and their time alone") {
    Snapshot snapshot = standard(1'050'000, 200'050);
    snapshot.verdict = Verdict::unknown;
    snapshot.causes = Causes{Cause::no_rate} | Cause::stale_price | Cause::no_instrument |
                      Cause::no_price | Cause::image_unconfirmed;
    snapshot.price_age_ms = -1;
    CHECK(encode(snapshot) ==
          Fields{{"calc_status", "degraded"},
                 {"degraded_fields",
                  "missing_group_data,missing_prices,missing_conversion,stale_price,"
                  "image_unconfirmed"},
                 {"error_codes", ""},
                 {"verdict", "unknown"},
                 {"price_age_ms", "-1"},
                 {"data_epoch", "3"},
                 {"term", "7"},
                 {"schema", "1"}});
    CHECK(is_published(snapshot));
    snapshot.causes = Cause::no_balance;
    const Fields fields = encode(snapshot);
    CHECK(fields.at("calc_status") == "error");
    CHECK(fields.at("error_codes") == "missing_balance");
    CHECK(fields.at("degraded_fields") == "no_balance");
}

TEST_CASE("a snapshot with every cause there is fits") {
    Snapshot snapshot = standard(0, 0);
    snapshot.verdict = Verdict::unknown;
    for (const auto& [cause, name] : cause_names) snapshot.causes |= cause;
    CHECK(encode(snapshot).at("degraded_fields").size() < FieldList::value_max);
}

TEST_CASE("a snapshot of the rule set platform has the platform's texts") {
    const Fields fields = encode(platform({.equity = 10326.586,
                                           .balance = 10000.0,
                                           .used_margin_executed = 500.00000000000006,
                                           .used_margin_all = 500.00000000000006,
                                           .open_pnl = -0.001,
                                           .level = 2065.3172}));
    CHECK(fields.at("equity") == "10326.59");
    CHECK(fields.at("free_margin") == "9826.59");
    CHECK(fields.at("used_margin") == "500.00");
    CHECK(fields.at("margin_level") == "2065.32");
    CHECK(fields.at("open_pnl") == "0.00");
    CHECK(fields.at("used_margin_executed") == "500.00000000000006");
    CHECK(fields.at("calc_status") == "ok");
    CHECK(fields.at("degraded_fields").empty());
    CHECK_FALSE(fields.contains("error_codes"));  // written on an error only, never cleared
    CHECK(fields.at("ts") == "1700000000000");
}

TEST_CASE("degraded fields of platform have orders_skipped first") {
    const Fields fields = encode(platform({.degraded = 0b1111}));
    CHECK(fields.at("calc_status") == "degraded");
    CHECK(fields.at("degraded_fields") ==
          "orders_skipped,missing_group_data,missing_prices,missing_conversion");
    CHECK(encode(platform({.degraded = 0b0101})).at("degraded_fields") ==
          "orders_skipped,missing_prices");
}

TEST_CASE("an error in platform writes its status and verdict, no figure, and is not announced") {
    const Snapshot balance = platform({.error = PlatformError::missing_balance});
    const Fields fields = encode(balance);
    CHECK(fields.at("calc_status") == "error");
    CHECK(fields.at("error_codes") == "missing_balance");
    CHECK(fields.contains("verdict"));
    CHECK_FALSE(fields.contains("equity"));
    CHECK_FALSE(fields.contains("ts"));
    CHECK_FALSE(is_published(balance));
    CHECK(encode(platform({.error = PlatformError::missing_contract_size})).at("error_codes") ==
          "missing_contract_size_no_leverage_and_margin");
    CHECK(is_published(platform({})));
}

TEST_CASE("what prop-firm rules remember goes with every snapshot, also without figures") {
    CHECK_FALSE(encode(standard(1, 1)).contains("prop_state"));
    const std::string text = "digits=2 peak=105000.00 currency=USD";
    CHECK(encode(with_prop(standard(1, 1))).at("prop_state") == text);
    Snapshot unknown = with_prop(standard(1, 1));
    unknown.verdict = Verdict::unknown;
    unknown.causes = Cause::no_price;
    CHECK_FALSE(encode(unknown).contains("equity"));
    CHECK(encode(unknown).at("prop_state") == text);
    PlatformFigures broken;
    broken.error = PlatformError::missing_balance;
    CHECK(encode(with_prop(platform(broken))).at("prop_state") == text);
    CHECK(encode(with_prop(platform({}))).at("prop_state") == text);
}
