// A server that breaks the protocol, refuses, or says what nobody asked for.
#include "integration/fake_redis.hpp"

using namespace margind;
using namespace margind::test;
using std::chrono::milliseconds;

namespace {

redis::Options options_for(const FakeRedis& server) {
    redis::Options options;
    options.port = server.port();
    options.retry_min = milliseconds{1};
    options.retry_max = milliseconds{10};
    options.connect_timeout = std::chrono::seconds{10};
    options.request_timeout = std::chrono::seconds{10};
    options.ping_interval = std::chrono::seconds{5};
    options.answer_bytes_max = 1u << 20;
    return options;
}

std::string repeat(const std::string& text, int times) {
    std::string all;
    for (int i = 0; i < times; ++i) all += text;
    return all;
}

}  // namespace

TEST_CASE("answers that arrive byte by byte are the same answers", "[integration]") {
    TestLoop loop;
    const auto answer = [](const FakeRedis::Words& words) -> std::string {
        if (words[0] == "HGETALL") return "%1\r\n" + bulk("field") + bulk("a\r\nb");
        if (words[0] == "HMGET") return "*2\r\n_\r\n" + bulk("");
        return "-ERR no\r\n";
    };
    FakeRedis server{loop, answer, 1};
    redis::Connection connection{loop.executor(), options_for(server), redis::Role{.name = "test"}};
    loop.spawn(connection.run());
    loop.turn_until([&] { return connection.is_up(); });
    redis::Pipeline commands;
    redis::Reply reply{1'000};
    commands.add({"HGETALL", "x"});
    commands.add({"HMGET", "x", "a", "b"});
    commands.add({"NONSENSE"});
    commands.add({"PING"});
    REQUIRE(loop.run(connection.exec(commands, reply)).has_value());
    REQUIRE(reply.size() == 4);
    REQUIRE(reply[0].size() == 2);
    CHECK(reply[0][1] == "a\r\nb");
    REQUIRE(reply[1].size() == 2);
    CHECK(reply[1][0].data() == nullptr);
    CHECK(reply[1][1].empty());
    CHECK(reply.error_of(2) == "ERR no");
    CHECK(reply[3].front() == "PONG");
}

TEST_CASE("a message that arrives byte by byte is one message", "[integration]") {
    TestLoop loop;
    const wire::Keys keys = wire::compile_keys({}, 0).value();
    const auto confirm = [](const FakeRedis::Words& words) {
        std::string all;
        for (std::size_t i = 1; i < words.size(); ++i) {
            all += ">3\r\n" + bulk("subscribe") + bulk(words[i]) + ":1\r\n";
        }
        return all;
    };
    FakeRedis server{loop, confirm, 1};
    redis::Feed feed{loop.executor(), options_for(server), keys};
    loop.spawn(feed.connection().run());
    MessageBatch batch;
    REQUIRE(loop.run(feed.next(batch)).has_value());
    // What is no message to us, and what is none at all.
    server.push(">3\r\n" + bulk("message") + bulk("another_channel") + bulk("x"));
    server.push(">4\r\n" + bulk("pmessage") + bulk("*") + bulk(keys.price_channel) + bulk("x"));
    server.push(">2\r\n" + bulk("message") + bulk(keys.price_channel));
    server.push(">2\r\n" + bulk("invalidate") + "_\r\n");
    server.push(">0\r\n");
    server.push("-MISCONF the disk is full\r\n");
    server.push(">3\r\n" + bulk("message") + bulk(keys.price_channel) + bulk("EURUSD"));
    REQUIRE(loop.run(feed.next(batch)).has_value());
    REQUIRE(batch.size() == 1);
    CHECK(batch[0].payload == "EURUSD");
    CHECK(feed.connection().stats().stray_errors == 1);
    CHECK(feed.connection().stats().losses == 0);
}

TEST_CASE("bytes that break the protocol end the connection and nothing else", "[integration]") {
    const auto bytes = GENERATE(
        as<std::string>{}, std::string{"$\r\n"}, repeat("$?\r\n", 64), std::string{"$-1\r\n"},
        std::string{"*-1\r\n"}, std::string{"$18446744073709551615\r\n"}, std::string{"$1e3\r\n"},
        std::string{"$3\r\nabcde\r\n"}, std::string{"*99999999999999\r\n"},
        std::string{"%9223372036854775808\r\n"}, repeat("*1\r\n", 100), std::string{"\r\n"},
        std::string{"hello\r\n"}, std::string{";4\r\n"}, std::string{"#maybe\r\n"},
        std::string{":\r\n"}, "+" + std::string(200'000, 'x'),
        "$2000000\r\n" + std::string(2'000'000, 'x'));
    CAPTURE(bytes.substr(0, 40));
    TestLoop loop;
    bool is_broken = true;
    FakeRedis server{loop, [&](const FakeRedis::Words&) { return is_broken ? bytes : ":1\r\n"; }};
    redis::Connection connection{loop.executor(), options_for(server), redis::Role{.name = "test"}};
    loop.spawn(connection.run());
    loop.turn_until([&] { return connection.is_up(); });
    redis::Pipeline commands;
    redis::Reply reply{1'000};
    commands.add({"GET", "x"});
    const auto result = loop.run(connection.exec(commands, reply));
    REQUIRE_FALSE(result.has_value());
    CHECK(result.error().fault == Fault::disconnected);
    is_broken = false;
    loop.turn_until([&] { return connection.is_up() && connection.stats().losses == 1; });
    reply.clear();
    REQUIRE(loop.run(connection.exec(commands, reply)).has_value());
    CHECK(reply[0].front() == "1");
}

TEST_CASE("whatever a server refuses with is told in its own words", "[integration]") {
    const auto text =
        GENERATE(as<std::string>{}, "LOADING the dataset", "READONLY replica", "MASTERDOWN link",
                 "TRYAGAIN later", "CLUSTERDOWN no slots", "MOVED 1 127.0.0.1:7000",
                 "ASK 1 127.0.0.1:7000", "BUSY script", "OOM used memory", "NOAUTH required",
                 "MISCONF disk", "EXECABORT discarded", "NOREPLICAS", "NOPERM");
    CAPTURE(text);
    TestLoop loop;
    FakeRedis server{loop, [&](const FakeRedis::Words&) { return "-" + text + "\r\n"; }};
    const wire::Keys keys = wire::compile_keys({}, 0).value();
    redis::Connection connection{loop.executor(), options_for(server), redis::Role{.name = "test"}};
    loop.spawn(connection.run());
    loop.turn_until([&] { return connection.is_up(); });
    redis::SnapshotWriter snapshots{connection, keys, redis::SnapshotMode::write};
    redis::EventStream events{connection, keys, {.instance = "a"}};
    Snapshot snapshot;
    snapshot.account = "live:1";
    const auto written = loop.run(snapshots.write(std::vector{snapshot}));
    REQUIRE_FALSE(written.has_value());
    CHECK(written.error().fault == Fault::refused);
    CHECK(written.error().text == "redis: " + text);
    const auto term = loop.run(events.acquire_term());
    REQUIRE_FALSE(term.has_value());
    CHECK(term.error().fault == Fault::refused);
    CHECK(connection.stats().losses == 0);
}

TEST_CASE("an answer of the wrong shape is malformed, never a term", "[integration]") {
    const auto answer = GENERATE(as<std::string>{}, "+OK\r\n", ":0\r\n", ":-3\r\n", "*0\r\n",
                                 "_\r\n", "$0\r\n\r\n", "$2\r\n1x\r\n");
    CAPTURE(answer);
    TestLoop loop;
    FakeRedis server{loop, [&](const FakeRedis::Words&) { return answer; }};
    const wire::Keys keys = wire::compile_keys({}, 0).value();
    redis::Connection connection{loop.executor(), options_for(server), redis::Role{.name = "test"}};
    loop.spawn(connection.run());
    loop.turn_until([&] { return connection.is_up(); });
    redis::EventStream events{connection, keys, {.instance = "a"}};
    const auto term = loop.run(events.acquire_term());
    REQUIRE_FALSE(term.has_value());
    CHECK(term.error().fault == Fault::malformed);
    CHECK(events.term() == 0);
}

TEST_CASE("a directory that is refused its tracking never counts as up", "[integration]") {
    TestLoop loop;
    FakeRedis server{loop, [](const FakeRedis::Words&) { return "-NOPERM no tracking\r\n"; }};
    const wire::Keys keys = wire::compile_keys({}, 0).value();
    redis::Connection prices{loop.executor(), options_for(server), redis::Role{.name = "prices"}};
    redis::Directory directory{loop.executor(), options_for(server), keys, {"live"}, {}, prices};
    loop.spawn(directory.connection().run());
    loop.turn_until([&] { return directory.connection().stats().failed_attempts > 2; });
    CHECK(directory.connection().stats().ups == 0);
    CHECK(directory.connection().stats().last_error == "NOPERM no tracking");
    CHECK(server.accepted() >= 2);
}
