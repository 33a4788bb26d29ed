// The real day of ticks into a real server, with a daemon and many accounts beside it: at the end
// every snapshot must be what the reference model says, also when something breaks in the middle.
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <cstdlib>
#include <functional>
#include <set>

#include "adapters/memory/book_generator.hpp"
#include "integration/redis_edge.hpp"
#include "support/daemon.hpp"
#include "support/reference_model.hpp"
#include "wire/redis_account.hpp"

namespace margind::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

#ifdef NDEBUG
constexpr std::uint32_t account_count = 20'000;
#else
constexpr std::uint32_t account_count = 2'000;  // under the sanitizers
#endif

const std::vector<std::string> symbols{"EURUSD", "NZDUSD", "XAUUSD"};

std::string day_file() {
    const char* folder = std::getenv("MARGIND_TEST_DATA");
    if (folder == nullptr) SKIP("MARGIND_TEST_DATA is not set: the recorded day is not there");
    return std::string{folder} + "/ticks-oanda-2014-05-08.csv.gz";
}

memory::BookGenerator make_book() {
    memory::BookOptions options;
    options.seed = 11;
    options.accounts = account_count;
    options.symbols = symbols;
    options.currencies = {"USD", "EUR", "NZD"};
    return *memory::BookGenerator::make(options);
}

void load(const RedisServer& server) {
    ChildProcess load{binary("margind-load"),
                      {"redis", "--accounts", std::to_string(account_count), "--positions", "3",
                       "--symbols", "EURUSD,NZDUSD,XAUUSD", "--currencies", "USD,EUR,NZD", "--seed",
                       "11", "--redis", "redis://127.0.0.1:" + std::to_string(server.port())}};
    const auto code = load.wait(milliseconds{120'000});
    INFO(load.errors());
    REQUIRE(code == 0);
}

std::vector<std::string> replay_arguments(const RedisServer& server, const std::string& from = {}) {
    std::vector<std::string> words{
        day_file(), "--redis", "redis://127.0.0.1:" + std::to_string(server.port()),
        "--speed",  "max",     "--stats",
        "json"};
    if (!from.empty()) words.insert(words.end(), {"--from", from});
    return words;
}

/// What every account is worth at the prices that are in the store now, by the reference model.
std::map<std::string, ModelAccount> expected(ServerClient& redis,
                                             const memory::BookGenerator& book) {
    const Moment now{1'000'000, 1'700'000'000'000};
    ReferenceModel model{{}};
    for (const InstrumentSpec& spec : book.instruments()) model.spec(spec);
    for (const std::string& symbol : symbols) {
        const ServerReply price = redis.call({"HMGET", "market:" + symbol, "bid", "ask"});
        model.market.tick(
            {symbol, std::stod(price.elements.at(0).text), std::stod(price.elements.at(1).text)},
            now);
    }
    for (std::uint32_t i = 0; i < book.account_count(); ++i) model.image(book.account(i), now);
    model.beat(now);
    return model.accounts();
}

/// How many snapshots in the store are not what they should be, and the first of them.
struct Differences {
    std::uint32_t count = 0;
    std::string first;
};

Differences compare(ServerClient& redis, const std::map<std::string, ModelAccount>& accounts) {
    Differences found;
    for (const auto& [name, account] : accounts) {
        const std::string key = "user_portfolio:{" + name + "}";
        const ServerReply reply = redis.call(
            {"HMGET", key, "equity", "used_margin", "open_pnl", "verdict", "balance", "free_margin",
             "used_margin_executed", "used_margin_all", "total_pl", "margin_level"});
        const ModelFigures& figures = account.valuation.figures;
        const auto equals = [&](std::size_t i, std::int64_t minor) {
            const std::string& text = reply.elements[i].text;
            return !text.empty() && std::llround(std::stod(text) * 100.0) == minor;
        };
        const double level = figures.margin == 0 ? 0.0
                                                 : 100.0 * static_cast<double>(figures.equity) /
                                                       static_cast<double>(figures.margin);
        const bool is_right =
            equals(0, figures.equity) && equals(1, figures.margin) && equals(2, figures.pnl) &&
            reply.elements[3].text == account.verdict && equals(4, figures.balance) &&
            equals(5, figures.equity - figures.margin) && equals(6, figures.margin) &&
            equals(7, figures.margin) && equals(8, figures.pnl) &&
            std::abs(std::stod(reply.elements[9].text) - level) < 0.0051;
        if (is_right) continue;
        if (++found.count > 1) continue;
        found.first = name + ": equity " + reply.elements[0].text + ", expected minor units " +
                      std::to_string(figures.equity) + ", verdict " + reply.elements[3].text +
                      ", expected " + account.verdict;
    }
    return found;
}

/// Waits until the daemon has nothing left to do, then compares.
void check_all(Daemon& daemon, const RedisServer& server, const memory::BookGenerator& book) {
    Differences last;
    daemon.until("every snapshot equals the model's", [&] {
        const bool is_idle = daemon.is_ready() && daemon.status("/dirty/live") == 0 &&
                             daemon.status("/dirty/demo") == 0;
        if (!is_idle) return false;
        ServerClient redis = server.client();
        last = compare(redis, expected(redis, book));
        UNSCOPED_INFO(last.count << " differ: " << last.first);
        return last.count == 0;
    });
    CHECK(last.count == 0);
}

void finish(ChildProcess& replay) {
    const auto code = replay.wait(milliseconds{180'000});
    INFO(replay.errors());
    REQUIRE(code == 0);
    CHECK(replay.output().contains("336830"));
}

TEST_CASE("after the real day every snapshot in the server equals the oracle's",
          "[integration][day][release]") {
    const std::string feed = day_file();
    const memory::BookGenerator book = make_book();
    const RedisServer server{each_server()};
    load(server);
    Daemon daemon{server.port()};
    daemon.until_ready();
    ChildProcess replay{binary("margind-replay"), replay_arguments(server)};
    finish(replay);
    check_all(daemon, server, book);
    CHECK(daemon.status("/engine/margin_calls") > account_count / 100);
}

void until_the_middle(Daemon& daemon) {
    daemon.until("a part of the day has been seen",
                 [&] { return daemon.status("/ingest/messages") > 50'000; });
    CHECK(daemon.status("/ingest/messages") < 300'000);
}

/// The day, with something done to the server in the middle. It goes on from noon once that is
/// done: a replay ends when its server does.
void replay_across(Daemon& daemon, const RedisServer& server, const std::function<void()>& act) {
    ChildProcess morning{binary("margind-replay"), replay_arguments(server)};
    until_the_middle(daemon);
    act();
    REQUIRE(morning.wait(milliseconds{60'000}).has_value());
    ChildProcess afternoon{binary("margind-replay"),
                           replay_arguments(server, "2014-05-08T12:00:00Z")};
    const auto code = afternoon.wait(milliseconds{180'000});
    INFO(afternoon.errors());
    REQUIRE(code == 0);
}

TEST_CASE("with the subscription killed in the middle the day ends as it should",
          "[integration][day][release]") {
    const std::string feed = day_file();
    const memory::BookGenerator book = make_book();
    const RedisServer server{each_server()};
    load(server);
    Daemon daemon{server.port()};
    daemon.until_ready();
    ChildProcess replay{binary("margind-replay"), replay_arguments(server)};
    until_the_middle(daemon);
    ServerClient redis = server.client();
    redis.text({"CLIENT", "KILL", "TYPE", "pubsub"});
    finish(replay);
    daemon.until("the gap was seen", [&] { return daemon.status("/engine/gaps") >= 1; });
    check_all(daemon, server, book);
}

TEST_CASE("with the server restarted in the middle the day ends as it should",
          "[integration][day][release]") {
    const std::string feed = day_file();
    const memory::BookGenerator book = make_book();
    RedisServer server{each_server(), {"--appendonly", "yes", "--appendfsync", "always"}};
    load(server);
    Daemon daemon{server.port()};
    daemon.until_ready();
    replay_across(daemon, server, [&] { server.restart(); });
    check_all(daemon, server, book);
    CHECK(daemon.status("/engine/gaps") >= 1);
}

std::string field_of(const ServerReply& entry, std::string_view name) {
    const std::vector<ServerReply>& fields = entry.elements.at(1).elements;
    for (std::size_t i = 0; i + 1 < fields.size(); i += 2) {
        if (fields[i].text == name) return fields[i + 1].text;
    }
    return {};
}

/// The kinds of the events in the streams that were decided after the data epoch `epoch`.
std::set<std::string> kinds_after(ServerClient& redis, std::uint64_t epoch) {
    std::set<std::string> kinds;
    for (const std::string_view type : {"live", "demo"}) {
        const std::string stream = "{margind:0}:events:" + std::string{type};
        for (const ServerReply& entry : redis.call({"XRANGE", stream, "-", "+"}).elements) {
            if (std::stoull(field_of(entry, "data_epoch")) <= epoch) continue;
            kinds.insert(field_of(entry, "kind"));
        }
    }
    return kinds;
}

TEST_CASE("with the server restarted empty in the middle nobody is flat and nobody is flagged",
          "[integration][day][release]") {
    const std::string feed = day_file();
    const memory::BookGenerator book = make_book();
    RedisServer server{each_server()};
    load(server);
    Daemon daemon{server.port()};
    daemon.until_ready();
    std::uint64_t epoch = 0;
    replay_across(daemon, server, [&] {
        epoch = daemon.status("/data_epoch");
        server.kill();
        server.start();
    });
    daemon.until("every account is known to be unknown, and written", [&] {
        return daemon.status("/accounts/unknown") == account_count &&
               daemon.status("/dirty/live") == 0 && daemon.status("/dirty/demo") == 0;
    });
    ServerClient redis = server.client();
    std::uint32_t wrong = 0;
    for (std::uint32_t i = 0; i < account_count; ++i) {
        const std::string key = "user_portfolio:{" + book.account(i).key.text() + "}";
        const ServerReply reply = redis.call({"HMGET", key, "verdict", "equity"});
        wrong += reply.elements[0].text != "unknown" || !reply.elements[1].is_nil;
    }
    CHECK(wrong == 0);
    // Whoever was in breach can no longer be valued: that is told, and nothing else. What had been
    // decided before may still have been on its way, and what was touched before is told after.
    daemon.until("who was in breach is told to be unknown",
                 [&] { return kinds_after(redis, epoch).contains("unknown"); });
    std::set<std::string> kinds = kinds_after(redis, epoch);
    kinds.erase("touched");
    CHECK(kinds == std::set<std::string>{"unknown"});
}

}  // namespace
}  // namespace margind::test
