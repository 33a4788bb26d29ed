#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <exception>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "adapters/redis/directory.hpp"
#include "adapters/redis/event_stream.hpp"
#include "adapters/redis/feed.hpp"
#include "adapters/redis/loader.hpp"
#include "adapters/redis/snapshot_writer.hpp"
#include "support/redis_server.hpp"
#include "wire/redis_keys.hpp"

namespace margind::test {

/// The servers that every test of this kind runs against.
inline std::string each_server() {
    const std::string program =
        GENERATE(as<std::string>{}, std::string{"redis-server"}, std::string{"valkey-server"});
    if (!RedisServer::is_installed(program)) SKIP(program << " is not installed");
    return program;
}

/// An event loop that a test turns by hand.
class TestLoop {
public:
    [[nodiscard]] boost::asio::any_io_executor executor() { return io_.get_executor(); }

    /// A task that runs beside, until the test ends. Its failure is thrown by the next turn.
    void spawn(boost::asio::awaitable<void> task);
    /// Turns the loop until `is_done`; gives up after 20 seconds.
    void turn_until(const std::function<bool()>& is_done);
    /// Runs a task to its end.
    void run(boost::asio::awaitable<void> task);
    template <class T>
    T run(boost::asio::awaitable<T> task) {
        std::optional<T> result;
        run(keep(std::move(task), result));
        return std::move(*result);
    }

private:
    template <class T>
    static boost::asio::awaitable<void> keep(boost::asio::awaitable<T> task,
                                             std::optional<T>& result) {
        result = co_await std::move(task);
    }

    boost::asio::io_context io_{1};
    std::exception_ptr failure_;
};

/// A server and everything of ours that talks to it.
struct Edge {
    explicit Edge(std::string program, std::vector<std::string> arguments = {},
                  redis::FeedLimits feed_limits = {}, std::vector<std::string> symbols = {});

    [[nodiscard]] redis::Options options() const;
    void connect();
    void wait_until_up();
    /// Everything that has changed until `is_enough`.
    Changes changes_until(const std::function<bool(const Changes&)>& is_enough);
    /// Payloads from the feed, `count` of them or more.
    std::vector<std::string> payloads(std::size_t count);

    wire::Keys keys;
    RedisServer server;
    TestLoop loop;
    redis::Feed feed;
    redis::Directory directory;
    redis::Connection writer;
};

}  // namespace margind::test
