// What is written: snapshots with their notifications, events with their fence, leases, bulk loads.
#include "integration/redis_edge.hpp"

using namespace margind;
using namespace margind::test;

namespace {

Snapshot snapshot_of(std::string_view account, std::int64_t equity) {
    Snapshot snapshot;
    snapshot.account = account;
    snapshot.verdict = Verdict::ok;
    StandardFigures figures;
    figures.valuation.equity = Money::from_minor(equity);
    snapshot.figures = figures;
    snapshot.ts_ms = 1;
    return snapshot;
}

Event event_of(const std::string& id, std::uint32_t step, std::string account = "live:1") {
    Event event;
    event.id = id;
    event.account = std::move(account);
    event.kind = EventKind::margin_call;
    event.ts_ms = 1'700'000'000'000 + step;
    event.memory = {.state = AccountState::margin_call, .breach = 1, .step = step};
    return event;
}

redis::EventStream stream_of(Edge& edge, const std::string& instance,
                             std::uint64_t ids_kept = 1'000) {
    return {edge.writer, edge.keys, {.instance = instance, .ids_kept = ids_kept}};
}

constexpr const char* stream_key = "{margind:0}:events:live";

/// The ids of all entries of the stream, in order.
std::vector<std::string> stream_ids(ServerClient& client) {
    std::vector<std::string> ids;
    for (const ServerReply& entry : client.call({"XRANGE", stream_key, "-", "+"}).elements) {
        const auto& fields = entry.elements[1].elements;
        for (std::size_t i = 0; i < fields.size(); i += 2) {
            if (fields[i].text == "id") ids.push_back(fields[i + 1].text);
        }
    }
    return ids;
}

}  // namespace

TEST_CASE("a snapshot is in its hash before its notification arrives", "[integration]") {
    Edge edge{each_server()};
    edge.connect();
    redis::SnapshotWriter writer{edge.writer, edge.keys, redis::SnapshotMode::write};
    writer.set_term(7);
    auto listener = edge.server.client();
    listener.call({"SUBSCRIBE", "portfolio_updates"});
    auto client = edge.server.client();
    client.text({"HSET", "user_portfolio:{live:1}", "theirs", "kept", "equity", "0"});
    std::vector<std::string> accounts;
    for (int i = 0; i < 3'000; ++i) accounts.push_back("live:" + std::to_string(i));
    std::vector<Snapshot> batch;
    for (std::size_t i = 0; i < accounts.size(); ++i) {
        batch.push_back(snapshot_of(accounts[i], static_cast<std::int64_t>(100 * i)));
    }
    REQUIRE(edge.loop.run(writer.write(batch)).has_value());
    for (std::size_t i = 0; i < accounts.size(); ++i) {
        const ServerReply message = listener.read();
        REQUIRE(message.elements.at(2).text == accounts[i]);
        const std::string key = "user_portfolio:{" + accounts[i] + "}";
        if (i % 100 == 1) CHECK(client.text({"HGET", key, "equity"}) == std::to_string(i) + ".00");
    }
    CHECK(client.text({"HGET", "user_portfolio:{live:1}", "theirs"}) == "kept");
    CHECK(client.text({"HGET", "user_portfolio:{live:1}", "term"}) == "7");
    CHECK(writer.stats().written == 3'000);
    CHECK(writer.stats().published == 3'000);
}

TEST_CASE("in mode shadow the platform's hashes stay alone, in mode off all do", "[integration]") {
    Edge edge{each_server()};
    edge.connect();
    auto listener = edge.server.client();
    listener.call({"SUBSCRIBE", "portfolio_updates"});
    auto client = edge.server.client();
    redis::SnapshotWriter off{edge.writer, edge.keys, redis::SnapshotMode::off};
    REQUIRE(edge.loop.run(off.write(std::vector{snapshot_of("live:1", 100)})).has_value());
    CHECK(client.text({"DBSIZE"}) == "0");
    redis::SnapshotWriter shadow{edge.writer, edge.keys, redis::SnapshotMode::shadow};
    REQUIRE(edge.loop.run(shadow.write(std::vector{snapshot_of("live:1", 100)})).has_value());
    CHECK(client.text({"DBSIZE"}) == "1");
    CHECK(client.text({"HGET", "margind:shadow:live:1", "equity"}) == "1.00");
    client.text({"PUBLISH", "portfolio_updates", "the first message"});
    CHECK(listener.read().elements.at(2).text == "the first message");
}

TEST_CASE("an error of the rule set platform is written and not announced", "[integration]") {
    Edge edge{each_server()};
    edge.connect();
    redis::SnapshotWriter writer{edge.writer, edge.keys, redis::SnapshotMode::write};
    Snapshot snapshot = snapshot_of("live:1", 0);
    snapshot.figures = PlatformFigures{.error = PlatformError::missing_balance};
    REQUIRE(edge.loop.run(writer.write(std::vector{snapshot})).has_value());
    auto client = edge.server.client();
    CHECK(client.call({"HGET", "user_portfolio:{live:1}", "equity"}).is_nil);
    CHECK(writer.stats().published == 0);
}

TEST_CASE("a key of another type holds up nobody else's snapshot", "[integration]") {
    Edge edge{each_server()};
    edge.connect();
    auto client = edge.server.client();
    client.text({"SET", "user_portfolio:{live:1}", "no hash"});
    redis::SnapshotWriter writer{edge.writer, edge.keys, redis::SnapshotMode::write};
    const std::vector batch{snapshot_of("live:1", 100), snapshot_of("live:2", 200)};
    const auto result = edge.loop.run(writer.write(batch));
    REQUIRE(result.has_value());
    CHECK(result->written == 1);
    CHECK(result->refused == 1);
    CHECK(client.text({"HGET", "user_portfolio:{live:2}", "equity"}) == "2.00");
}

TEST_CASE("a batch that the server refuses is an error with the server's words", "[integration]") {
    Edge edge{each_server()};
    edge.connect();
    auto client = edge.server.client();
    redis::SnapshotWriter writer{edge.writer, edge.keys, redis::SnapshotMode::write};
    const std::vector batch{snapshot_of("live:1", 100)};
    client.text({"CONFIG", "SET", "maxmemory", "1"});
    auto result = edge.loop.run(writer.write(batch));
    REQUIRE_FALSE(result.has_value());
    CHECK(result.error().fault == Fault::refused);
    CHECK(result.error().text.starts_with("redis: OOM"));
    client.text({"CONFIG", "SET", "maxmemory", "0"});
    client.text({"REPLICAOF", "127.0.0.1", "1"});
    result = edge.loop.run(writer.write(batch));
    REQUIRE_FALSE(result.has_value());
    CHECK(result.error().text.starts_with("redis: READONLY"));
    client.text({"REPLICAOF", "NO", "ONE"});
    CHECK(edge.loop.run(writer.write(batch)).has_value());
    CHECK(writer.stats().failures == 2);
}

TEST_CASE("a batch under way when the connection is cut is an error", "[integration]") {
    Edge edge{each_server()};
    edge.connect();
    redis::SnapshotWriter writer{edge.writer, edge.keys, redis::SnapshotMode::write};
    const std::vector batch(20'000, snapshot_of("live:1", 100));
    edge.server.pause();
    auto writing = writer.write(batch);
    edge.loop.spawn([](RedisServer& server) -> boost::asio::awaitable<void> {
        server.kill();
        co_return;
    }(edge.server));
    const auto result = edge.loop.run(std::move(writing));
    REQUIRE_FALSE(result.has_value());
    CHECK(result.error().fault == Fault::disconnected);
    edge.server.start();
    edge.wait_until_up();
    CHECK(edge.loop.run(writer.write(batch)).has_value());
    CHECK(edge.server.client().text({"HGET", "user_portfolio:{live:1}", "equity"}) == "1.00");
}

TEST_CASE("an event is appended once, with its account's memory", "[integration]") {
    Edge edge{each_server()};
    edge.connect();
    auto events = stream_of(edge, "a");
    REQUIRE(edge.loop.run(events.acquire_term()) == 1u);
    const std::vector batch{event_of("e1", 1), event_of("e2", 2), event_of("e3", 1, "demo:5")};
    const auto first = edge.loop.run(events.append(batch));
    REQUIRE(first.has_value());
    CHECK(first->appended == 3);
    CHECK(first->known == 0);
    const auto again = edge.loop.run(events.append(batch));
    REQUIRE(again.has_value());
    CHECK(again->appended == 0);
    CHECK(again->known == 3);
    auto client = edge.server.client();
    CHECK(stream_ids(client) == std::vector<std::string>{"e1", "e2"});
    CHECK(client.text({"XLEN", "{margind:0}:events:demo"}) == "1");
    const auto memories = edge.loop.run(edge.directory.breaches());
    REQUIRE(memories.has_value());
    REQUIRE(memories->known.size() == 2);
    for (const auto& [account, memory] : memories->known) {
        CHECK(memory.step == (account == AccountKey{"live", "1"} ? 2u : 1u));
        CHECK(memory.state == AccountState::margin_call);
    }
}

TEST_CASE("an older instance is refused from its next event on", "[integration]") {
    Edge edge{each_server()};
    edge.connect();
    auto older = stream_of(edge, "older");
    auto newer = stream_of(edge, "newer");
    CHECK_FALSE(edge.loop.run(older.append(std::vector{event_of("e0", 1)})).has_value());
    REQUIRE(edge.loop.run(older.acquire_term()) == 1u);
    REQUIRE(edge.loop.run(older.renew_lease()).has_value());
    REQUIRE(edge.loop.run(newer.acquire_term()) == 2u);
    const auto refused = edge.loop.run(older.append(std::vector{event_of("e1", 1)}));
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().fault == Fault::stale_term);
    const auto lease = edge.loop.run(older.renew_lease());
    REQUIRE_FALSE(lease.has_value());
    CHECK(lease.error().fault == Fault::stale_term);
    CHECK(older.stats().stale_terms == 2);
    REQUIRE(edge.loop.run(newer.append(std::vector{event_of("e1", 1)})).has_value());
    auto client = edge.server.client();
    CHECK(stream_ids(client) == std::vector<std::string>{"e1"});
    CHECK(client.text({"GET", "{margind:0}:lease"}) == "newer");
    CHECK(std::stol(client.text({"PTTL", "{margind:0}:lease"})) > 0);
    CHECK(client.text({"PTTL", "{margind:0}:term"}) == "-1");  // never expires
}

TEST_CASE("a term that was deleted or set back is put right by its owner", "[integration]") {
    Edge edge{each_server()};
    edge.connect();
    auto client = edge.server.client();
    client.text({"SET", "{margind:0}:term", "41"});
    auto events = stream_of(edge, "a");
    REQUIRE(edge.loop.run(events.acquire_term()) == 42u);
    client.text({"DEL", "{margind:0}:term"});
    REQUIRE(edge.loop.run(events.append(std::vector{event_of("e1", 1)})).has_value());
    CHECK(client.text({"GET", "{margind:0}:term"}) == "42");
    client.text({"SET", "{margind:0}:term", "7"});
    client.text({"DEL", "{margind:0}:lease"});
    REQUIRE(edge.loop.run(events.renew_lease()).has_value());
    CHECK(client.text({"GET", "{margind:0}:term"}) == "42");
    client.text({"SET", "{margind:0}:term", "soon"});
    const auto result = edge.loop.run(events.append(std::vector{event_of("e2", 2)}));
    REQUIRE_FALSE(result.has_value());
    CHECK(result.error().fault == Fault::stale_term);
}

TEST_CASE("a flushed script is loaded again without an event lost or doubled", "[integration]") {
    Edge edge{each_server()};
    edge.connect();
    auto client = edge.server.client();
    auto events = stream_of(edge, "a");
    REQUIRE(edge.loop.run(events.acquire_term()).has_value());
    REQUIRE(edge.loop.run(events.append(std::vector{event_of("e1", 1)})).has_value());
    client.text({"SCRIPT", "FLUSH"});
    std::vector<Event> many;
    for (std::uint32_t i = 1; i <= 200; ++i) many.push_back(event_of("e" + std::to_string(i), i));
    const auto result = edge.loop.run(events.append(many));
    REQUIRE(result.has_value());
    CHECK(result->appended == 199);
    CHECK(result->known == 1);
    CHECK(events.stats().script_loads == 2);
    const auto ids = stream_ids(client);
    REQUIRE(ids.size() == 200);
    for (std::size_t i = 0; i < ids.size(); ++i) CHECK(ids[i] == many[i].id);
}

TEST_CASE("only the last ids are kept", "[integration]") {
    Edge edge{each_server()};
    edge.connect();
    auto events = stream_of(edge, "a", 10);
    REQUIRE(edge.loop.run(events.acquire_term()).has_value());
    std::vector<Event> many;
    for (std::uint32_t i = 1; i <= 50; ++i) many.push_back(event_of("e" + std::to_string(i), i));
    REQUIRE(edge.loop.run(events.append(many)).has_value());
    auto client = edge.server.client();
    CHECK(client.text({"ZCARD", "{margind:0}:ids"}) == "10");
    CHECK(client.call({"ZSCORE", "{margind:0}:ids", "e40"}).is_nil);
    CHECK_FALSE(client.call({"ZSCORE", "{margind:0}:ids", "e41"}).is_nil);
}

TEST_CASE("breach memories that cannot be read are counted", "[integration]") {
    Edge edge{each_server()};
    edge.connect();
    auto client = edge.server.client();
    for (int i = 0; i < 2'000; ++i) {
        client.text({"HSET", "{margind:0}:breaches", "live:" + std::to_string(i),
                     "state=ok breach=1 step=0 armed=0 last_stop_out_ms=0"});
    }
    client.text({"HSET", "{margind:0}:breaches", "live:junk", "state=asleep", "nobody",
                 "state=ok breach=1 step=0"});
    const auto memories = edge.loop.run(edge.directory.breaches());
    REQUIRE(memories.has_value());
    CHECK(memories->known.size() == 2'000);
    CHECK(memories->junk == 2);
}

TEST_CASE("a loader writes everything in order and counts what was refused", "[integration]") {
    Edge edge{each_server()};
    edge.connect();
    redis::Loader loader{edge.writer, {.pipeline_bytes = 4u << 10, .pipelines = 2}};
    const auto load = [](redis::Loader& to) -> boost::asio::awaitable<Result<redis::LoaderResult>> {
        for (int i = 0; i < 20'000; ++i) {
            const std::string number = std::to_string(i);
            to.pipeline().add({"RPUSH", "list", number});
            if (to.is_full()) co_await to.send();
        }
        to.pipeline().add({"HSET", "list", "field", "value"});
        to.pipeline().add({"NOSUCHCOMMAND"});
        co_return co_await to.finish();
    };
    const auto result = edge.loop.run(load(loader));
    REQUIRE(result.has_value());
    CHECK(result->answered == 20'002);
    CHECK(result->wrong_types == 1);
    CHECK(result->errors == 1);
    CHECK(result->first_error.starts_with("ERR unknown command"));
    const ServerReply list = edge.server.client().call({"LRANGE", "list", "0", "-1"});
    REQUIRE(list.elements.size() == 20'000);
    for (std::size_t i = 0; i < list.elements.size(); ++i) {
        REQUIRE(list.elements[i].text == std::to_string(i));
    }
}
