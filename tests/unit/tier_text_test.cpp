#include "wire/tier_text.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace margind;

TEST_CASE("tiers read back as they were written", "[wire]") {
    for (const char* text :
         {"0:1", "0:1,10:2,20:3", "0:1/500,10:1/200", "0:0.01,50000:0.025;750"}) {
        CAPTURE(text);
        const auto tiers = wire::parse_tiers(text);
        REQUIRE(tiers.has_value());
        CHECK(wire::tier_text(*tiers) == text);
    }
    CHECK(wire::parse_tiers("0:1/500,10:1/200")->at(1).leverage == 200.0);
    CHECK(wire::parse_tiers("0:0.01,50000:0.025;750")->at(1).deduction == 750.0);
    CHECK(wire::tier_text({}).empty());
}

TEST_CASE("a text that is no tiers is refused", "[wire]") {
    for (const char* text : {"", "0", "0:", ":1", "0:1,", "0:x", "0:1/", "0:1;", "0:1;x", "a:1"}) {
        CAPTURE(text);
        CHECK_FALSE(wire::parse_tiers(text).has_value());
    }
}
