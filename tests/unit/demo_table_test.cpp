#include "app/demo_table.hpp"

#include <catch2/catch_test_macros.hpp>

namespace margind::test {
namespace {

TEST_CASE("a terminal gets a table, with styles where it likes them") {
    using app::Look;
    CHECK(app::look_for(true, "xterm", "") == Look::styled_table);
    CHECK(app::look_for(true, "xterm", "1") == Look::plain_table);
    CHECK(app::look_for(true, "dumb", "") == Look::lines);
    CHECK(app::look_for(false, "xterm", "") == Look::lines);
}

}  // namespace
}  // namespace margind::test
