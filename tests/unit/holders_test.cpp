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

Ids sorted(HoldersIndex::Accounts set) {
    Ids ids(set.begin(), set.end());
    std::ranges::sort(ids);
    return ids;
}

}  // namespace

TEST_CASE("a symbol's holders are the accounts that name it", "[holders]") {
    HoldersIndex holders;
    holders.replace(AccountId{1}, Ids{0, 3}, Ids{0});
    holders.replace(AccountId{2}, Ids{3}, Ids{});
    CHECK(sorted(holders.of_symbol(SymbolId{0})) == Ids{1});
    CHECK(sorted(holders.of_symbol(SymbolId{3})) == Ids{1, 2});
    CHECK(sorted(holders.of_rate(RateId{0})) == Ids{1});
    CHECK(holders.of_symbol(SymbolId{1}).empty());
}

TEST_CASE("an unseen symbol or conversion has no holders", "[holders]") {
    const HoldersIndex holders;
    CHECK(holders.of_symbol(SymbolId{123'456}).empty());
    CHECK(holders.of_rate(RateId{99}).empty());
}

TEST_CASE("replacing an account forgets what it no longer holds", "[holders]") {
    HoldersIndex holders;
    holders.replace(AccountId{7}, Ids{0, 1, 2}, Ids{4});
    holders.replace(AccountId{7}, Ids{1, 5}, Ids{});
    CHECK(holders.of_symbol(SymbolId{0}).empty());
    CHECK(sorted(holders.of_symbol(SymbolId{1})) == Ids{7});
    CHECK(holders.of_symbol(SymbolId{2}).empty());
    CHECK(sorted(holders.of_symbol(SymbolId{5})) == Ids{7});
    CHECK(holders.of_rate(RateId{4}).empty());
    holders.replace(AccountId{7}, Ids{}, Ids{});
    CHECK(holders.of_symbol(SymbolId{5}).empty());
}

TEST_CASE("the index equals a map of sets over random replacements", "[holders]") {
    std::mt19937 random{7};
    HoldersIndex holders;
    std::array<std::set<std::uint32_t>, 40> held;
    for (int step = 0; step < 5'000; ++step) {
        const std::uint32_t account = static_cast<std::uint32_t>(random() % held.size());
        std::set<std::uint32_t> wanted;
        for (auto count = random() % 6; count > 0; --count) {
            wanted.insert(static_cast<std::uint32_t>(random() % 15));
        }
        const Ids ids(wanted.begin(), wanted.end());
        holders.replace(AccountId{account}, ids, ids);
        held[account] = std::move(wanted);
    }
    for (std::uint32_t symbol = 0; symbol < 15; ++symbol) {
        Ids expected;
        for (std::uint32_t account = 0; account < held.size(); ++account) {
            if (held[account].contains(symbol)) expected.push_back(account);
        }
        REQUIRE(sorted(holders.of_symbol(SymbolId{symbol})) == expected);
        REQUIRE(sorted(holders.of_rate(RateId{symbol})) == expected);
    }
}
