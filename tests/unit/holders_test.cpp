#include "margind/core/book/holders.hpp"

#include <algorithm>
#include <array>
#include <catch2/catch_test_macros.hpp>
#include <map>
#include <random>
#include <set>
#include <vector>

using namespace margind;

namespace {

using Ids = std::vector<std::uint32_t>;

Ids members(const SparseSet& set) {
    Ids ids;
    set.for_each([&](std::uint32_t id) { ids.push_back(id); });
    CHECK(set.count() == ids.size());
    return ids;
}

}  // namespace

TEST_CASE("a symbol's holders are the accounts that name it, in their order", "[holders]") {
    HoldersIndex holders;
    holders.change(AccountId{2}, {}, {.symbols = {3}});
    holders.change(AccountId{1}, {}, {.symbols = {0, 3}, .rates = {0}});
    CHECK(members(holders.of_symbol(SymbolId{0})) == Ids{1});
    CHECK(members(holders.of_symbol(SymbolId{3})) == Ids{1, 2});
    CHECK(members(holders.of_rate(RateId{0})) == Ids{1});
    CHECK(members(holders.of_symbol(SymbolId{1})).empty());
}

TEST_CASE("an unseen symbol or conversion has no holders", "[holders]") {
    const HoldersIndex holders;
    CHECK(members(holders.of_symbol(SymbolId{123'456})).empty());
    CHECK(members(holders.of_rate(RateId{99})).empty());
}

TEST_CASE("an account that has changed is no longer among those of what it has left", "[holders]") {
    const Holdings first{.symbols = {0, 1, 2}, .rates = {4}};
    const Holdings second{.symbols = {1, 5}, .rates = {}};
    HoldersIndex holders;
    holders.change(AccountId{7}, {}, first);
    holders.change(AccountId{7}, first, second);
    CHECK(members(holders.of_symbol(SymbolId{0})).empty());
    CHECK(members(holders.of_symbol(SymbolId{1})) == Ids{7});
    CHECK(members(holders.of_symbol(SymbolId{2})).empty());
    CHECK(members(holders.of_symbol(SymbolId{5})) == Ids{7});
    CHECK(members(holders.of_rate(RateId{4})).empty());
    holders.change(AccountId{7}, second, {});
    CHECK(members(holders.of_symbol(SymbolId{5})).empty());
}

TEST_CASE("the index equals a map of sets over random changes", "[holders]") {
    std::mt19937 random{7};
    HoldersIndex holders;
    // Ids far apart, as those of a large book are.
    constexpr std::uint32_t stride = 9'973;
    std::array<std::set<std::uint32_t>, 40> held;
    for (int step = 0; step < 5'000; ++step) {
        const std::uint32_t account = static_cast<std::uint32_t>(random() % held.size());
        std::set<std::uint32_t> wanted;
        for (auto count = random() % 6; count > 0; --count) {
            wanted.insert(static_cast<std::uint32_t>(random() % 15));
        }
        const Ids before(held[account].begin(), held[account].end());
        const Ids after(wanted.begin(), wanted.end());
        holders.change(AccountId{account * stride}, {before, before}, {after, after});
        held[account] = std::move(wanted);
    }
    for (std::uint32_t symbol = 0; symbol < 15; ++symbol) {
        Ids expected;
        for (std::uint32_t account = 0; account < held.size(); ++account) {
            if (held[account].contains(symbol)) expected.push_back(account * stride);
        }
        REQUIRE(members(holders.of_symbol(SymbolId{symbol})) == expected);
        REQUIRE(members(holders.of_rate(RateId{symbol})) == expected);
    }
}
