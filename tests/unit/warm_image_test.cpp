#include "wire/warm_image.hpp"

#include <algorithm>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

using namespace margind;
using Catch::Matchers::ContainsSubstring;
using wire::WarmOrigin;

namespace {

const WarmOrigin here{.store = "redis://127.0.0.1:6379",
                      .types = {"live", "demo"},
                      .shard_index = 1,
                      .shard_count = 4};

WarmImage three_accounts() {
    WarmImage image{.written_ms = 1'700'000'000'123};
    image.accounts = {{.id = "1001", .level = 25'000, .positions = 3, .type = 0},
                      {.id = "7", .positions = 0, .type = 1},
                      {.id = "a long id: with 'anything' in it",
                       .level = -400,
                       .positions = 70'000,
                       .type = 0,
                       .is_in_breach = true}};
    return image;
}

std::vector<std::string> ids_of(const WarmImage& image) {
    std::vector<std::string> ids;
    for (const WarmAccount& account : image.accounts) ids.emplace_back(account.id);
    return ids;
}

std::string refusal(std::span<const char> bytes, const WarmOrigin& origin) {
    const auto image = wire::decode_warm_image(bytes, origin);
    return image ? "accepted" : image.error();
}

}  // namespace

TEST_CASE("an image says of every account what was written", "[warm]") {
    const std::vector<char> bytes = wire::encode_warm_image(here, three_accounts());
    const auto image = wire::decode_warm_image(bytes, here);
    REQUIRE(image.has_value());
    CHECK(image->written_ms == 1'700'000'000'123);
    REQUIRE(image->accounts.size() == 3);
    const WarmAccount& first = image->accounts[0];
    CHECK(first.id == "a long id: with 'anything' in it");
    CHECK(first.level == -400);
    CHECK(first.positions == 70'000);
    CHECK(first.type == 0);
    CHECK(first.is_in_breach);
    CHECK(image->accounts[1].level == 25'000);
    CHECK_FALSE(image->accounts[1].is_in_breach);
    CHECK(image->accounts[2].level == WarmAccount::no_level);
    CHECK(image->accounts[2].type == 1);
}

TEST_CASE("accounts lie in order of danger, whatever the order they came in", "[warm]") {
    WarmImage image;
    image.accounts = {{.id = "calm", .level = 90'000},
                      {.id = "flat"},
                      {.id = "recovering", .level = 15'000, .is_in_breach = true},
                      {.id = "near", .level = 10'500},
                      {.id = "out", .level = 3'000, .is_in_breach = true},
                      {.id = "below zero", .level = -1}};
    const std::vector<char> bytes = wire::encode_warm_image(here, image);
    CHECK(ids_of(*wire::decode_warm_image(bytes, here)) ==
          std::vector<std::string>{"out", "recovering", "below zero", "near", "calm", "flat"});
    std::ranges::reverse(image.accounts);
    CHECK(wire::encode_warm_image(here, image) == bytes);
}

TEST_CASE("an image may name nobody", "[warm]") {
    const std::vector<char> bytes = wire::encode_warm_image({}, {});
    CHECK(bytes.size() == wire::warm_image_bytes_min);
    const auto image = wire::decode_warm_image(bytes, {});
    REQUIRE(image.has_value());
    CHECK(image->accounts.empty());
}

TEST_CASE("an image lies on the disk as its page says", "[warm]") {
    WarmImage image{.written_ms = 0x0102};
    image.accounts = {
        {.id = "9", .level = 0x0a0b, .positions = 5, .type = 0, .is_in_breach = true}};
    const std::vector<char> bytes =
        wire::encode_warm_image({.store = "s", .types = {"live"}, .shard_count = 1}, image);
    const std::string_view text{bytes.data(), bytes.size() - 8};  // without the checksum
    using namespace std::string_view_literals;
    CHECK(text ==
          "MARGINDW"
          "\x01\0\0\0"
          "\x52\0\0\0\0\0\0\0"
          "\x01\0\0\0\0\0\0\0"
          "\x02\x01\0\0\0\0\0\0"
          "\0\0\0\0"
          "\x01\0\0\0"
          "\x01\0\0\0"
          "\x01\0\0\0s"
          "\x04\0\0\0live"
          "\0\x01\x01\0\x05\0\0\0\x0b\x0a\0\0"
          "9"sv);
}

TEST_CASE("an image of which any byte is another one is refused", "[warm]") {
    const std::vector<char> bytes = wire::encode_warm_image(here, three_accounts());
    for (std::size_t at = 0; at < bytes.size(); ++at) {
        for (const int bit : {0, 3, 7}) {
            std::vector<char> flipped = bytes;
            flipped[at] = static_cast<char>(flipped[at] ^ (1 << bit));
            CAPTURE(at, bit);
            REQUIRE_FALSE(wire::decode_warm_image(flipped, here).has_value());
        }
    }
}

TEST_CASE("an image that is cut off anywhere, or goes on, is refused", "[warm]") {
    std::vector<char> bytes = wire::encode_warm_image(here, three_accounts());
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        CAPTURE(size);
        REQUIRE_FALSE(wire::decode_warm_image(std::span{bytes}.first(size), here).has_value());
    }
    bytes.push_back('\0');
    CHECK_THAT(refusal(bytes, here), ContainsSubstring("torn: expected"));
}

TEST_CASE("the reason of a refusal is said", "[warm]") {
    const std::vector<char> good = wire::encode_warm_image(here, three_accounts());
    CHECK_THAT(refusal({}, here), ContainsSubstring("begins with MARGINDW"));
    std::vector<char> bytes = good;
    bytes[8] = 2;
    wire::seal_warm_image(bytes);
    CHECK(refusal(bytes, here) == "expected version 1, found 2");
    bytes = good;
    bytes[60] = 'x';
    CHECK_THAT(refusal(bytes, here), ContainsSubstring("torn: expected checksum"));

    WarmOrigin other = here;
    other.types = {"live", "demo", "test"};
    CHECK(refusal(good, other) == "expected account types live,demo,test, found live,demo");
    other.types = {"demo", "live"};
    CHECK(refusal(good, other) == "expected account types demo,live, found live,demo");
    other = here;
    other.shard_index = 0;
    CHECK(refusal(good, other) == "expected accounts of shard 0 of 4, found those of 1 of 4");
    other = here;
    other.store = "redis://elsewhere:6379";
    CHECK(refusal(good, other) ==
          "expected accounts of redis://elsewhere:6379, found those of redis://127.0.0.1:6379");
}

TEST_CASE("a sealed image that contradicts itself is refused", "[warm]") {
    const WarmOrigin small{.types = {"live"}};
    WarmImage image;
    image.accounts = {{.id = "42", .positions = 1}};
    const std::vector<char> good = wire::encode_warm_image(small, image);
    const std::size_t entry = good.size() - 8 - 14;
    const auto with = [&](std::size_t at, char byte) {
        std::vector<char> bytes = good;
        bytes[at] = byte;
        wire::seal_warm_image(bytes);
        return refusal(bytes, small);
    };
    CHECK_THAT(with(20, 2), ContainsSubstring("no room for 2 accounts"));
    CHECK_THAT(with(20, 0), ContainsSubstring("14 bytes too many"));
    CHECK_THAT(with(44, 2), ContainsSubstring("broken"));
    CHECK_THAT(with(entry, 1), ContainsSubstring("account 0: there is no type 1"));
    CHECK_THAT(with(entry + 1, 2), ContainsSubstring("flags 2 mean nothing"));
    CHECK_THAT(with(entry + 2, 3), ContainsSubstring("an account's id is cut off"));
    CHECK_THAT(with(entry + 2, 0), ContainsSubstring("an account's id is cut off"));
    CHECK_THAT(with(entry + 2, 1), ContainsSubstring("1 bytes too many"));
}
