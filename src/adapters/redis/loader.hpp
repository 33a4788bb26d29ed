#pragma once
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <memory>
#include <string>

#include "adapters/redis/connection.hpp"

namespace margind::redis {

/// How much a loader may have under way.
struct LoaderLimits {
    std::size_t pipeline_bytes = 128u << 10;
    std::size_t pipeline_commands = 4'096;
    std::size_t pipelines = 4;  // sent and not yet answered
};

/// What became of the commands of a loader, since the last `finish`.
struct LoaderResult {
    std::uint64_t answered = 0;
    std::uint64_t wrong_types = 0;  // refused: the key holds another type
    std::uint64_t errors = 0;       // refused for any other reason
    std::string first_error;        // of those
};

/// Writes any number of commands through a connection, in order, several pipelines under way at
/// once:  for (…) { loader.pipeline().add({"SET", key, value}); if (loader.is_full()) co_await
/// loader.send(); } co_await loader.finish();  One user at a time.
class Loader {
public:
    explicit Loader(Connection& connection, LoaderLimits limits = {});
    ~Loader();
    Loader(const Loader&) = delete;
    Loader& operator=(const Loader&) = delete;

    /// Where the next commands go. Changes with `send` and `finish`.
    [[nodiscard]] Pipeline& pipeline();
    /// The pipeline is as long as it should get.
    [[nodiscard]] bool is_full();
    /// Sends the pipeline; waits only while too many are under way.
    boost::asio::awaitable<void> send();
    /// Sends what is left and waits for all answers. The error is the first that the connection
    /// had; everything sent after it is then in doubt. Also after an error it is ready to be used
    /// again.
    boost::asio::awaitable<Result<LoaderResult>> finish();

private:
    struct Slot;
    struct State;
    boost::asio::awaitable<void> wait_for_answers(std::size_t under_way_max);

    Connection& connection_;
    LoaderLimits limits_;
    std::shared_ptr<State> state_;  // shared with answers that may come after a cancellation
};

}  // namespace margind::redis
