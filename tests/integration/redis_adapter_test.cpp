// What is read from a real server: holders, images, specifications, prices, control, changes.
#include <algorithm>
#include <set>

#include "integration/redis_edge.hpp"

using namespace margind;
using namespace margind::test;

namespace {

std::vector<AccountImage> images_of(Edge& edge, const std::vector<AccountKey>& accounts) {
    auto images = edge.loop.run(edge.directory.images(accounts));
    REQUIRE(images.has_value());
    REQUIRE(images->size() == accounts.size());
    return std::move(*images);
}

struct Walk {
    std::set<std::string> accounts;
    std::uint64_t junk = 0;
    std::uint64_t sets = 0;
};

Walk walk_holders(Edge& edge) {
    Walk walk;
    REQUIRE(edge.loop.run(edge.directory.start_holders()).has_value());
    for (bool is_last = false; !is_last;) {
        const auto page = edge.loop.run(edge.directory.next_holders());
        REQUIRE(page.has_value());
        for (const AccountKey& account : page->accounts) walk.accounts.insert(account.text());
        walk.junk += page->junk_members;
        walk.sets = page->sets_total;
        is_last = page->is_last;
    }
    return walk;
}

bool names(const Changes& changes, const AccountKey& account) {
    return std::ranges::find(changes.accounts, account) != changes.accounts.end();
}

}  // namespace

TEST_CASE("all holders are found, junk members are counted", "[integration]") {
    Edge edge{each_server()};
    auto client = edge.server.client();
    std::set<std::string> expected;
    for (int i = 0; i < 5'000; ++i) {
        const std::string member = "live:" + std::to_string(i);
        client.text({"SADD", "symbol_holders:EURUSD:live", member});
        expected.insert(member);
    }
    client.text({"SADD", "symbol_holders:XAUUSD:demo", "7", "demo:8"});
    client.text({"SADD", "symbol_holders:XAUUSD:live", "demo:9", "live:", "\xff", "4999"});
    client.text({"SADD", "symbol_holders:EURUSD:copy_follower", "copy_follower:1"});
    client.text({"SET", "symbol_holders:GBPUSD:live", "no set"});
    expected.insert({"demo:7", "demo:8"});
    edge.connect();
    const Walk walk = walk_holders(edge);
    CHECK(walk.accounts == expected);
    CHECK(walk.junk == 3);
    CHECK(walk.sets == 3);
}

TEST_CASE("configured holder sets are read without a scan, one that is no set names nobody",
          "[integration]") {
    Edge edge{each_server(), {}, {}, {"EURUSD", "GBPUSD", "NOBODY"}};
    auto client = edge.server.client();
    client.text({"SADD", "symbol_holders:EURUSD:live", "live:1"});
    client.text({"SADD", "symbol_holders:XAUUSD:live", "live:2"});
    client.text({"SET", "symbol_holders:GBPUSD:live", "no set"});
    edge.connect();
    const Walk walk = walk_holders(edge);
    CHECK(walk.accounts == std::set<std::string>{"live:1"});
    CHECK(walk.junk == 1);
    CHECK(walk.sets == 6);
    CHECK(client.text({"INFO", "commandstats"}).find("cmdstat_scan:") == std::string::npos);
}

TEST_CASE("an image has the account's configuration, open orders and stored margin",
          "[integration]") {
    Edge edge{each_server()};
    auto client = edge.server.client();
    client.text({"HSET", "user:{live:1}:config", "wallet_balance", "1000", "leverage", "100"});
    client.text({"SADD", "user_orders_index:{live:1}", "b", "a", "closed", "gone"});
    for (const char* id : {"a", "b"}) {
        client.text({"HSET", std::string{"user_holdings:{live:1}:"} + id, "symbol", "EURUSD",
                     "order_type", "BUY", "order_quantity", "0.10"});
    }
    client.text({"HSET", "user_holdings:{live:1}:closed", "order_status", "CLOSED"});
    client.text({"HSET", "user_portfolio:{live:1}", "used_margin_executed", "12.5", "ts", "99"});
    client.text({"HSET", "user:demo:2:config", "wallet_balance", "7"});  // without the tag
    edge.connect();
    const auto images = images_of(edge, {{"live", "1"}, {"demo", "2"}, {"live", "3"}});
    CHECK(images[0].exists);
    CHECK(images[0].balance == 1'000.0);
    REQUIRE(images[0].orders.size() == 3);
    CHECK(images[0].orders[0].id == "a");
    CHECK(images[0].orders[0].volume == Volume::from_raw(10'000'000));
    CHECK(images[0].orders[1].id == "b");
    CHECK(images[0].orders[2].id == "gone");
    CHECK(images[0].orders[2].is_dangling);
    CHECK(images[0].stored.executed == 12.5);
    CHECK_FALSE(images[0].stored.all.has_value());
    CHECK(images[0].stored.ts_ms == 99);
    CHECK(images[1].exists);
    CHECK(images[1].balance == 7.0);
    CHECK(images[1].orders.empty());
    CHECK_FALSE(images[2].exists);
}

TEST_CASE("many accounts and an account of many orders are read in pages", "[integration]") {
    Edge edge{each_server()};
    auto client = edge.server.client();
    std::vector<AccountKey> accounts;
    for (int i = 0; i < 600; ++i) {
        accounts.push_back({"live", std::to_string(i)});
        client.text({"HSET", "user:{live:" + accounts.back().id + "}:config", "wallet_balance",
                     accounts.back().id});
    }
    for (int i = 0; i < 3'000; ++i) {
        const std::string id = std::to_string(i);
        client.text({"SADD", "user_orders_index:{live:5}", "order-" + id});
        client.text({"HSET", "user_holdings:{live:5}:order-" + id, "symbol", "EURUSD"});
    }
    edge.connect();
    const auto images = images_of(edge, accounts);
    for (std::size_t i = 0; i < images.size(); ++i) {
        CHECK(images[i].balance == static_cast<double>(i));
        CHECK(images[i].orders.size() == (i == 5 ? 3'000 : 0));
    }
}

TEST_CASE("keys of another type spoil one image, not the page", "[integration]") {
    Edge edge{each_server()};
    auto client = edge.server.client();
    client.text({"SET", "user:{live:1}:config", "no hash"});
    client.text({"HSET", "user:{live:2}:config", "wallet_balance", "5"});
    client.text({"SET", "user_orders_index:{live:2}", "no set"});
    client.text({"HSET", "user:{live:3}:config", "wallet_balance", "6"});
    client.text({"SADD", "user_orders_index:{live:3}", "x"});
    client.text({"SET", "user_holdings:{live:3}:x", "no hash"});
    client.text({"HSET", "user:{live:4}:config", "wallet_balance", "7"});
    client.text({"SET", "user_portfolio:{live:4}", "no hash"});
    client.text({"HSET", "user:{live:5}:config", "wallet_balance", std::string(5 << 20, '9')});
    edge.connect();
    const auto images = images_of(
        edge, {{"live", "1"}, {"live", "2"}, {"live", "3"}, {"live", "4"}, {"live", "5"}});
    CHECK(images[0].exists);
    CHECK_FALSE(images[0].balance.has_value());
    REQUIRE(images[1].orders.size() == 1);  // never taken for flat
    CHECK(images[1].orders[0].is_dangling);
    REQUIRE(images[2].orders.size() == 1);
    CHECK(images[2].orders[0].is_dangling);
    CHECK(images[3].balance == 7.0);
    CHECK_FALSE(images[3].stored.executed.has_value());
    CHECK(images[4].exists);  // too large to be kept
    CHECK_FALSE(images[4].balance.has_value());
}

TEST_CASE("specifications, prices and the control hash are read", "[integration]") {
    Edge edge{each_server()};
    auto client = edge.server.client();
    client.text({"HSET", "groups:{Standard}:EURUSD", "contract_size", "100000", "type", "1"});
    client.text({"SET", "groups:{Standard}:BROKEN", "no hash"});
    client.text({"HSET", "market:EURUSD", "bid", "1.1", "ask", "1.2", "ts", "5"});
    client.text({"SET", "market:BROKEN", "no hash"});
    edge.connect();
    const auto specs = edge.loop.run(edge.directory.instruments(std::vector<InstrumentKey>{
        {"Standard", "EURUSD"}, {"VIP", "EURUSD"}, {"Standard", "BROKEN"}}));
    REQUIRE(specs.has_value());
    CHECK((*specs)[0].contract_size == 100'000.0);
    CHECK_FALSE((*specs)[1].exists);
    CHECK((*specs)[2].exists);
    const auto prices =
        edge.loop.run(edge.directory.prices(std::vector<std::string>{"EURUSD", "NONE", "BROKEN"}));
    REQUIRE(prices.has_value());
    CHECK((*prices)[0].bid == 1.1);
    CHECK((*prices)[0].ts_ms == 5);
    CHECK_FALSE((*prices)[1].exists);
    CHECK_FALSE((*prices)[2].exists);

    CHECK_FALSE(edge.loop.run(edge.directory.control())->killed);
    client.text({"HSET", "margind:control", "armed", "1", "frozen", "XAUUSD"});
    const auto control = edge.loop.run(edge.directory.control());
    CHECK(control->armed == true);
    CHECK(control->frozen == std::vector<std::string>{"XAUUSD"});
    client.text({"SET", "margind:control", "no hash"});
    CHECK(edge.loop.run(edge.directory.control())->killed);
}

TEST_CASE("changes by others are told by account and by instrument", "[integration]") {
    Edge edge{each_server()};
    edge.connect();
    Changes changes;
    REQUIRE(edge.loop.run(edge.directory.next_changes(changes)).has_value());
    CHECK(changes.accounts.empty());  // the empty first answer: tracking stands

    auto client = edge.server.client();
    client.text({"HSET", "user:{live:1}:config", "wallet_balance", "1"});
    client.text({"HSET", "user:demo:2:config", "wallet_balance", "1"});
    client.text({"SADD", "user_orders_index:{live:3}", "9"});
    client.text({"HSET", "user_holdings:{live:4}:9", "symbol", "EURUSD"});
    client.text({"HSET", "groups:{VIP}:EURUSD", "type", "1"});
    client.text({"HSET", "user_portfolio:{live:5}", "equity", "1"});  // not ours to follow
    client.text({"HSET", "user:{copy:6}:config", "wallet_balance", "1"});
    client.text({"HSET", "user:{live:7}:config", "wallet_balance", "1"});
    const AccountKey last{"live", "7"};
    changes = edge.changes_until([&](const Changes& so_far) { return names(so_far, last); });
    for (const AccountKey& account : {AccountKey{"live", "1"}, AccountKey{"demo", "2"},
                                      AccountKey{"live", "3"}, AccountKey{"live", "4"}}) {
        CHECK(names(changes, account));
    }
    CHECK(changes.accounts.size() == 5);
    CHECK(changes.instruments == std::vector<InstrumentKey>{{"VIP", "EURUSD"}});
    CHECK_FALSE(changes.everything);

    client.text({"FLUSHALL"});
    changes = edge.changes_until([](const Changes& so_far) { return so_far.everything; });
    CHECK(changes.everything);
}

TEST_CASE("a lost tracking connection is told, then that it stands, then new changes",
          "[integration]") {
    Edge edge{each_server()};
    edge.connect();
    Changes changes;
    REQUIRE(edge.loop.run(edge.directory.next_changes(changes)).has_value());
    auto client = edge.server.client();
    client.text({"CLIENT", "KILL", "TYPE", "NORMAL", "SKIPME", "YES"});
    const auto lost = edge.loop.run(edge.directory.next_changes(changes));
    REQUIRE_FALSE(lost.has_value());
    CHECK(lost.error().fault == Fault::disconnected);
    REQUIRE(edge.loop.run(edge.directory.next_changes(changes)).has_value());
    CHECK(changes.accounts.empty());
    client.text({"HSET", "user:{live:1}:config", "wallet_balance", "1"});
    changes = edge.changes_until([](const Changes& some) { return !some.accounts.empty(); });
    CHECK(names(changes, {"live", "1"}));
}
