#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <csignal>
#include <future>
#include <stdexcept>
#include <thread>

#include "bench/paired_runs.hpp"
#include "bench/raw_socket.hpp"
#include "bench/redis_bench.hpp"
#include "bench/traced_prices.hpp"
#include "support/child_process.hpp"
#include "support/redis_server.hpp"

namespace margind::bench {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using std::chrono::system_clock;

/// Milliseconds of every price, sorted.
struct Latencies {
    std::vector<double> from_due;
    std::vector<double> from_stamp;  // of the beat that computed the figures, whole ms rounded down
};

/// `margind serve` of this build beside the server, with nothing configured but where that is.
class ServingDaemon {
public:
    explicit ServingDaemon(std::uint16_t redis_port)
        : process_{test::binary("margind"),
                   {"serve", "--set", fmt::format("redis.url=redis://127.0.0.1:{}", redis_port),
                    "--set", "http.listen=127.0.0.1:0"}} {}

    void wait_until_all_is_written(test::ServerClient& redis) {
        constexpr milliseconds pause{50};
        const auto deadline = steady_clock::now() + std::chrono::seconds{30};
        for (std::uint32_t account = 0; account < TracedPrices::accounts;) {
            const auto found = redis.call({"HGET", TracedPrices::snapshot_key(account), "equity"});
            if (found.text == TracedPrices::equity(account, TracedPrices::first_bid_points)) {
                ++account;
                continue;
            }
            if (process_.wait(pause) || steady_clock::now() > deadline) {
                throw std::runtime_error{"margind serve did not write every account:\n" +
                                         process_.errors()};
            }
        }
    }
    void stop() {
        process_.signal(SIGTERM);
        if (process_.wait(milliseconds{10'000}) != 0) {
            throw std::runtime_error{"margind serve did not stop cleanly:\n" + process_.errors()};
        }
    }

private:
    test::ChildProcess process_;
};

void publish_when_due(const TracedPrices& plan, std::uint16_t port,
                      steady_clock::time_point start) {
    PipelinedWriter writer{port};
    for (const TracedPrices::Price& price : plan.prices()) {
        const std::string commands = TracedPrices::publish_commands(price);
        std::this_thread::sleep_until(start + price.due);
        writer.send(commands, 2);
    }
    writer.wait_for_answers(0);
}

double wall_ms() {
    return std::chrono::duration<double, std::milli>(system_clock::now().time_since_epoch())
        .count();
}

/// Reads notifications until the snapshot of every price has been seen.
class Witness {
public:
    Witness(const TracedPrices& plan, std::uint16_t port)
        : plan_{plan}, listener_{port}, reader_{port}, next_(TracedPrices::symbols) {
        listener_.call({"SUBSCRIBE", "portfolio_updates"});
        for (std::size_t i = 0; i < next_.size(); ++i) next_[i] = i;  // each symbol has its turn
    }
    Latencies watch(steady_clock::time_point start) {
        while (latencies_.from_due.size() < plan_.prices().size()) {
            look_at(TracedPrices::account_of(listener_.read().elements.at(2).text), start);
        }
        std::ranges::sort(latencies_.from_due);
        std::ranges::sort(latencies_.from_stamp);
        return latencies_;
    }

private:
    void look_at(std::uint32_t account, steady_clock::time_point start) {
        std::size_t& next = next_[TracedPrices::symbol_of(account)];
        if (next >= plan_.prices().size()) return;
        const TracedPrices::Price& price = plan_.prices()[next];
        if (account != price.witness) return;
        const auto hash =
            reader_.call({"HMGET", TracedPrices::snapshot_key(account), "equity", "ts"});
        const double seen_ms = wall_ms();
        const auto seen = steady_clock::now();
        if (hash.elements.at(0).text != TracedPrices::equity(account, price.bid_points)) return;
        const std::chrono::duration<double, std::milli> latency = seen - start - price.due;
        latencies_.from_due.push_back(latency.count());
        latencies_.from_stamp.push_back(seen_ms - std::stod(hash.elements.at(1).text));
        next += TracedPrices::symbols;
    }

    const TracedPrices& plan_;
    test::ServerClient listener_;
    test::ServerClient reader_;
    std::vector<std::size_t> next_;  // by symbol: its first price that has not been seen
    Latencies latencies_;
};

/// Every account, not only the witnesses.
void compare_all(const TracedPrices& plan, test::ServerClient& redis) {
    for (std::uint32_t account = 0; account < TracedPrices::accounts; ++account) {
        const std::int64_t bid = plan.last_bid_points(TracedPrices::symbol_of(account));
        const std::string expected = TracedPrices::equity(account, bid);
        const std::string found =
            redis.text({"HGET", TracedPrices::snapshot_key(account), "equity"});
        if (found != expected) {
            throw std::runtime_error{fmt::format("{}: expected equity {}, found {}",
                                                 TracedPrices::id_of(account), expected, found)};
        }
    }
}

double percentile(const std::vector<double>& sorted, double share) {
    const double rank = std::ceil(share * static_cast<double>(sorted.size()));
    return sorted[static_cast<std::size_t>(rank) - 1];
}

void print_percentiles(std::string_view what, const std::vector<double>& sorted,
                       const std::string& note) {
    for (const auto& [name, share] : {std::pair{"p50", 0.5}, {"p99", 0.99}, {"max", 1.0}}) {
        print({.name = fmt::format("{}, {}", what, name),
               .value = percentile(sorted, share),
               .unit = "ms",
               .ratio = {},
               .peer = "",
               .target = "",
               .note = note});
    }
}

}  // namespace

void measure_latency(const Settings& settings) {
    const test::RedisServer server{"redis-server", {"--appendonly", "no"}};
    const std::uint32_t count = settings.is_quick ? 20 : 200;
    const TracedPrices plan{count, milliseconds{200}, settings.seed};
    PipelinedWriter loader{server.port()};
    loader.send(TracedPrices::load_commands(), TracedPrices::load_command_count());
    loader.wait_for_answers(0);
    test::ServerClient redis = server.client();
    ServingDaemon daemon{server.port()};
    daemon.wait_until_all_is_written(redis);
    say(fmt::format("{} prices at random times beside margind serve with {} accounts", count,
                    grouped(TracedPrices::accounts)));
    Witness witness{plan, server.port()};
    const auto start = steady_clock::now() + milliseconds{100};
    auto publisher =
        std::async(std::launch::async, [&] { publish_when_due(plan, server.port(), start); });
    const Latencies latencies = witness.watch(start);
    publisher.get();
    compare_all(plan, redis);
    daemon.stop();
    print_percentiles(
        "tick to snapshot", latencies.from_due,
        fmt::format("{} bare symbols at random times, open loop, {} accounts, 50 of them hold the "
                    "symbol; from when the price was due until one of them is announced and its "
                    "hash has been read with the new equity; the beat of 200 ms is in it",
                    count, grouped(TracedPrices::accounts)));
    print_percentiles("of which after the beat", latencies.from_stamp,
                      "from the stamp of the beat that computed the snapshot, which has whole "
                      "milliseconds: up to 1 ms too long");
}

}  // namespace margind::bench
