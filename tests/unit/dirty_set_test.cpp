#include "margind/core/base/dirty_set.hpp"

#include <catch2/catch_test_macros.hpp>
#include <initializer_list>
#include <random>
#include <set>
#include <vector>

using namespace margind;

namespace {

std::vector<std::uint32_t> members(const BitSet& set) {
    std::vector<std::uint32_t> ids;
    set.for_each([&](std::uint32_t id) { ids.push_back(id); });
    return ids;
}

SparseSet sparse(std::initializer_list<std::uint32_t> ids) {
    SparseSet set;
    for (const std::uint32_t id : ids) set.insert(id);
    return set;
}

}  // namespace

TEST_CASE("marking twice is marking once", "[dirty_set]") {
    BitSet set;
    set.grow(200);
    CHECK(set.insert(7));
    CHECK_FALSE(set.insert(7));
    CHECK(set.count() == 1);
    CHECK(set.erase(7));
    CHECK_FALSE(set.erase(7));
    CHECK(set.is_empty());
}

TEST_CASE("members come in id order, whatever the order of marking", "[dirty_set]") {
    BitSet set;
    set.grow(256);
    for (const std::uint32_t id : {200u, 0u, 64u, 63u, 255u, 1u}) set.insert(id);
    CHECK(members(set) == std::vector<std::uint32_t>{0, 1, 63, 64, 200, 255});
}

TEST_CASE("next finds the member at or after an id", "[dirty_set]") {
    BitSet set;
    set.grow(300);
    set.insert(5);
    set.insert(130);
    CHECK(set.next(0) == 5);
    CHECK(set.next(5) == 5);
    CHECK(set.next(6) == 130);
    CHECK(set.next(131) == AccountId::none_value);
    CHECK(set.next(1'000'000) == AccountId::none_value);
    CHECK(BitSet{}.next(0) == AccountId::none_value);
}

TEST_CASE("a visitor may erase the member it is given", "[dirty_set]") {
    BitSet set;
    set.grow(128);
    for (std::uint32_t id = 0; id < 128; ++id) set.insert(id);
    std::uint32_t visited = 0;
    set.for_each([&](std::uint32_t id) {
        ++visited;
        if (id % 2 == 0) set.erase(id);
    });
    CHECK(visited == 128);
    CHECK(set.count() == 64);
    CHECK(set.next(0) == 1);
}

TEST_CASE("growing keeps the members, clearing drops them", "[dirty_set]") {
    BitSet set;
    set.grow(10);
    set.insert(9);
    set.grow(1'000);
    CHECK(set.contains(9));
    CHECK_FALSE(set.contains(999));
    CHECK_FALSE(set.contains(5'000));
    set.insert(999);
    set.clear();
    CHECK(set.is_empty());
    CHECK(members(set).empty());
    CHECK(set.insert(999));
}

TEST_CASE("a set can be walked within another", "[dirty_set]") {
    BitSet dirty;
    BitSet live;
    dirty.grow(300);
    live.grow(200);
    for (const std::uint32_t id : {1u, 64u, 130u, 250u}) dirty.insert(id);
    for (const std::uint32_t id : {1u, 2u, 130u, 199u}) live.insert(id);
    std::vector<std::uint32_t> both;
    dirty.for_each_in(live, [&](std::uint32_t id) { both.push_back(id); });
    CHECK(both == std::vector<std::uint32_t>{1, 130});
    CHECK(dirty.next_in(live, 2) == 130);
    CHECK(dirty.next_in(live, 131) == AccountId::none_value);
}

TEST_CASE("the members of either of two sets are counted once", "[dirty_set]") {
    BitSet stale;
    BitSet unsent;
    BitSet live;
    for (BitSet* set : {&stale, &unsent, &live}) set->grow(200);
    stale.insert_all(sparse({3, 70, 150}));
    unsent.insert_all(sparse({70, 71, 199}));
    for (std::uint32_t id = 0; id < 160; ++id) live.insert(id);
    const BitSet dirty = either_in(stale, unsent, live);
    CHECK(members(dirty) == std::vector<std::uint32_t>{3, 70, 71, 150});
    CHECK(dirty.count() == 4);
}

TEST_CASE("many members are marked a word at a time, and counted as one by one", "[dirty_set]") {
    BitSet one_by_one;
    BitSet at_once;
    for (BitSet* set : {&one_by_one, &at_once}) set->grow(70'000);
    for (const std::uint32_t id : {1u, 9u, 66'000u}) {
        one_by_one.insert(id);
        at_once.insert(id);
    }
    SparseSet many;  // so many that they are bits, and a few in another block
    for (std::uint32_t id = 0; id < 20'000; id += 3) many.insert(id);
    for (const std::uint32_t id : {65'999u, 66'000u}) many.insert(id);
    many.for_each([&](std::uint32_t id) { one_by_one.insert(id); });
    at_once.insert_all(many);
    CHECK(members(at_once) == members(one_by_one));
    CHECK(at_once.count() == one_by_one.count());
}

TEST_CASE("the set equals a std::set over random marks", "[dirty_set]") {
    std::mt19937 random{20140508};
    BitSet set;
    set.grow(500);
    std::set<std::uint32_t> model;
    for (int step = 0; step < 20'000; ++step) {
        const std::uint32_t id = static_cast<std::uint32_t>(random() % 500);
        if (random() % 2 == 0) {
            REQUIRE(set.insert(id) == model.insert(id).second);
        } else {
            REQUIRE(set.erase(id) == (model.erase(id) == 1));
        }
        REQUIRE(set.count() == model.size());
    }
    CHECK(members(set) == std::vector<std::uint32_t>(model.begin(), model.end()));
}
