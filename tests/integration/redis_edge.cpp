#include "integration/redis_edge.hpp"

#include <boost/asio/co_spawn.hpp>
#include <chrono>
#include <stdexcept>
#include <utility>

namespace margind::test {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

void TestLoop::spawn(boost::asio::awaitable<void> task) {
    boost::asio::co_spawn(io_, std::move(task), [this](std::exception_ptr failure) {
        if (failure) failure_ = failure;
    });
}

void TestLoop::run(boost::asio::awaitable<void> task) {
    bool is_done = false;
    boost::asio::co_spawn(io_, std::move(task), [&](std::exception_ptr failure) {
        if (failure) failure_ = failure;
        is_done = true;
    });
    turn_until([&] { return is_done; });
    if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
}

void TestLoop::turn_until(const std::function<bool()>& is_done) {
    const auto deadline = steady_clock::now() + seconds{20};
    while (!is_done()) {
        if (steady_clock::now() > deadline) {
            throw std::runtime_error{"this should have happened within 20 seconds"};
        }
        io_.run_one_for(milliseconds{20});
        if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
    }
}

Edge::Edge(std::string program, std::vector<std::string> arguments, redis::FeedLimits feed_limits,
           std::vector<std::string> symbols)
    : keys{wire::compile_keys({}, 0).value()},
      server{std::move(program), std::move(arguments)},
      feed{loop.executor(), options(), keys, feed_limits},
      directory{loop.executor(),  options(),          keys,
                {"live", "demo"}, std::move(symbols), feed.connection()},
      writer{loop.executor(), options(), redis::Role{.name = "writer"}} {}

redis::Options Edge::options() const {
    redis::Options result;
    result.port = server.port();
    result.retry_max = milliseconds{100};
    result.connect_timeout = seconds{10};
    result.request_timeout = seconds{10};
    result.ping_interval = seconds{5};
    return result;
}

void Edge::connect() {
    loop.spawn(feed.connection().run());
    loop.spawn(directory.connection().run());
    loop.spawn(writer.run());
    wait_until_up();
}

void Edge::wait_until_up() {
    loop.turn_until([&] {
        return feed.connection().is_up() && directory.connection().is_up() && writer.is_up();
    });
}

Changes Edge::changes_until(const std::function<bool(const Changes&)>& is_enough) {
    Changes changes;
    while (!is_enough(changes)) {
        const auto result = loop.run(directory.next_changes(changes));
        if (!result) throw std::runtime_error{result.error().text};
    }
    return changes;
}

std::vector<std::string> Edge::payloads(std::size_t count) {
    std::vector<std::string> found;
    MessageBatch batch;
    while (found.size() < count) {
        const auto result = loop.run(feed.next(batch));
        if (!result) throw std::runtime_error{result.error().text};
        for (std::size_t i = 0; i < batch.size(); ++i) found.emplace_back(batch[i].payload);
    }
    return found;
}

}  // namespace margind::test
