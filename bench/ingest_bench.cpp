#include <fmt/format.h>

#include <future>

#include "bench/feed_subscriber.hpp"
#include "bench/frame_counter.hpp"
#include "bench/paired_runs.hpp"
#include "bench/price_messages.hpp"
#include "bench/redis_bench.hpp"
#include "support/redis_server.hpp"
#include "wire/redis_keys.hpp"

namespace margind::bench {
namespace {

/// How the messages reach a subscriber.
enum class Delivery : std::uint8_t {
    live,     // published while they are taken
    backlog,  // all published before the first is taken: nothing but the subscriber is slow
};

class IngestRuns {
public:
    IngestRuns(std::uint16_t port, const wire::Keys& keys, const PriceMessages& messages)
        : port_{port}, keys_{keys}, messages_{messages} {}

    Run ours(Delivery delivery) {
        FeedSubscriber subscriber{port_, keys_, messages_};
        return taken(delivery, [&](bool has_begun) { return subscriber.take_all(has_begun); });
    }
    Run peer(Delivery delivery) {
        FrameCounter subscriber{port_, keys_.price_channel};
        return taken(delivery, [&](bool has_begun) {
            return subscriber.take_all(messages_.count, has_begun);
        });
    }

private:
    template <class Take>
    Run taken(Delivery delivery, const Take& take) {
        std::future<void> publisher =
            std::async(std::launch::async, [this] { publish(messages_, port_); });
        if (delivery == Delivery::backlog) publisher.get();
        const Run run = take(delivery == Delivery::backlog);
        if (publisher.valid()) publisher.get();
        return run;
    }

    std::uint16_t port_;
    const wire::Keys& keys_;
    const PriceMessages& messages_;
};

std::string_view name_of(PayloadKind kind) {
    return kind == PayloadKind::json ? "JSON prices" : "bare symbols";
}

std::string_view work_of(PayloadKind kind) {
    return kind == PayloadKind::json ? "feed, parse, apply to the engine"
                                     : "feed, parse, mark to be read; no HMGET";
}

void print_live(const PairedRuns& runs, const PriceMessages& messages) {
    const auto count = static_cast<double>(messages.count);
    print({.name = fmt::format("messages ingested, {}", name_of(messages.kind)),
           .value = count / runs.ours.median(),
           .unit = "messages/s",
           .ratio = runs.ratio(),
           .peer = "n2, counting frames",
           .target = "≥ 0.60",
           .note = fmt::format("{} messages as fast as the server takes PUBLISH, publisher, server "
                               "and subscriber on the same cores; {}; first to last message; {}",
                               grouped(count), work_of(messages.kind), runs.text(count))});
    const double ours_ns = runs.ours_cpu.median() / count * 1e9;
    const double peer_ns = runs.peer_cpu.median() / count * 1e9;
    print({.name = fmt::format("CPU time of a message, {}", name_of(messages.kind)),
           .value = ours_ns,
           .unit = "ns",
           .ratio = ours_ns / peer_ns,
           .peer = "n2, its CPU time",
           .target = "",
           .note = fmt::format("user and system time of the subscriber's thread in the same runs; "
                               "n2 {:.0f} ns; less is better",
                               peer_ns)});
}

void print_backlog(const PairedRuns& runs, const PriceMessages& messages) {
    const auto count = static_cast<double>(messages.count);
    print({.name = fmt::format("messages taken from a backlog, {}", name_of(messages.kind)),
           .value = count / runs.ours.median(),
           .unit = "messages/s",
           .ratio = runs.ratio(),
           .peer = "n2, counting frames",
           .target = "",
           .note = fmt::format("{} messages wait in the server before the first is read, so that "
                               "only the subscriber and the server's send work; {}",
                               grouped(count), runs.text(count))});
}

}  // namespace

void measure_ingest(const Settings& settings) {
    // Without the limit both may fall behind; with it the server would cut the slower one off.
    const test::RedisServer server{
        "redis-server",
        {"--appendonly", "no", "--client-output-buffer-limit", "pubsub", "0", "0", "0"}};
    const wire::Keys keys = wire::compile_keys({}, 0).value();
    const std::uint64_t count = settings.is_quick ? 50'000 : 1'000'000;
    const int pairs = settings.is_quick ? 3 : 7;
    for (const PayloadKind kind : {PayloadKind::json, PayloadKind::bare}) {
        say(fmt::format("ingest of {} messages, {}", grouped(static_cast<double>(count)),
                        name_of(kind)));
        const PriceMessages messages =
            make_messages(kind, count, settings.seed, keys.price_channel);
        IngestRuns runs{server.port(), keys, messages};
        const auto measure = [&](Delivery delivery) {
            return run_in_turn(
                pairs, [&] { return runs.ours(delivery); }, [&] { return runs.peer(delivery); });
        };
        print_live(measure(Delivery::live), messages);
        print_backlog(measure(Delivery::backlog), messages);
    }
}

}  // namespace margind::bench
