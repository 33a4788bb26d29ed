#include "margind/core/book/account_names.hpp"

#include <catch2/catch_test_macros.hpp>
#include <string>
#include <string_view>
#include <vector>

using namespace margind;

TEST_CASE("names get dense ids in order of first sight, and keep them", "[account_names]") {
    AccountNames names;
    CHECK(names.intern("live:1") == AccountId{0});
    CHECK(names.intern("demo:1") == AccountId{1});
    CHECK(names.intern("live:1") == AccountId{0});
    CHECK(names.find("demo:1") == AccountId{1});
    CHECK(names.find("live:2").is_none());
    CHECK(names.name(AccountId{1}) == "demo:1");
    CHECK(names.size() == 2);
}

TEST_CASE("names stay where they are while others come", "[account_names]") {
    AccountNames names;
    std::vector<std::string_view> seen;
    const auto name_of = [](std::uint32_t i) {
        return "live:" + std::string(i % 40, 'x') + std::to_string(i);
    };
    for (std::uint32_t i = 0; i < 100'000; ++i) {
        seen.push_back(names.name(names.intern(name_of(i))));
    }
    for (std::uint32_t i = 0; i < 100'000; ++i) {
        REQUIRE(seen[i] == name_of(i));
        REQUIRE(names.find(name_of(i)) == AccountId{i});
        REQUIRE(names.name(AccountId{i}).data() == seen[i].data());
    }
}

TEST_CASE("a name may be empty, or as long as there can be one", "[account_names]") {
    AccountNames names;
    const std::string longest(AccountNames::name_max, 'a');
    CHECK(names.intern("").value == 0);
    CHECK(names.intern(longest).value == 1);
    CHECK(names.name(AccountId{0}).empty());
    CHECK(names.name(AccountId{1}) == longest);
    CHECK(names.find(longest.substr(1)).is_none());
}
