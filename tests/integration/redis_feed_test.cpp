// The subscription: order, gaps, pauses. Each against every installed server.
#include "integration/redis_edge.hpp"

using namespace margind;
using namespace margind::test;

namespace {

constexpr const char* prices = "market_price_updates";

/// The next answer of the feed, which must not be a gap.
void expect_empty(Edge& edge) {
    MessageBatch batch;
    const auto result = edge.loop.run(edge.feed.next(batch));
    REQUIRE(result.has_value());
    REQUIRE(batch.is_empty());
}

void expect_gap(Edge& edge) {
    MessageBatch batch;
    const auto result = edge.loop.run(edge.feed.next(batch));
    REQUIRE_FALSE(result.has_value());
    CHECK(result.error().fault == Fault::disconnected);
    CHECK(result.error().text.starts_with("subscription lost: "));
}

}  // namespace

TEST_CASE("messages of both channels arrive in order, after one empty batch", "[integration]") {
    Edge edge{each_server()};
    edge.connect();
    expect_empty(edge);
    auto client = edge.server.client();
    client.text({"PUBLISH", prices, "EURUSD"});
    client.text({"PUBLISH", "somebody_else", "x"});
    client.text({"PUBLISH", "portfolio_force_recalc", R"({"users":[]})"});
    client.text({"PUBLISH", prices, ""});
    client.text({"PUBLISH", prices, std::string("a\0b\r\n", 5)});
    std::vector<std::pair<Topic, std::string>> messages;
    MessageBatch batch;
    while (messages.size() < 4) {
        REQUIRE(edge.loop.run(edge.feed.next(batch)).has_value());
        for (std::size_t i = 0; i < batch.size(); ++i) {
            messages.emplace_back(batch[i].topic, batch[i].payload);
        }
    }
    CHECK(messages ==
          std::vector<std::pair<Topic, std::string>>{{Topic::prices, "EURUSD"},
                                                     {Topic::force_recalc, R"({"users":[]})"},
                                                     {Topic::prices, ""},
                                                     {Topic::prices, std::string("a\0b\r\n", 5)}});
    CHECK(edge.feed.stats().messages == 4);
}

TEST_CASE("a killed subscription is a gap, even when it stands again before anybody looks",
          "[integration]") {
    Edge edge{each_server()};
    edge.connect();
    expect_empty(edge);
    auto client = edge.server.client();
    client.text({"PUBLISH", prices, "BEFORE"});
    const std::uint64_t ups = edge.feed.connection().stats().ups;
    CHECK(client.text({"CLIENT", "KILL", "TYPE", "PUBSUB"}) == "1");
    edge.loop.turn_until([&] { return edge.feed.connection().stats().ups > ups; });
    client.text({"PUBLISH", prices, "AFTER"});
    expect_gap(edge);
    expect_empty(edge);
    CHECK(edge.payloads(1) == std::vector<std::string>{"AFTER"});
    CHECK(edge.feed.connection().stats().losses == 1);
}

TEST_CASE("a reader that waits is woken by the gap and then by the new subscription",
          "[integration]") {
    Edge edge{each_server()};
    edge.connect();
    expect_empty(edge);
    edge.server.client().text({"CLIENT", "KILL", "TYPE", "PUBSUB"});
    expect_gap(edge);
    expect_empty(edge);
}

TEST_CASE("after a restart of the server everything stands again", "[integration]") {
    Edge edge{each_server(), {"--appendonly", "yes"}};
    edge.server.client().text({"HSET", "market:EURUSD", "bid", "1", "ask", "2"});
    edge.connect();
    expect_empty(edge);
    edge.server.restart();
    expect_gap(edge);
    expect_empty(edge);
    edge.wait_until_up();
    const auto read = edge.loop.run(edge.directory.prices(std::vector<std::string>{"EURUSD"}));
    REQUIRE(read.has_value());
    CHECK(read->front().bid == 1.0);
    edge.server.client().text({"PUBLISH", prices, "EURUSD"});
    CHECK(edge.payloads(1) == std::vector<std::string>{"EURUSD"});
}

TEST_CASE("without a server nothing is lost yet, and nothing can be read", "[integration]") {
    Edge edge{each_server()};
    edge.server.stop();
    edge.loop.spawn(edge.feed.connection().run());
    edge.loop.spawn(edge.directory.connection().run());
    edge.loop.spawn(edge.writer.run());
    edge.loop.turn_until([&] { return edge.feed.connection().stats().failed_attempts > 3; });
    CHECK(edge.feed.connection().stats().last_error.find("refused") != std::string::npos);
    const auto read = edge.loop.run(edge.directory.prices(std::vector<std::string>{"EURUSD"}));
    REQUIRE_FALSE(read.has_value());
    CHECK(read.error().fault == Fault::disconnected);
    edge.server.start();
    expect_empty(edge);  // the first news is that it stands
}

TEST_CASE("messages that nobody takes wait within limits, and none is lost", "[integration]") {
    constexpr std::size_t count = 100'000;
    Edge edge{each_server(), {}, {.pause_bytes = 64u << 10}};
    edge.connect();
    expect_empty(edge);
    auto publisher = edge.server.client();
    std::vector<std::string> script{"EVAL",
                                    "for i = 1, tonumber(ARGV[1]) do "
                                    "redis.call('PUBLISH', KEYS[1], 'M' .. i) end return 1",
                                    "1", prices, std::to_string(count)};
    publisher.call(std::vector<std::string_view>{script.begin(), script.end()});
    // Reading has paused once the counter stands still over a whole round trip of another
    // connection.
    for (std::uint64_t before = 1; before != edge.feed.stats().messages;) {
        before = edge.feed.stats().messages;
        REQUIRE(edge.loop.run(edge.directory.control()).has_value());
        REQUIRE(edge.loop.run(edge.directory.control()).has_value());
    }
    CHECK(edge.feed.stats().messages < count / 2);
    const std::vector<std::string> all = edge.payloads(count);
    REQUIRE(all.size() == count);
    for (std::size_t i = 0; i < count; ++i) REQUIRE(all[i] == "M" + std::to_string(i + 1));
    CHECK(edge.feed.connection().stats().losses == 0);
}

TEST_CASE("a price can be read while messages wait to be taken", "[integration]") {
    Edge edge{each_server(), {}, {.pause_bytes = 1'000}};
    edge.server.client().text({"HSET", "market:EURUSD", "bid", "1", "ask", "2"});
    edge.connect();
    expect_empty(edge);
    auto publisher = edge.server.client();
    for (int i = 0; i < 5'000; ++i) publisher.text({"PUBLISH", prices, "EURUSD"});
    const auto read = edge.loop.run(edge.directory.prices(std::vector<std::string>{"EURUSD"}));
    REQUIRE(read.has_value());
    CHECK(read->front().ask == 2.0);
    CHECK(edge.payloads(5'000).size() == 5'000);
}

TEST_CASE("what floods in while an answer is awaited becomes a gap, not memory", "[integration]") {
    Edge edge{each_server(), {}, {.pause_bytes = 1'000, .drop_bytes = 20'000}};
    edge.connect();
    expect_empty(edge);
    auto publisher = edge.server.client();
    for (int i = 0; i < 5'000; ++i) publisher.text({"PUBLISH", prices, "EURUSD"});
    const auto read = edge.loop.run(edge.directory.prices(std::vector<std::string>{"EURUSD"}));
    REQUIRE_FALSE(read.has_value());
    CHECK(read.error().fault == Fault::disconnected);
    expect_gap(edge);
    expect_empty(edge);
    CHECK(edge.feed.stats().overruns == 1);
}

TEST_CASE("a payload beyond the limit is dropped and counted", "[integration]") {
    Edge edge{each_server(), {}, {.payload_bytes_max = 100}};
    edge.connect();
    expect_empty(edge);
    auto client = edge.server.client();
    client.text({"PUBLISH", prices, std::string(101, 'x')});
    client.text({"PUBLISH", prices, "EURUSD"});
    CHECK(edge.payloads(1) == std::vector<std::string>{"EURUSD"});
    CHECK(edge.feed.stats().too_long == 1);
}
