#include "wire/redis_keys.hpp"

#include <algorithm>
#include <array>
#include <catch2/catch_test_macros.hpp>

using namespace margind;
using namespace margind::wire;

namespace {

Keys default_keys() {
    auto keys = compile_keys(KeyNames{}, 0);
    REQUIRE(keys.has_value());
    return std::move(*keys);
}

const std::array<std::string, 2> types{"live", "demo"};

std::string first_problem(const KeyNames& names) {
    const auto keys = compile_keys(names, 0);
    REQUIRE_FALSE(keys.has_value());
    return keys.error().front();
}

}  // namespace

TEST_CASE("the default templates make the contract's keys") {
    const Keys keys = default_keys();
    const KeyParts account{.type = "live", .id = "1001", .order_id = "77"};
    CHECK(keys.holders.text({.type = "live", .symbol = "EURUSD"}) == "symbol_holders:EURUSD:live");
    CHECK(keys.market.text({.symbol = "EURUSD"}) == "market:EURUSD");
    CHECK(keys.account.text(account) == "user:{live:1001}:config");
    CHECK(keys.account_fallback->text(account) == "user:live:1001:config");
    CHECK(keys.orders_index.text(account) == "user_orders_index:{live:1001}");
    CHECK(keys.order.text(account) == "user_holdings:{live:1001}:77");
    CHECK(keys.portfolio.text(account) == "user_portfolio:{live:1001}");
    CHECK(keys.shadow.text(account) == "margind:shadow:live:1001");
    CHECK(keys.group.text({.symbol = "EURUSD", .group = "VIP"}) == "groups:{VIP}:EURUSD");
    CHECK(keys.events.text(account) == "{margind:0}:events:live");
    CHECK(keys.term == "{margind:0}:term");
    CHECK(keys.event_ids == "{margind:0}:ids");
    CHECK(keys.control == "margind:control");
    CHECK(keys.price_channel == "market_price_updates");
}

TEST_CASE("a group's key has its symbol in capitals") {
    const Keys keys = default_keys();
    CHECK(keys.group.text({.symbol = "ger40.cash", .group = "Pro"}) == "groups:{Pro}:GER40.CASH");
}

TEST_CASE("the shard's number is part of the keys that it owns alone") {
    const auto keys = compile_keys(KeyNames{}, 3);
    REQUIRE(keys.has_value());
    CHECK(keys->lease == "{margind:3}:lease");
    CHECK(keys->breaches == "{margind:3}:breaches");
    CHECK(keys->events.text({.type = "demo"}) == "{margind:3}:events:demo");
}

TEST_CASE("all keys of the fence script lie in one slot") {
    const Keys keys = default_keys();
    CHECK(hash_tag(keys.term) == "margind:0");
    KeyNames names;
    names.events = "margind:events:{type}";
    CHECK(first_problem(names).starts_with("events: expected the hash tag of term"));
}

TEST_CASE("a template without a placeholder that it needs is refused, and so is one too many") {
    KeyNames names;
    names.account = "user:{{typ}:{id}}:config";
    CHECK(first_problem(names) == "account: expected {type} once in 'user:{{typ}:{id}}:config'");
    names = {};
    names.market = "market:{symbol}:{group}";
    CHECK(first_problem(names) == "market: did not expect {group} in 'market:{symbol}:{group}'");
    names = {};
    names.market = "{symbol}:market";
    CHECK(first_problem(names) ==
          "market: expected some text at the beginning in '{symbol}:market'");
    names = {};
    names.order = "o:{type}{id}:{order_id}";
    CHECK(first_problem(names) ==
          "order: expected some text before {id} in 'o:{type}{id}:{order_id}'");
}

TEST_CASE("every wrong template is listed, not only the first") {
    KeyNames names;
    names.holders = "holders";
    names.group = "groups";
    const auto keys = compile_keys(names, 0);
    REQUIRE_FALSE(keys.has_value());
    REQUIRE(keys.error().size() == 2);
    CHECK(keys.error()[0].starts_with("holders: "));
    CHECK(keys.error()[1].starts_with("group: "));
}

TEST_CASE("a changed key names the account or the instrument that it belongs to") {
    const Keys keys = default_keys();
    const AccountKey account{"live", "1001"};
    for (const char* key : {"user:{live:1001}:config", "user:live:1001:config",
                            "user_orders_index:{live:1001}", "user_holdings:{live:1001}:a:b"}) {
        CAPTURE(key);
        const auto owner = keys.owner_of(key, types);
        REQUIRE(std::holds_alternative<AccountKey>(owner));
        CHECK(std::get<AccountKey>(owner) == account);
    }
    const auto group = keys.owner_of("groups:{VIP}:EURUSD", types);
    REQUIRE(std::holds_alternative<InstrumentKey>(group));
    CHECK(std::get<InstrumentKey>(group) == InstrumentKey{"VIP", "EURUSD"});
}

TEST_CASE("keys of others, of unknown types and with junk in them belong to nobody") {
    using namespace std::string_view_literals;
    const Keys keys = default_keys();
    for (const std::string_view key :
         {"user_portfolio:{live:1001}"sv, "user:{live:}:config"sv, "user:{copy:1}:config"sv,
          "user:{live:1001}:config2"sv, "user:"sv, ""sv, "user_holdings:{live:1001}:"sv,
          "user_holdings:{live:1}2}:3"sv, "user:{live:a:b}:config"sv, "user:{live:\xff}:config"sv,
          "user:{live:1\0}:config"sv, "groups:{}:EURUSD"sv, "groups:{VIP}:"sv}) {
        CAPTURE(key);
        CHECK(std::holds_alternative<std::monostate>(keys.owner_of(key, types)));
    }
}

TEST_CASE("the tracked prefixes cover all keys of accounts and groups, and do not overlap") {
    const auto prefixes = default_keys().tracked_prefixes();
    CHECK(prefixes ==
          std::vector<std::string>{"groups:{", "user:", "user_holdings:{", "user_orders_index:{"});
}

TEST_CASE("the pattern of the holder sets escapes what SCAN would take for a wildcard") {
    KeyNames names;
    names.holders = "h[*]:{symbol}:{user_type}";
    const auto keys = compile_keys(names, 0);
    REQUIRE(keys.has_value());
    CHECK(keys->holders.glob() == "h\\[\\*\\]:*:*");
}

TEST_CASE("what a template makes, it takes apart again") {
    const Keys keys = default_keys();
    const auto holders = keys.holders.match("symbol_holders:BTC:PERP:live");
    REQUIRE(holders.has_value());
    CHECK(holders->symbol == "BTC");  // the shortest text; such a type is then not configured
    const auto market = keys.market.match("market:BTC:PERP");
    REQUIRE(market.has_value());
    CHECK(market->symbol == "BTC:PERP");
}

TEST_CASE("a member is an account with or without its type") {
    CHECK(parse_member("live:1001", "live") == AccountKey{"live", "1001"});
    CHECK(parse_member("1001", "live") == AccountKey{"live", "1001"});
    CHECK(parse_member("live:abc", "live") == AccountKey{"live", "abc"});
}

TEST_CASE("junk members name nobody") {
    using namespace std::string_view_literals;
    for (const std::string_view member :
         {"demo:1001"sv, "live:"sv, ""sv, ":1"sv, "live:demo:1"sv, "live:1\0001"sv, "1\n"sv,
          "\xc3\x28"sv, "live:\xed\xa0\x80"sv, "live:{1}"sv, "live:1}"sv, "livex:1"sv}) {
        CAPTURE(member);
        CHECK_FALSE(parse_member(member, "live").has_value());
    }
    CHECK_FALSE(parse_member(std::string(1'000'000, 'x'), "live").has_value());
    CHECK(parse_member(std::string(256, 'x'), "live").has_value());
    CHECK_FALSE(parse_member(std::string(257, 'x'), "live").has_value());
}
