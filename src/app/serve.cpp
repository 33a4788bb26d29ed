#include "app/serve.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fstream>
#include <memory>
#include <random>

#include "adapters/file/warm_file.hpp"
#include "adapters/redis/directory.hpp"
#include "adapters/redis/event_stream.hpp"
#include "adapters/redis/feed.hpp"
#include "adapters/redis/snapshot_writer.hpp"
#include "app/cli.hpp"
#include "app/http_thread.hpp"
#include "app/logging.hpp"
#include "app/loops.hpp"
#include "app/tick_recording.hpp"
#include "app/version.hpp"
#include "wire/redis_url.hpp"

namespace margind::app {
namespace {

namespace asio = boost::asio;
using std::chrono::milliseconds;

void log_connection(redis::LogLevel level, std::string_view line) {
    switch (level) {
        case redis::LogLevel::info: spdlog::info("{}", line); break;
        case redis::LogLevel::warning: spdlog::warn("{}", line); break;
        case redis::LogLevel::error: spdlog::error("{}", line); break;
    }
}

std::expected<std::string, std::string> read_password(const std::string& path) {
    if (path.empty()) return "";
    std::ifstream file{path};
    std::string line;
    if (!std::getline(file, line)) {
        return std::unexpected{"redis.password_file: cannot read " + path};
    }
    if (!line.empty() && line.back() == '\r') line.pop_back();
    return line;
}

redis::Options redis_options(const Config& config, std::string password, std::mt19937_64& random) {
    const wire::RedisUrl url = *wire::parse_redis_url(config.redis.url);  // checked when loaded
    redis::Options options;
    options.host = url.host;
    options.port = url.port;
    options.unix_path = url.unix_path;
    options.username = config.redis.username.empty() ? url.username : config.redis.username;
    options.password = std::move(password);
    options.db = url.db;
    options.request_timeout = milliseconds{config.redis.timeout_ms};
    options.log = log_connection;
    options.chance = [&random] { return std::uniform_real_distribution{0.0, 1.0}(random); };
    return options;
}

/// Nothing where no file is configured.
std::unique_ptr<file::WarmFile> warm_file(const Config& config) {
    if (config.warm_start.file.empty()) return nullptr;
    wire::WarmOrigin origin{.store = config.redis.url,
                            .types = config.accounts.types,
                            .shard_index = static_cast<std::uint32_t>(config.shard.index),
                            .shard_count = static_cast<std::uint32_t>(config.shard.count)};
    return std::make_unique<file::WarmFile>(config.warm_start.file, std::move(origin));
}

redis::SnapshotMode snapshot_mode(const Config& config) {
    if (config.snapshots.mode == "shadow") return redis::SnapshotMode::shadow;
    if (config.snapshots.mode == "off") return redis::SnapshotMode::off;
    return redis::SnapshotMode::write;
}

redis::EventOptions event_options(const Config& config) {
    redis::EventOptions options;
    options.instance = fmt::format("{}-{}", ::getpid(), std::random_device{}());
    options.ids_kept = static_cast<std::uint64_t>(config.stop_out.ids_kept);
    options.entries_kept = static_cast<std::uint64_t>(config.stop_out.stream_length);
    return options;
}

/// Becomes the newest instance as soon as the writer's connection stands, then keeps the lease.
asio::awaitable<void> hold_term(redis::EventStream& events, redis::SnapshotWriter& snapshots,
                                Loops& loops, milliseconds renewal) {
    asio::steady_timer timer{co_await asio::this_coro::executor};
    service::Status& status = loops.status();
    for (;;) {
        if (status.awaits_term) {
            const auto term = co_await events.acquire_term();
            if (term) {
                snapshots.set_term(*term);
                loops.set_term(*term);
                status.awaits_term = false;
                loops.wake_mirror();
                spdlog::info("event=term_acquired term={}", *term);
            }
        } else if (!status.is_fenced) {
            const auto renewed = co_await events.renew_lease();
            if (!renewed && renewed.error().fault == Fault::stale_term) {
                status.is_fenced = true;
                spdlog::error("event=fenced reason=\"{}\"", renewed.error().text);
            }
        }
        timer.expires_after(status.awaits_term ? milliseconds{20} : renewal);
        co_await timer.async_wait(asio::use_awaitable);
    }
}

/// In mode `shadow` events are counted and logged, and go nowhere.
class NoEvents final : public EventSink {
public:
    asio::awaitable<Result<Appended>> append(std::span<const Event> events) override {
        co_return Appended{.known = events.size()};
    }
};

/// With --fail-fast: ends the group when Redis has not been reached in time.
asio::awaitable<void> require_redis(const redis::Connection& connection, milliseconds limit) {
    asio::steady_timer timer{co_await asio::this_coro::executor};
    timer.expires_after(limit);
    co_await timer.async_wait(asio::use_awaitable);
    if (connection.stats().ups == 0) {
        throw std::runtime_error{"Redis was not reached: " + connection.stats().last_error};
    }
    timer.expires_at(std::chrono::steady_clock::time_point::max());
    co_await timer.async_wait(asio::use_awaitable);
}

int report(const service::TaskGroup& tasks) {
    if (tasks.error().empty() && tasks.first_ended() == "beat") {
        spdlog::info("event=stopped");
        return exit_ok;
    }
    spdlog::error("event=failed task={} reason=\"{}\"", tasks.first_ended(), tasks.error());
    return exit_failure;
}

}  // namespace

int serve(const Config& config, const ServeOptions& options) {
    set_up_logging(config);
    auto password = read_password(config.redis.password_file);
    if (!password) {
        fmt::print(stderr, "margind: {}\n", password.error());
        return exit_usage;
    }
    std::unique_ptr<TickRecording> recording;
    if (!options.record.empty()) {
        auto opened = TickRecording::open(options.record);
        if (!opened) {
            fmt::print(stderr, "margind: --record: {}\n", opened.error());
            return exit_usage;
        }
        recording = std::move(*opened);
    }
    const wire::Keys keys =
        *wire::compile_keys(config.keys, static_cast<unsigned>(config.shard.index));
    std::mt19937_64 random{std::random_device{}()};
    const redis::Options server = redis_options(config, std::move(*password), random);

    asio::io_context io{1};
    redis::Feed feed{io.get_executor(), server, keys};
    redis::Directory directory{io.get_executor(),     server,           keys, config.accounts.types,
                               config.mirror.symbols, feed.connection()};
    redis::Connection writer{io.get_executor(), server, {.name = "writer"}};
    redis::SnapshotWriter snapshots{writer, keys, snapshot_mode(config)};
    redis::EventStream events{writer, keys, event_options(config)};
    Loops loops{io, config};
    // A shadow beside a live instance takes no term from it and appends to none of its streams.
    const bool is_shadow = snapshot_mode(config) == redis::SnapshotMode::shadow;
    NoEvents no_events;
    loops.status().awaits_term = !is_shadow;
    HttpThread http{config, io.get_executor(), loops};
    if (const auto started = http.start(); !started) {
        fmt::print(stderr, "margind: {}\n", started.error());
        return exit_failure;
    }
    spdlog::info("event=starting version={} redis={} rules={} stop_out={}", version_text,
                 config.redis.url, config.rules.set, config.stop_out.mode);

    service::TaskGroup tasks{io.get_executor()};
    tasks.spawn("feed", feed.connection().run());
    tasks.spawn("directory", directory.connection().run());
    tasks.spawn("writer", writer.run());
    if (!is_shadow) {
        tasks.spawn("term", hold_term(events, snapshots, loops, milliseconds{3'000}));
    }
    if (options.fails_fast) {
        tasks.spawn("redis", require_redis(feed.connection(), milliseconds{3'000}));
    }
    const std::unique_ptr<file::WarmFile> warm = warm_file(config);
    EventSink& sink = is_shadow ? static_cast<EventSink&>(no_events) : events;
    loops.spawn(tasks, {feed, directory, snapshots, sink, recording.get(), warm.get()},
                [&](const BeatStats&) {
                    if (recording) recording->flush();
                });
    io.run();
    http.stop();
    return report(tasks);
}

}  // namespace margind::app
