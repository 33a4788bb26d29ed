// A server that breaks the protocol, falls silent, or says what nobody asked for.
#include <catch2/generators/catch_generators_range.hpp>
#include <fstream>

#include "integration/fake_redis.hpp"

using namespace margind;
using namespace margind::test;
using std::chrono::milliseconds;
using Say = FakeRedis::Say;
using Then = FakeRedis::Then;

namespace {

constexpr std::size_t answer_bytes_max = 1u << 20;

redis::Options options_for(const FakeRedis& server) {
    redis::Options options = server.options();
    options.answer_bytes_max = answer_bytes_max;
    return options;
}

std::string repeat(const std::string& text, int times) {
    std::string all;
    for (int i = 0; i < times; ++i) all += text;
    return all;
}

Say confirm_subscription(const FakeRedis::Words& words) {
    std::string all;
    for (std::size_t i = 1; i < words.size(); ++i) {
        all += ">3\r\n" + bulk("subscribe") + bulk(words[i]) + ":1\r\n";
    }
    return all;
}

/// Bytes that no server may send, whether asked or not.
std::string each_breach_of_protocol() {
    return GENERATE(as<std::string>{}, "$\r\n", "*\r\n", "%\r\n", "!\r\n", repeat("$?\r\n", 64),
                    repeat("*?\r\n", 64), repeat(">?\r\n", 64), "%?\r\n.\r\n",
                    "$?\r\n;1\r\na\r\n;0\r\n", ".\r\n", "$-1\r\n", "*-1\r\n",
                    "$18446744073709551615\r\n", "$18446744073709551617\r\n", "$1e3\r\n",
                    "$+3\r\nabc\r\n", "$3\r\nabcde\r\n", "=99999999999999\r\n",
                    "*99999999999999\r\n", ">99999999999999\r\n", "%9223372036854775808\r\n",
                    repeat("*1\r\n", 100), repeat(">1\r\n", 100), "\r\n", "hello\r\n", ";4\r\n",
                    "#maybe\r\n", ":\r\n", "|1\r\n+key\r\n+value\r\n:1\r\n",
                    "HTTP/1.1 400 Bad Request\r\n", std::string{"\0\0\0\r\n", 5},
                    "+" + std::string(200'000, 'x'), "$2000000\r\n" + std::string(2'000'000, 'x'));
}

/// Address space in use, in bytes: also what is reserved and not yet touched.
std::size_t address_space() {
    std::ifstream file{"/proc/self/statm"};
    std::size_t pages = 0;
    file >> pages;
    return pages * 4'096;
}

/// A connection to a server that answers as it is told at the time.
struct Talk {
    explicit Talk(const std::function<void(redis::Options&)>& adjust = {})
        : server{loop, [this](const FakeRedis::Words&) { return what; }},
          connection{loop.executor(), adjusted(adjust), redis::Role{.name = "test"}} {
        commands.add({"GET", "x"});
        loop.spawn(connection.run());
        loop.turn_until([&] { return connection.is_up(); });
    }

    redis::Options adjusted(const std::function<void(redis::Options&)>& adjust) const {
        redis::Options options = options_for(server);
        if (adjust) adjust(options);
        return options;
    }
    Result<void> ask() {
        reply.clear();
        return loop.run(connection.exec(commands, reply));
    }
    /// What is asked now fails, the connection is lost once, and the next answer is the right one.
    void require_loss_and_return() {
        const auto result = ask();
        REQUIRE_FALSE(result.has_value());
        CHECK(result.error().fault == Fault::disconnected);
        CHECK(result.error().text.starts_with("redis test: connection lost: "));
        require_return();
    }
    void require_return() {
        what = ":1\r\n";
        loop.turn_until([&] { return connection.is_up() && connection.stats().losses == 1; });
        CHECK(server.accepted() == 2);
        CHECK_FALSE(connection.stats().last_error.empty());
        loop.turn_until([&] { return ask().has_value(); });
        CHECK(reply[0].front() == "1");
    }

    TestLoop loop;
    Say what = ":1\r\n";
    FakeRedis server;
    redis::Connection connection;
    redis::Pipeline commands;
    redis::Reply reply{1'000};
};

/// Asks for an answer that announces more than ever comes; the pings are answered, and fill it a
/// little further. False where the pings themselves came too late.
bool gives_up_on_length(const std::string& announced, milliseconds ping) {
    Talk talk{[&](redis::Options& options) {
        options.ping_interval = ping;
        options.request_timeout = 6 * ping;
    }};
    talk.what = announced;
    const std::size_t before = address_space();
    const auto result = talk.ask();
    REQUIRE_FALSE(result.has_value());
    talk.loop.turn_until([&] { return talk.connection.stats().losses > 0 || talk.ask(); });
    const std::string reason = talk.connection.stats().last_error;
    if (reason.find("Pong timeout") != std::string::npos) return false;
    CHECK(result.error().fault == Fault::timed_out);
    CHECK(reason == "requests time out and no answer comes to its end");
    constexpr std::size_t growth_max = 1u << 30;  // of the least announced, a quarter
    CHECK(address_space() < before + growth_max);
    talk.what = ":1\r\n";
    talk.loop.turn_until([&] { return talk.ask().has_value(); });
    CHECK(talk.reply[0].front() == "1");
    return true;
}

/// A subscription that stands.
struct Subscription {
    Subscription() : feed{loop.executor(), options_for(server), keys} {
        loop.spawn(feed.connection().run());
        REQUIRE(loop.run(feed.next(batch)).has_value());
        REQUIRE(batch.is_empty());
    }
    /// The gap is told, no message came through, and the next one arrives.
    void require_gap() {
        const auto lost = loop.run(feed.next(batch));
        REQUIRE_FALSE(lost.has_value());
        CHECK(lost.error().fault == Fault::disconnected);
        CHECK(lost.error().text.starts_with("subscription lost: "));
        REQUIRE(loop.run(feed.next(batch)).has_value());
        CHECK(batch.is_empty());
        CHECK(feed.stats().messages == 0);
        server.push(">3\r\n" + bulk("message") + bulk(keys.price_channel) + bulk("EURUSD"));
        REQUIRE(loop.run(feed.next(batch)).has_value());
        REQUIRE(batch.size() == 1);
        CHECK(batch[0].payload == "EURUSD");
        CHECK(feed.connection().stats().losses == 1);
    }

    TestLoop loop;
    wire::Keys keys = wire::compile_keys({}, 0).value();
    FakeRedis server{loop, confirm_subscription};
    redis::Feed feed;
    MessageBatch batch;
};

}  // namespace

TEST_CASE("answers that arrive byte by byte are the same answers", "[integration]") {
    TestLoop loop;
    const auto answer = [](const FakeRedis::Words& words) -> std::string {
        if (words[0] == "HGETALL") return "%1\r\n" + bulk("field") + bulk("a\r\nb");
        if (words[0] == "HMGET") return "*2\r\n_\r\n" + bulk("");
        return "-ERR no\r\n";
    };
    FakeRedis server{loop, answer, {.slice_bytes = 1}};
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
    FakeRedis server{loop, confirm_subscription, {.slice_bytes = 1}};
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

TEST_CASE("an answer that breaks the protocol ends the connection and nothing else",
          "[integration]") {
    const std::string bytes = each_breach_of_protocol();
    CAPTURE(bytes.substr(0, 40));
    Talk talk;
    talk.what = bytes;
    talk.require_loss_and_return();
}

TEST_CASE("bytes that break the protocol unasked are a gap, and no message", "[integration]") {
    const std::string bytes = each_breach_of_protocol();
    CAPTURE(bytes.substr(0, 40));
    Subscription subscription;
    subscription.server.push(bytes);
    subscription.require_gap();
}

TEST_CASE("an answer cut short at any byte is a loss, never an answer", "[integration]") {
    const std::string whole = "%1\r\n$5\r\nfield\r\n$4\r\na\r\nb\r\n";
    const std::size_t cut = GENERATE_COPY(range(std::size_t{0}, whole.size()));
    CAPTURE(cut);
    Talk talk;
    talk.what = {whole.substr(0, cut), Then::hang_up};
    talk.require_loss_and_return();
}

TEST_CASE("an answer without end is given up at the limit", "[integration]") {
    const auto [start, chunk] = GENERATE(table<std::string, std::string>({
        {"+", std::string(4'096, 'x')},
        {":", std::string(4'096, '1')},
        {"$1000000000\r\n", std::string(4'096, 'x')},
        {"*4294967296\r\n", repeat(":1\r\n", 1'000)},
        {"*4294967296\r\n", repeat("*0\r\n", 1'000)},
        {"*4294967296\r\n", repeat("-ERR no\r\n", 1'000)},
        {"%4294967296\r\n", repeat(bulk("a"), 1'000)},
        {">4294967296\r\n", repeat("_\r\n", 1'000)},
    }));
    CAPTURE(start, chunk.substr(0, 20));
    Talk talk;
    talk.what = Say::endless(start, chunk);
    talk.require_loss_and_return();
    constexpr std::size_t sockets = 16u << 20;  // what both ends hold, at most
    CHECK(talk.server.bytes_written() < answer_bytes_max + sockets);
}

TEST_CASE("a push without end is given up at the limit, and no message", "[integration]") {
    Subscription subscription;
    const std::string head = bulk("message") + bulk(subscription.keys.price_channel);
    const std::string start = GENERATE_COPY(">3\r\n" + head + "$1000000000\r\n",
                                            ">3\r\n" + head + "+", ">4294967296\r\n$4096\r\n");
    CAPTURE(start);
    subscription.server.push(Say::endless(start, std::string(4'096, 'x')));
    subscription.require_gap();
    constexpr std::size_t sockets = 16u << 20;
    CHECK(subscription.server.bytes_written() < answer_bytes_max + sockets);
}

TEST_CASE("a length that is announced and never filled takes no memory, and is given up",
          "[integration]") {
    const auto announced =
        GENERATE(as<std::string>{}, "$1000000000000\r\n", "*4294967296\r\n", "%4294967296\r\n",
                 "!1000000000000\r\n", "*4294967296\r\n*4294967296\r\n$1000000000000\r\n");
    CAPTURE(announced);
    // A machine that stalls for two pings loses the connection before the request times out, and
    // shows nothing: it is asked again with more time.
    constexpr milliseconds ping_longest{3'200};
    for (milliseconds ping{50}; !gives_up_on_length(announced, ping); ping *= 4) {
        REQUIRE(ping < ping_longest);
    }
}

TEST_CASE("an answer that nobody asked for is never the next one's", "[integration]") {
    const auto extra = GENERATE(as<std::string>{}, ":2\r\n", "+OK\r\n", "_\r\n", "*0\r\n",
                                "*2\r\n:2\r\n:3\r\n", "%1\r\n+a\r\n+b\r\n");
    CAPTURE(extra);
    Talk talk;
    talk.what = ":1\r\n" + extra;
    REQUIRE(talk.ask().has_value());
    CHECK(talk.reply[0].front() == "1");
    talk.loop.turn_until([&] { return talk.connection.stats().losses == 1; });
    CHECK(talk.connection.stats().last_error == "an answer that nobody asked for");
    talk.require_return();
}

TEST_CASE("what has the wrong type inside a subscription is a gap, and no message",
          "[integration]") {
    Subscription subscription;
    const std::string head = bulk("message") + bulk(subscription.keys.price_channel);
    const std::string bytes = GENERATE_COPY(
        ">3\r\n" + head + "-EURUSD\r\n", ">3\r\n" + head + "!6\r\nEURUSD\r\n",
        std::string{">1\r\n-ERR no\r\n"}, "*3\r\n" + head + bulk("EURUSD"),
        "~3\r\n" + head + bulk("EURUSD"), std::string{"+message\r\n"}, std::string{":1\r\n"});
    CAPTURE(bytes);
    subscription.server.push(bytes);
    subscription.require_gap();
}

TEST_CASE("a greeting that is broken, refused, cut or never answered is tried again",
          "[integration]") {
    const auto [bytes, then] = GENERATE(table<std::string, Then>({
        {"$\r\n", Then::go_on},
        {repeat("$?\r\n", 64), Then::go_on},
        {"-NOPROTO unsupported\r\n", Then::go_on},
        {"%1\r\n$5\r\npro", Then::hang_up},
        {"", Then::hang_up},
        {"", Then::go_on},  // silence
        {"$1000000000000\r\n", Then::go_on},
    }));
    CAPTURE(bytes);
    TestLoop loop;
    const Say what{bytes, then};
    FakeRedis server{loop, [&](const FakeRedis::Words&) { return what; }, {.asks_greeting = true}};
    redis::Options options = options_for(server);
    options.ping_interval = milliseconds{50};
    options.connect_timeout = milliseconds{100};
    options.request_timeout = milliseconds{100};
    redis::Connection connection{loop.executor(), options, redis::Role{.name = "test"}};
    loop.spawn(connection.run());
    loop.turn_until([&] { return connection.stats().failed_attempts > 2; });
    CHECK(connection.stats().ups == 0);
    CHECK_FALSE(connection.is_up());
    CHECK_FALSE(connection.stats().last_error.empty());
    CHECK(server.accepted() > 2);
}

TEST_CASE("a server that fails at once is tried ever less often", "[integration]") {
    TestLoop loop;
    FakeRedis server{
        loop, [](const FakeRedis::Words&) { return "$\r\n"; }, {.asks_greeting = true}};
    redis::Options options = options_for(server);
    options.retry_max = milliseconds{1};
    redis::Connection steady{loop.executor(), options, redis::Role{.name = "steady"}};
    options.retry_max = milliseconds{1'000};
    redis::Connection patient{loop.executor(), options, redis::Role{.name = "patient"}};
    loop.spawn(steady.run());
    loop.spawn(patient.run());
    loop.turn_until([&] { return steady.stats().failed_attempts >= 100; });
    CHECK(patient.stats().failed_attempts > 0);
    CHECK(patient.stats().failed_attempts < 50);
}
