#include "margind/core/base/shared_values.hpp"

#include <catch2/catch_test_macros.hpp>
#include <string>

using margind::SharedValues;

TEST_CASE("equal values share an id for as long as somebody uses it", "[shared_values]") {
    SharedValues<std::string> values;
    const auto a = values.take("a");
    const auto b = values.take("b");
    CHECK(a != b);
    CHECK(values.take("a") == a);
    CHECK(values.used() == 2);
    values.drop(a);
    CHECK(values[a] == "a");
    values.drop(a);
    CHECK(values.used() == 1);

    // Its place goes to the next value.
    const auto c = values.take("c");
    CHECK(c == a);
    CHECK(values[c] == "c");
    CHECK(values.values().size() == 2);
    CHECK(values.take("b") == b);
}
