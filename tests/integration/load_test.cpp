// margind-load and the part of margind-replay that writes, against real servers.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "adapters/memory/book_generator.hpp"
#include "support/redis_server.hpp"
#include "support/temp_folder.hpp"
#include "support/tool_run.hpp"
#include "wire/book_file.hpp"
#include "wire/price_payload.hpp"

namespace margind::test {
namespace {

using Words = std::vector<std::string>;

RedisServer& require_server(std::optional<RedisServer>& server, const std::string& program) {
    if (!RedisServer::is_installed(program)) SKIP(program << " is not installed");
    return server.emplace(program);
}

std::string url_of(const RedisServer& server) {
    return "redis://127.0.0.1:" + std::to_string(server.port());
}

/// The whole database as a book, read by the book's own reader.
wire::StoredBook book_in(const RedisServer& server) {
    ServerClient client = server.client();
    wire::BookReader reader{*wire::compile_keys({}, 0), {"live", "demo"}};
    for (const ServerReply& key : client.call({"KEYS", "*"}).elements) {
        const bool is_set = client.text({"TYPE", key.text}) == "set";
        const ServerReply value = client.call({is_set ? "SMEMBERS" : "HGETALL", key.text});
        std::vector<std::string_view> texts;
        for (const ServerReply& element : value.elements) texts.push_back(element.text);
        std::string line;
        wire::append_book_line(
            line, {key.text, is_set ? wire::BookType::set : wire::BookType::hash, texts});
        line.pop_back();
        INFO(line);
        CHECK(reader.add_line(line) == wire::BookFault::none);
    }
    CHECK(reader.counts().foreign_keys == 0);
    CHECK(reader.counts().orphan_orders == 0);
    return reader.finish();
}

void check_same(const AccountImage& found, const AccountImage& made) {
    CAPTURE(made.key.text());
    CHECK(found.key == made.key);
    CHECK(found.exists);
    CHECK(found.balance == made.balance);
    CHECK(found.leverage == made.leverage);
    CHECK(found.currency == made.currency);
    CHECK(found.group == made.group);
    CHECK(found.credit == made.credit);
    CHECK(found.margin_mode == made.margin_mode);
    CHECK(found.margin_call_level == made.margin_call_level);
    REQUIRE(found.orders.size() == made.orders.size());
    for (const OrderImage& order : made.orders) {
        const auto same = std::ranges::find(found.orders, order.id, &OrderImage::id);
        REQUIRE(same != found.orders.end());
        CHECK(same->symbol == order.symbol);
        CHECK(same->side == order.side);
        CHECK(same->volume == order.volume);
        CHECK(same->open_price == order.open_price);
        CHECK(same->swap == order.swap);
        CHECK(same->commission == order.commission);
    }
}

}  // namespace

TEST_CASE("a book file is the same bytes for the same seed", "[load]") {
    const TempFolder folder;
    const auto make = [&](const std::string& seed, const std::string& name) {
        const ToolRun made = run("margind-load", {"book", "--accounts", "300", "--seed", seed,
                                                  "--out", folder.path(name), "--stats", "json"});
        REQUIRE(made.code == 0);
        CHECK(made.output.find(R"({"accounts":300,"positions":900,"keys":)") == 0);
        return content_of(folder.path(name));
    };
    const std::string first = make("7", "a");
    CHECK(first == make("7", "b"));
    CHECK(first != make("8", "c"));
    CHECK(run("margind-load", {"book", "--accounts", "300", "--seed", "7", "--out", "-"}).output ==
          first);
}

TEST_CASE("a server holds exactly the accounts that were made", "[load]") {
    std::optional<RedisServer> started;
    const RedisServer& server =
        require_server(started, GENERATE(as<std::string>{}, "redis-server", "valkey-server"));
    // What an earlier load with another seed has left behind is replaced, not mixed in.
    for (const char* seed : {"3", "7"}) {
        const ToolRun loaded =
            run("margind-load", {"redis", "--accounts", "200", "--positions", "4", "--symbols",
                                 "EURUSD,USDJPY,XAUUSD,BTCUSD", "--seed", seed, "--prices",
                                 "EURUSD=1.25", "--redis", url_of(server), "--stats", "json"});
        INFO(loaded.errors);
        REQUIRE(loaded.code == 0);
        CHECK(loaded.output.find(R"("accounts":200,"positions":800)") != std::string::npos);
    }
    const wire::StoredBook book = book_in(server);
    auto generator =
        memory::BookGenerator::make({.seed = 7,
                                     .accounts = 200,
                                     .positions = 4,
                                     .symbols = {"EURUSD", "USDJPY", "XAUUSD", "BTCUSD"},
                                     .prices = {{"EURUSD", 1.25}}});
    REQUIRE(generator);
    REQUIRE(book.accounts.size() == 200);
    std::map<std::string, std::set<std::string>> holders;
    for (std::uint32_t i = 0; i < 200; ++i) {
        const AccountImage made = generator->account(i);
        REQUIRE(book.account(made.key) != nullptr);
        check_same(*book.account(made.key), made);
        for (const OrderImage& order : made.orders) {
            holders["symbol_holders:" + order.symbol + ":" + made.key.type].insert(made.key.text());
        }
    }
    ServerClient client = server.client();
    for (const auto& [key, members] : holders) {
        for (const std::string& member : members) {
            CHECK(client.text({"SISMEMBER", key, member}) == "1");
        }
    }
    CHECK(book.price("EURUSD").bid < 1.25);
    CHECK(book.price("EURUSD").ask > 1.25);
    CHECK(book.price("GBPUSD").exists);  // converts pounds
    CHECK(book.instrument({"Standard", "USDJPY"}).profit == "JPY");
    CHECK(book.instrument({"VIP", "BTCUSD"}).type == 4);
}

TEST_CASE("a market publishes every price it sets, with shocks", "[load]") {
    std::optional<RedisServer> started;
    const RedisServer& server = require_server(started, "redis-server");
    ServerClient subscriber = server.client();
    subscriber.call({"SUBSCRIBE", "market_price_updates"});
    const ToolRun market =
        run("margind-load",
            {"market", "--redis", url_of(server), "--rate", "1000", "--seconds", "0.5", "--symbols",
             "EURUSD,USDJPY", "--payload", "json", "--shock=-3%@100ms", "--stats", "json"});
    INFO(market.errors);
    REQUIRE(market.code == 0);
    const auto at = market.output.find("\"ticks\":");
    REQUIRE(at != std::string::npos);
    const auto ticks = static_cast<std::uint64_t>(std::stoul(market.output.substr(at + 8)));
    CHECK(ticks >= 500);
    wire::PricePayloadParser parser;
    std::map<std::string, double> last;
    for (std::uint64_t i = 0; i < ticks; ++i) {
        const ServerReply message = subscriber.read();
        wire::PricePayload price;
        REQUIRE(message.elements.size() == 3);
        REQUIRE(parser.parse(message.elements[2].text, price) == wire::PayloadFault::none);
        CHECK(price.carries_price);
        CHECK(price.seq == i + 1);
        last[std::string{price.symbol}] = price.bid;
    }
    CHECK(last.at("EURUSD") < 1.3912 * 0.98);
    CHECK(last.at("USDJPY") > 100.0);
    ServerClient client = server.client();
    CHECK(std::stod(client.text({"HGET", "market:EURUSD", "bid"})) == last.at("EURUSD"));
}

TEST_CASE("a feed goes into a server as hashes and messages, in order", "[load][replay]") {
    std::optional<RedisServer> started;
    const RedisServer& server = require_server(started, "redis-server");
    const TempFolder folder;
    std::string feed;
    for (int i = 0; i < 5'000; ++i) {
        feed += std::to_string(1'399'507'200'000 + i) + (i % 2 == 0 ? ",EURUSD" : ",XAUUSD") + "," +
                (i == 4'999 ? "" : std::to_string(1000 + i)) + "," + std::to_string(2000 + i) +
                "\n";
    }
    ServerClient subscriber = server.client();
    subscriber.call({"SUBSCRIBE", "prices"});
    const ToolRun replayed =
        run("margind-replay", {folder.write("feed.csv", feed), "--redis", url_of(server), "--speed",
                               "max", "--keep-ts", "--channel", "prices", "--stats", "json"});
    INFO(replayed.errors);
    REQUIRE(replayed.code == 0);
    CHECK(replayed.output.find(R"("ticks":5000,"commands_answered":10000,"commands_refused":0)") !=
          std::string::npos);
    for (int i = 0; i < 5'000; ++i) {
        const ServerReply message = subscriber.read();
        if (message.elements.at(2).text != (i % 2 == 0 ? "EURUSD" : "XAUUSD"))
            FAIL("message " << i);
    }
    ServerClient client = server.client();
    CHECK(client.text({"HGET", "market:EURUSD", "bid"}) == "5998");
    CHECK(client.text({"HGET", "market:EURUSD", "ts"}) == "1399507204998");
    CHECK(client.text({"HGET", "market:XAUUSD", "ask"}) == "6999");
    CHECK(client.text({"HGET", "market:XAUUSD", "bid"}) == "5997");  // the last one had no bid
}

TEST_CASE("prices recorded three seconds apart are 0.3 apart at ten times the speed",
          "[load][replay]") {
    std::optional<RedisServer> started;
    const RedisServer& server = require_server(started, "redis-server");
    const TempFolder folder;
    ServerClient subscriber = server.client();
    subscriber.call({"SUBSCRIBE", "market_price_updates"});
    const auto began = std::chrono::system_clock::now().time_since_epoch();
    const ToolRun paced =
        run("margind-replay", {folder.write("feed.csv",
                                            "1399507200000,EURUSD,1.1,1.2\n"
                                            "1399507203000,EURUSD,1.1,1.2\n"),
                               "--redis", url_of(server), "--speed", "10x", "--payload", "json"});
    REQUIRE(paced.code == 0);
    wire::PricePayloadParser parser;
    wire::PricePayload first;
    wire::PricePayload second;
    REQUIRE(parser.parse(subscriber.read().elements.at(2).text, first) == wire::PayloadFault::none);
    REQUIRE(parser.parse(subscriber.read().elements.at(2).text, second) ==
            wire::PayloadFault::none);
    // Stamped as they go out: the second 300 ms after the start at the earliest. Stamps are whole
    // milliseconds, and one millisecond goes together.
    const auto began_ms = std::chrono::duration_cast<std::chrono::milliseconds>(began).count();
    CHECK(first.ts_ms >= began_ms);
    CHECK(second.ts_ms >= began_ms + 299);
    CHECK(second.ts_ms > 1'500'000'000'000);
}

TEST_CASE("a load that cannot be done says why", "[load]") {
    const TempFolder folder;
    const auto [arguments, code, reason] = GENERATE_COPY(table<Words, int, std::string>({
        {{}, 2, "A subcommand is required"},
        {{"book"}, 2, "--out is required"},
        {{"book", "--out", "x", "--symbols", "EURUSD,NOPE"}, 2, "NOPE: expected a pair"},
        {{"book", "--out", "x", "--danger", "3"}, 2, "danger: expected a share"},
        {{"book", "--out", "x", "--prices", "EURUSD"}, 2, "--prices: expected EURUSD=1.3925"},
        {{"book", "--out", "x", "--prices", "EURUSD=1e300"}, 2, "--prices: expected EURUSD=1.3925"},
        {{"book", "--out", "x", "--prices", "EURUSD=1,EURUSD=2"}, 2, "'EURUSD' is there twice"},
        {{"book", "--out", "x", "--symbols", "EURUSD,EURUSD"}, 2, "'EURUSD' is there twice"},
        {{"book", "--out", "x", "--seed", "-1"}, 2, "--seed"},
        {{"book", "--out", "x", "--seed", "99999999999999999999"}, 2, "--seed"},
        {{"market", "--seconds", "1e300"}, 2, "--seconds: expected"},
        {{"book", "--out", "/nowhere/x"}, 1, "/nowhere/x: No such file"},
        {{"book", "--out", "/dev/full", "--accounts", "5"}, 1, "No space left"},
        {{"redis", "--redis", "localhost"}, 2, "--redis:"},
        {{"redis", "--redis", "redis://127.0.0.1:1"}, 1, "refused"},
        {{"market", "--shock", "3%"}, 2, "--shock: '3%': expected"},
        {{"market", "--shock", "GBPUSD:3%@1s"}, 2, "'GBPUSD' is none of the symbols"},
        {{"market", "--rate", "0"}, 2, "--rate: expected"},
    }));
    const ToolRun refused = run("margind-load", arguments);
    CAPTURE(refused.errors);
    CHECK(refused.code == code);
    CHECK((refused.errors + refused.output).find(reason) != std::string::npos);
}

}  // namespace margind::test
