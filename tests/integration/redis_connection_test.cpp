// One connection: what it says about servers that refuse, hang, or are busy.
#include <unistd.h>

#include <algorithm>

#include "integration/redis_edge.hpp"

using namespace margind;
using namespace margind::test;
using std::chrono::milliseconds;

namespace {

/// A connection with its own server and options.
struct Single {
    explicit Single(std::string program, std::vector<std::string> arguments = {})
        : server{std::move(program), std::move(arguments)} {
        options.port = server.port();
        options.retry_max = milliseconds{100};
        options.log = [this](redis::LogLevel, std::string_view line) { log.emplace_back(line); };
    }
    redis::Connection& open() {
        connection.emplace(loop.executor(), options, redis::Role{.name = "test"});
        loop.spawn(connection->run());
        return *connection;
    }
    Result<void> exec(std::initializer_list<std::string_view> words) {
        commands.clear();
        reply.clear();
        commands.add(words);
        return loop.run(connection->exec(commands, reply));
    }

    RedisServer server;
    redis::Options options;
    std::vector<std::string> log;
    redis::Pipeline commands;
    redis::Reply reply{1'000};
    TestLoop loop;
    std::optional<redis::Connection> connection;
};

}  // namespace

TEST_CASE("a connection greets with its name, its password and its database", "[integration]") {
    Single single{each_server(), {"--requirepass", "secret"}};
    single.options.password = "secret";
    single.options.db = 3;
    auto& connection = single.open();
    single.loop.turn_until([&] { return connection.is_up(); });
    REQUIRE(single.exec({"CLIENT", "INFO"}).has_value());
    const std::string info{single.reply[0].front()};
    CHECK(info.find("name=margind-test ") != std::string::npos);
    CHECK(info.find(" db=3 ") != std::string::npos);
    CHECK(info.find(" resp=3") != std::string::npos);
}

TEST_CASE("a wrong password is named, is never shown, and does not stop the attempts",
          "[integration]") {
    Single single{each_server(), {"--requirepass", "secret"}};
    single.options.password = "wr0ng";
    auto& connection = single.open();
    single.loop.turn_until([&] { return connection.stats().failed_attempts > 2; });
    CHECK_FALSE(connection.is_up());
    CHECK(connection.stats().last_error.find("WRONGPASS") != std::string::npos);
    CHECK(single.log.size() == 1);  // the rest is counted
    CHECK(std::ranges::none_of(single.log, [](const std::string& line) {
        return line.find("wr0ng") != std::string::npos;
    }));
}

TEST_CASE("a missing password is named", "[integration]") {
    Single single{each_server(), {"--requirepass", "secret"}};
    auto& connection = single.open();
    single.loop.turn_until([&] { return connection.stats().failed_attempts > 0; });
    CHECK(connection.stats().last_error.find("NOAUTH") != std::string::npos);
}

TEST_CASE("a subscription that an ACL forbids never counts as up", "[integration]") {
    RedisServer server{each_server()};
    server.client().text({"ACL", "SETUSER", "reader", "on", ">pw", "+@all", "~*", "resetchannels"});
    TestLoop loop;
    redis::Options options;
    options.port = server.port();
    options.username = "reader";
    options.password = "pw";
    const wire::Keys keys = wire::compile_keys({}, 0).value();
    redis::Feed feed{loop.executor(), options, keys};
    loop.spawn(feed.connection().run());
    loop.turn_until([&] { return feed.connection().stats().failed_attempts > 1; });
    CHECK(feed.connection().stats().last_error.starts_with("NOPERM"));
    CHECK(feed.connection().stats().ups == 0);
}

TEST_CASE("a server that hangs is found by ping, and left", "[integration]") {
    Single single{each_server()};
    single.options.ping_interval = milliseconds{50};
    auto& connection = single.open();
    single.loop.turn_until([&] { return connection.is_up(); });
    single.server.pause();
    single.loop.turn_until([&] { return !connection.is_up(); });
    CHECK(connection.stats().losses >= 1);  // more where this machine stalled for two pings before
    single.server.resume();
    single.loop.turn_until([&] { return connection.is_up(); });
    CHECK(single.exec({"PING"}).has_value());
}

TEST_CASE("a server that is silent soon after the last time is given longer", "[integration]") {
    Single single{each_server()};
    single.options.ping_interval = milliseconds{50};
    auto& connection = single.open();
    // By then it is lost after 800 ms of silence instead of 100, of which half may have passed
    // before it hung.
    constexpr int rounds = 4;
    std::chrono::steady_clock::duration silence{};
    for (int round = 0; round < rounds; ++round) {
        single.loop.turn_until([&] { return connection.is_up(); });
        single.server.pause();
        const auto hung = std::chrono::steady_clock::now();
        single.loop.turn_until([&] { return !connection.is_up(); });
        silence = std::chrono::steady_clock::now() - hung;
        single.server.resume();
    }
    CHECK(silence >= milliseconds{400});
}

TEST_CASE("an answer that takes too long is a timeout, and the connection goes on",
          "[integration]") {
    Single single{each_server()};
    single.options.request_timeout = milliseconds{50};
    auto& connection = single.open();
    single.loop.turn_until([&] { return connection.is_up(); });
    const auto late = single.exec({"BLPOP", "nothing", "0.3"});
    REQUIRE_FALSE(late.has_value());
    CHECK(late.error().fault == Fault::timed_out);
    CHECK(connection.stats().timeouts == 1);
    // Its answer, when it comes, is not taken for another's.
    single.loop.turn_until([&] { return single.exec({"ECHO", "hello"}).has_value(); });
    CHECK(single.reply[0].front() == "hello");
    CHECK(connection.stats().losses == 0);
}

TEST_CASE("a busy server's refusal is the answer, not a loss", "[integration]") {
    Single single{each_server(), {"--busy-reply-threshold", "1"}};
    auto& connection = single.open();
    single.loop.turn_until([&] { return connection.is_up(); });
    auto script = single.server.client();
    script.send({"EVAL", "while true do end", "0"});
    const auto is_busy = [&] {
        REQUIRE(single.exec({"GET", "x"}).has_value());
        return single.reply.error_of(0).starts_with("BUSY");
    };
    single.loop.turn_until(is_busy);
    REQUIRE(single.exec({"SCRIPT", "KILL"}).has_value());
    CHECK(script.read().is_error);
    single.loop.turn_until([&] { return !is_busy(); });
    CHECK(connection.stats().losses == 0);
}

TEST_CASE("answers keep nil, empty, nested and refused apart", "[integration]") {
    Single single{each_server()};
    auto& connection = single.open();
    single.loop.turn_until([&] { return connection.is_up(); });
    auto client = single.server.client();
    client.text({"HSET", "hash", "empty", ""});
    client.text({"SADD", "set", "a"});
    redis::Pipeline commands;
    redis::Reply reply{1'000};
    commands.add({"HMGET", "hash", "empty", "none"});
    commands.add({"SSCAN", "set", "0"});
    commands.add({"HGETALL", "absent"});
    commands.add({"LPUSH", "hash", "x"});
    commands.add({"SET", "long", std::string(2'000, 'x')});
    commands.add({"GET", "long"});
    commands.add({"STRLEN", "long"});
    REQUIRE(single.loop.run(connection.exec(commands, reply)).has_value());
    REQUIRE(reply.size() == 7);
    REQUIRE(reply[0].size() == 2);
    CHECK(reply[0][0].empty());
    CHECK(reply[0][0].data() != nullptr);
    CHECK(reply[0][1].data() == nullptr);
    REQUIRE(reply[1].size() == 2);
    CHECK(reply[1][0] == "0");
    CHECK(reply[1][1] == "a");
    CHECK(reply[2].empty());
    CHECK(reply.error_of(2).empty());
    CHECK(reply.error_of(3).starts_with("WRONGTYPE"));
    CHECK(reply[4].front() == "OK");
    CHECK(reply[5].empty());
    CHECK(reply.error_of(5).starts_with("TOOLARGE"));
    CHECK(reply[6].front() == "2000");
}

TEST_CASE("an answer beyond all limits ends the connection, which comes back", "[integration]") {
    Single single{each_server()};
    single.options.answer_bytes_max = 1u << 20;
    auto& connection = single.open();
    single.loop.turn_until([&] { return connection.is_up(); });
    single.server.client().text({"SETRANGE", "huge", std::to_string(4 << 20), "x"});
    const auto result = single.exec({"GET", "huge"});
    REQUIRE_FALSE(result.has_value());
    CHECK(result.error().fault == Fault::disconnected);
    single.loop.turn_until([&] { return connection.is_up(); });
    CHECK(connection.stats().losses == 1);
}

TEST_CASE("a connection over a unix socket works as any other", "[integration]") {
    const std::string path = "/tmp/margind-test-" + std::to_string(::getpid()) + ".sock";
    Single single{each_server(), {"--unixsocket", path}};
    single.options.unix_path = path;
    single.options.port = 1;
    auto& connection = single.open();
    single.loop.turn_until([&] { return connection.is_up(); });
    CHECK(single.exec({"PING"}).has_value());
}
