#include "wire/nearest_name.hpp"

#include <array>
#include <catch2/catch_test_macros.hpp>
#include <string>

using namespace margind;
using std::string_view_literals::operator""sv;

TEST_CASE("the name that was probably meant is the nearest one") {
    constexpr std::array names{"leverage"sv, "balance"sv, "id"sv};
    CHECK(wire::nearest_name("leverege", names) == "leverage");
    CHECK(wire::nearest_name("balanse", names) == "balance");
    CHECK(wire::nearest_name("ids", names) == "id");
    CHECK(wire::nearest_name("colour", names).empty());
    CHECK(wire::nearest_name("", names).empty());
    CHECK(wire::nearest_name(std::string(65, 'l'), names).empty());
    CHECK(wire::nearest_name("leverage", {}).empty());
}
