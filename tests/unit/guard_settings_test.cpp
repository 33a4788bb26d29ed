#include "margind/core/rules/guard_settings.hpp"

#include <catch2/catch_test_macros.hpp>
#include <functional>
#include <string>
#include <utility>
#include <vector>

using namespace margind;

namespace {

std::string problem_of(const std::function<void(InstrumentSpec&)>& change) {
    InstrumentSpec spec{.group = "Standard", .symbol = "EURUSD"};
    change(spec);
    const auto guard = derive_guard(spec, {});
    return guard ? std::string{} : guard.error();
}

}  // namespace

TEST_CASE("a specification without guards has the defaults", "[guards]") {
    const GuardSettings defaults{.confirm_ticks = 5,
                                 .confirm_ms = 400,
                                 .freeze_after_ms = 60'000,
                                 .max_age_ms = 30'000,
                                 .allow_negative = true};
    for (const bool exists : {false, true}) {
        const auto guard = derive_guard({.symbol = "EURUSD", .exists = exists}, defaults);
        REQUIRE(guard);
        CHECK_FALSE(guard->digits);
        CHECK(guard->confirm_ticks == 5);
        CHECK(guard->confirm_ms == 400);
        CHECK(guard->freeze_after_ms == 60'000);
        CHECK(guard->max_age_ms == 30'000);
        CHECK(guard->allow_negative);
        CHECK(guard->has_limits());
    }
    CHECK_FALSE(GuardSettings{}.has_limits());
}

TEST_CASE("every guard is read from its own field", "[guards]") {
    InstrumentSpec spec{.symbol = "USDX"};
    spec.digits = 3;
    spec.soft_points = 100;
    spec.confirm_ticks = 4;
    spec.confirm_ms = 700;
    spec.discard_points = 900.5;
    spec.min_spread = 1;
    spec.max_spread = 40;
    spec.freeze_after_ms = 5'000;
    spec.max_age_ms = 0;
    spec.allow_negative = "yes";
    spec.ref_symbol = "USDX.REF";
    spec.ref_band_percent = 1.5;
    const auto guard = derive_guard(spec, {.max_age_ms = 60'000});
    REQUIRE(guard);
    CHECK(guard->digits == 3);
    CHECK(guard->soft_points == 100.0);
    CHECK(guard->confirm_ticks == 4);
    CHECK(guard->confirm_ms == 700);
    CHECK(guard->discard_points == 900.5);
    CHECK(guard->min_spread == 1.0);
    CHECK(guard->max_spread == 40.0);
    CHECK(guard->freeze_after_ms == 5'000);
    CHECK(guard->max_age_ms == 0);
    CHECK(guard->allow_negative);
    CHECK(guard->ref_symbol == "USDX.REF");
    CHECK(guard->ref_band_percent == 1.5);
    CHECK(guard->points(-0.25) == 250.0);
}

TEST_CASE("a limit of 0 is none", "[guards]") {
    InstrumentSpec spec{.symbol = "EURUSD"};
    spec.soft_points = spec.discard_points = spec.min_spread = spec.max_spread = 0.0;
    const auto guard = derive_guard(spec, {});
    REQUIRE(guard);
    CHECK_FALSE(guard->has_limits());
}

TEST_CASE("guards that make no sense are named", "[guards]") {
    using Change = std::function<void(InstrumentSpec&)>;
    const std::vector<std::pair<Change, std::string>> cases{
        {[](auto& spec) { spec.soft_points = 150; },
         "digits: expected the decimals of the price, which limits in points need"},
        {[](auto& spec) { spec.digits = 5.5; }, "digits: expected an integer from 0 to 15"},
        {[](auto& spec) { spec.digits = not_a_price; }, "digits: expected an integer from 0 to 15"},
        {[](auto& spec) { spec.digits = 16; }, "digits: expected an integer from 0 to 15"},
        {[](auto& spec) { spec.max_spread = not_a_price; },
         "max_spread: expected a number from 0 to 1000000000000000"},
        {[](auto& spec) { spec.min_spread = -1; },
         "min_spread: expected a number from 0 to 1000000000000000"},
        {[](auto& spec) { spec.confirm_ticks = 0; },
         "confirm_ticks: expected an integer from 1 to 1000"},
        {[](auto& spec) { spec.confirm_ms = 0.5; },
         "confirm_ms: expected an integer from 1 to 60000"},
        {[](auto& spec) { spec.freeze_after_ms = -1; },
         "freeze_after_ms: expected an integer from 0 to 604800000"},
        {[](auto& spec) { spec.max_age_ms = not_a_price; },
         "max_age_ms: expected an integer from 0 to 9000000000000000"},
        {[](auto& spec) { spec.allow_negative = "perhaps"; },
         "allow_negative: expected true or false"},
        {[](auto& spec) { spec.ref_symbol = "X"; },
         "ref_band_percent: expected a number above 0 beside ref_symbol"},
        {[](auto& spec) { spec.ref_band_percent = 1; },
         "ref_symbol: expected a symbol beside ref_band_percent"},
        {[](auto& spec) {
             spec.ref_symbol = "EURUSD";
             spec.ref_band_percent = 1;
         },
         "ref_symbol: expected another symbol than its own"},
        {[](auto& spec) {
             spec.ref_symbol = "a\nb";
             spec.ref_band_percent = 1;
         },
         "ref_symbol: expected 1 to 64 bytes without control characters"},
        {[](auto& spec) {
             spec.digits = 5;
             spec.soft_points = 100;
             spec.discard_points = 100;
         },
         "discard_points: expected more than soft_points"},
        {[](auto& spec) {
             spec.digits = 5;
             spec.min_spread = 20;
             spec.max_spread = 10;
         },
         "max_spread: expected no less than min_spread"},
        {[](auto& spec) { spec.is_readable = false; }, "the specification cannot be read"},
    };
    for (const auto& [change, expected] : cases) CHECK(problem_of(change) == expected);
}
