#include "margind/core/stop_out/parts_told.hpp"

#include <catch2/catch_test_macros.hpp>
#include <vector>

using namespace margind;

namespace {

using Parts = std::vector<StopOutPart>;

const std::uint64_t position_a = part_id("A");
const std::uint64_t position_b = part_id("B");
constexpr AccountId account{7};

Parts parts(bool is_crossed_out, bool is_a_out, bool is_b_out) {
    return {{crossed_part, is_crossed_out}, {position_a, is_a_out}, {position_b, is_b_out}};
}

BreachMemory stopped_out(std::uint64_t name) {
    BreachMemory memory;
    memory.state = AccountState::stop_out;
    memory.parts = name;
    return memory;
}

}  // namespace

TEST_CASE("what is crossed alone has no name, and any isolated position gives one",
          "[parts_told]") {
    CHECK(name_of({}) == 0);
    CHECK(name_of(parts(true, false, false)) == 0);
    CHECK(name_of(parts(false, true, false)) != 0);
    CHECK(name_of(parts(true, true, false)) != name_of(parts(false, true, false)));
    CHECK(name_of(parts(false, true, false)) != name_of(parts(false, false, true)));
    Parts turned = parts(true, true, true);
    std::swap(turned.front(), turned.back());
    CHECK(name_of(turned) == name_of(parts(true, true, true)));
}

TEST_CASE("an account that is not stopped out has no news", "[parts_told]") {
    PartsTold told;
    CHECK(told.look(account, parts(false, true, false), {}) == PartNews::none);
}

TEST_CASE("a part that nobody has been told of is fresh, and told once", "[parts_told]") {
    PartsTold told;
    const Parts first = parts(false, true, false);
    const BreachMemory memory = stopped_out(name_of(first));
    told.tell(account, first);
    CHECK(told.look(account, first, memory) == PartNews::none);
    const Parts both = parts(false, true, true);
    CHECK(told.look(account, both, memory) == PartNews::fresh);
    CHECK(told.look(account, both, memory) == PartNews::fresh);  // until it is told
    told.tell(account, both);
    CHECK(told.look(account, both, memory) == PartNews::none);
    CHECK(told.look(account, parts(true, true, true), memory) == PartNews::fresh);
}

TEST_CASE("a part that leaves and comes back is there again, not fresh", "[parts_told]") {
    PartsTold told;
    const Parts both = parts(false, true, true);
    const BreachMemory memory = stopped_out(name_of(both));
    told.tell(account, both);
    CHECK(told.look(account, parts(false, true, false), memory) == PartNews::none);
    CHECK(told.look(account, both, memory) == PartNews::again);
    told.tell(account, both);
    CHECK(told.look(account, both, memory) == PartNews::none);
}

TEST_CASE("a position that is gone is forgotten", "[parts_told]") {
    PartsTold told;
    const BreachMemory memory = stopped_out(1);
    told.tell(account, parts(false, true, true));
    const Parts without_b{{crossed_part, false}, {position_a, true}};
    CHECK(told.look(account, without_b, memory) == PartNews::none);
    CHECK(told.look(account, parts(false, true, true), memory) == PartNews::fresh);
}

TEST_CASE("after a start the same parts are known by their name, and others are fresh",
          "[parts_told]") {
    const BreachMemory memory = stopped_out(name_of(parts(false, true, false)));
    PartsTold same;
    CHECK(same.look(account, parts(false, true, false), memory) == PartNews::none);
    PartsTold other;
    CHECK(other.look(account, parts(false, true, true), memory) == PartNews::fresh);
    PartsTold fewer;  // which of them had been told, nobody knows any more
    CHECK(fewer.look(account, parts(false, false, true), memory) == PartNews::fresh);
}
