// A server that refuses, or answers in the wrong shape: nothing of it is believed.
#include <functional>

#include "integration/fake_redis.hpp"

using namespace margind;
using namespace margind::test;
using std::chrono::milliseconds;
using Say = FakeRedis::Say;

namespace {

/// Everything of ours that reads, at a server that greets well and answers as it is told.
struct Readers {
    Readers() {
        loop.spawn(prices.run());
        loop.spawn(directory.connection().run());
        loop.turn_until([&] { return prices.is_up() && directory.connection().is_up(); });
    }
    Say answer_to(const FakeRedis::Words& words) const {
        if (words[0] == "CLIENT") return "+OK\r\n";
        return answer(words);
    }
    [[nodiscard]] std::uint64_t losses() {
        return prices.stats().losses + directory.connection().stats().losses;
    }

    TestLoop loop;
    wire::Keys keys = wire::compile_keys({}, 0).value();
    std::function<std::string(const FakeRedis::Words&)> answer;
    FakeRedis server{loop, [this](const FakeRedis::Words& words) { return answer_to(words); }};
    redis::Connection prices{loop.executor(), server.options(), redis::Role{.name = "prices"}};
    redis::Directory directory{loop.executor(), server.options(), keys, {"live"}, {}, prices};
};

/// Each way to read, with the command whose answer is to be broken.
enum class Reading : std::uint8_t {
    holders,
    images,
    orders,
    margin,
    specs,
    prices,
    control,
    memory
};

constexpr std::string_view command_of(Reading reading) {
    switch (reading) {
        case Reading::holders: return "SCAN";
        case Reading::orders: return "SSCAN";
        case Reading::margin:
        case Reading::prices: return "HMGET";
        case Reading::memory: return "HSCAN";
        default: return "HGETALL";
    }
}

/// What a real server says where there is nothing.
std::string nothing(const FakeRedis::Words& words) {
    if (words[0] == "HGETALL") return "%0\r\n";
    if (words[0] == "HMGET") {
        const std::size_t fields = words.size() - 2;
        std::string answer = "*" + std::to_string(fields) + "\r\n";
        for (std::size_t i = 0; i < fields; ++i) answer += "_\r\n";
        return answer;
    }
    return "*2\r\n$1\r\n0\r\n*0\r\n";
}

template <class T>
Result<void> only_error(Result<T> result) {
    if (!result) return std::unexpected(result.error());
    return {};
}

Result<void> read(Readers& readers, Reading reading) {
    redis::Directory& from = readers.directory;
    TestLoop& loop = readers.loop;
    const std::vector accounts{AccountKey{"live", "1"}};
    const std::vector specs{InstrumentKey{"standard", "EURUSD"}};
    const std::vector<std::string> symbols{"EURUSD"};
    switch (reading) {
        case Reading::holders:
            REQUIRE(loop.run(from.start_holders()).has_value());
            return only_error(loop.run(from.next_holders()));
        case Reading::images:
        case Reading::orders:
        case Reading::margin: return only_error(loop.run(from.images(accounts)));
        case Reading::specs: return only_error(loop.run(from.instruments(specs)));
        case Reading::prices: return only_error(loop.run(from.prices(symbols)));
        case Reading::control: return only_error(loop.run(from.control()));
        case Reading::memory: return only_error(loop.run(from.breaches()));
    }
    return {};
}

Reading each_reading() {
    return GENERATE(Reading::holders, Reading::images, Reading::orders, Reading::margin,
                    Reading::specs, Reading::prices, Reading::control, Reading::memory);
}

}  // namespace

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
    redis::Connection connection{loop.executor(), server.options(), redis::Role{.name = "test"}};
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

TEST_CASE("a reader that is answered in the wrong shape reads nothing, and connects again",
          "[integration]") {
    const Reading reading = each_reading();
    const auto wrong = GENERATE(as<std::string>{}, "+OK\r\n", "_\r\n", "#t\r\n", ",nan\r\n",
                                "$0\r\n\r\n", "*1\r\n$1\r\nx\r\n", "*2\r\n*0\r\n_\r\n");
    CAPTURE(command_of(reading), wrong);
    Readers readers;
    bool is_broken = true;
    readers.answer = [&](const FakeRedis::Words& words) {
        return is_broken && words[0] == command_of(reading) ? wrong : nothing(words);
    };
    const auto result = read(readers, reading);
    REQUIRE_FALSE(result.has_value());
    CHECK(result.error().fault == Fault::malformed);
    CHECK(result.error().text.starts_with("redis: unexpected answer to "));
    is_broken = false;
    readers.loop.turn_until([&] {
        return readers.losses() == 1 && readers.prices.is_up() &&
               readers.directory.connection().is_up();
    });
    CHECK(read(readers, reading).has_value());
}

TEST_CASE("an error without a text is an error to every reader", "[integration]") {
    const Reading reading = each_reading();
    const auto wrong = GENERATE(as<std::string>{}, "-\r\n", "!0\r\n\r\n", "*2\r\n-\r\n$1\r\n0\r\n");
    CAPTURE(command_of(reading), wrong);
    Readers readers;
    readers.answer = [&](const FakeRedis::Words& words) {
        return words[0] == command_of(reading) ? wrong : nothing(words);
    };
    const auto result = read(readers, reading);
    REQUIRE_FALSE(result.has_value());
    CHECK(result.error().fault == Fault::refused);
    CHECK(result.error().text == "redis: ERR without a text");
    CHECK(readers.losses() == 0);
}

TEST_CASE("an empty answer to a scan is no empty set", "[integration]") {
    const Reading reading = GENERATE(Reading::holders, Reading::orders, Reading::memory);
    Readers readers;
    readers.answer = [&](const FakeRedis::Words& words) {
        return words[0] == command_of(reading) ? "*0\r\n" : nothing(words);
    };
    const auto result = read(readers, reading);
    REQUIRE_FALSE(result.has_value());
    CHECK(result.error().fault == Fault::malformed);
}

TEST_CASE("a cursor that leads nowhere is not followed for ever", "[integration]") {
    const Reading reading = GENERATE(Reading::orders, Reading::memory);
    CAPTURE(command_of(reading));
    Readers readers;
    readers.answer = [&](const FakeRedis::Words& words) -> std::string {
        if (words[0] != command_of(reading)) return nothing(words);
        return "*2\r\n$1\r\n7\r\n*2\r\n" + bulk("live:1") + bulk("x");
    };
    const auto result = read(readers, reading);
    REQUIRE_FALSE(result.has_value());
    CHECK(result.error().fault == Fault::malformed);
}

TEST_CASE("a refusal of any length is kept short", "[integration]") {
    const auto wrong = GENERATE(as<std::string>{}, "-ERR " + std::string(60'000, 'x') + "\r\n",
                                "!1000000\r\n" + std::string(1'000'000, 'x') + "\r\n");
    Readers readers;
    readers.answer = [&](const FakeRedis::Words&) { return wrong; };
    const auto result = read(readers, Reading::control);
    REQUIRE_FALSE(result.has_value());
    CHECK(result.error().fault == Fault::refused);
    CHECK(result.error().text.size() < 2'000);
}

TEST_CASE("an invalidation that holds an error is a gap, and no change", "[integration]") {
    Readers readers;
    Changes changes;
    REQUIRE(readers.loop.run(readers.directory.next_changes(changes)).has_value());
    readers.server.push(">2\r\n" + bulk("invalidate") + "*1\r\n-ERR no\r\n");
    const auto lost = readers.loop.run(readers.directory.next_changes(changes));
    REQUIRE_FALSE(lost.has_value());
    CHECK(lost.error().text == "tracking lost: an error inside a push");
    CHECK(changes.accounts.empty());
    REQUIRE(readers.loop.run(readers.directory.next_changes(changes)).has_value());
    CHECK(readers.directory.stats().changed_keys == 0);
}

TEST_CASE("an answer of the wrong shape is never a term, a lease or an appended event",
          "[integration]") {
    const auto wrong = GENERATE(as<std::string>{}, "+OK\r\n", ":-3\r\n", "*0\r\n", "_\r\n",
                                "$0\r\n\r\n", "$2\r\n1x\r\n", "*2\r\n:1\r\n:1\r\n", ",1.5\r\n",
                                "$21\r\n184467440737095516160\r\n");
    CAPTURE(wrong);
    TestLoop loop;
    std::string answer = wrong;
    FakeRedis server{loop, [&](const FakeRedis::Words& words) {
                         return words[0] == "SCRIPT" ? bulk("hash") : answer;
                     }};
    const wire::Keys keys = wire::compile_keys({}, 0).value();
    redis::Connection connection{loop.executor(), server.options(), redis::Role{.name = "test"}};
    loop.spawn(connection.run());
    std::uint64_t losses = 0;
    const auto require_malformed = [&](const Result<void>& result) {
        REQUIRE_FALSE(result.has_value());
        CHECK(result.error().fault == Fault::malformed);
        ++losses;
        loop.turn_until([&] { return connection.stats().losses == losses && connection.is_up(); });
        CHECK(connection.stats().last_error == result.error().text);
    };
    loop.turn_until([&] { return connection.is_up(); });
    redis::EventStream events{connection, keys, {.instance = "a"}};
    require_malformed(only_error(loop.run(events.acquire_term())));
    CHECK(events.term() == 0);
    answer = ":3\r\n";
    REQUIRE(loop.run(events.acquire_term()) == 3u);
    answer = wrong;
    require_malformed(loop.run(events.renew_lease()));
    Event event;
    event.id = "1";
    event.account = "live:1";
    require_malformed(only_error(loop.run(events.append(std::vector{event}))));
    CHECK(events.stats().appended == 0);
    CHECK(events.stats().known == 0);
    CHECK(events.term() == 3);
}

TEST_CASE("a directory that is refused its tracking never counts as up", "[integration]") {
    TestLoop loop;
    FakeRedis server{loop, [](const FakeRedis::Words&) { return "-NOPERM no tracking\r\n"; }};
    const wire::Keys keys = wire::compile_keys({}, 0).value();
    redis::Connection prices{loop.executor(), server.options(), redis::Role{.name = "prices"}};
    redis::Directory directory{loop.executor(), server.options(), keys, {"live"}, {}, prices};
    loop.spawn(directory.connection().run());
    loop.turn_until([&] { return directory.connection().stats().failed_attempts > 2; });
    CHECK(directory.connection().stats().ups == 0);
    CHECK(directory.connection().stats().last_error == "NOPERM no tracking");
    CHECK(server.accepted() >= 2);
}
