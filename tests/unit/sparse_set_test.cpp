#include "margind/core/base/sparse_set.hpp"

#include <catch2/catch_test_macros.hpp>
#include <cstdint>
#include <random>
#include <set>
#include <vector>

using namespace margind;

namespace {

using Ids = std::vector<std::uint32_t>;

Ids members(const SparseSet& set) {
    Ids ids;
    set.for_each([&](std::uint32_t id) { ids.push_back(id); });
    return ids;
}

}  // namespace

TEST_CASE("a sparse set has each member once, in order", "[sparse_set]") {
    SparseSet set;
    CHECK(set.is_empty());
    CHECK(set.insert(70'000));
    CHECK(set.insert(3));
    CHECK(set.insert(0xffff'fffe));
    CHECK_FALSE(set.insert(3));
    CHECK(members(set) == Ids{3, 70'000, 0xffff'fffe});
    CHECK(set.count() == 3);
    CHECK(set.contains(70'000));
    CHECK_FALSE(set.contains(70'001));
    CHECK_FALSE(set.contains(4'464));  // 70,000 but for its block
}

TEST_CASE("what is taken out of a sparse set is gone, once", "[sparse_set]") {
    SparseSet set;
    set.insert(7);
    set.insert(100'000);
    CHECK_FALSE(set.erase(8));
    CHECK_FALSE(set.erase(1'000'000));
    CHECK(set.erase(7));
    CHECK_FALSE(set.erase(7));
    CHECK(members(set) == Ids{100'000});
    CHECK(set.erase(100'000));
    CHECK(set.is_empty());
    CHECK(members(set).empty());
}

TEST_CASE("a sparse set equals a plain one while it fills and empties", "[sparse_set]") {
    std::mt19937 random{11};
    SparseSet set;
    std::set<std::uint32_t> plain;
    // More likely to grow, then to shrink: blocks become bits, and lists again.
    for (const unsigned chance_to_insert : {9u, 1u, 6u, 0u}) {
        for (int step = 0; step < 60'000; ++step) {
            const std::uint32_t id = static_cast<std::uint32_t>(random() % 16'000) * 7;
            if (random() % 10 < chance_to_insert) {
                REQUIRE(set.insert(id) == plain.insert(id).second);
            } else {
                REQUIRE(set.erase(id) == (plain.erase(id) > 0));
            }
        }
        REQUIRE(members(set) == Ids(plain.begin(), plain.end()));
        REQUIRE(set.count() == plain.size());
        for (std::uint32_t id = 0; id < 120'000; id += 97) {
            REQUIRE(set.contains(id) == plain.contains(id));
        }
    }
}
