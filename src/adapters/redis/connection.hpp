#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/redis/options.hpp"
#include "adapters/redis/pipeline.hpp"
#include "adapters/redis/reply.hpp"
#include "margind/ports/result.hpp"

namespace margind::redis {

/// What a connection is for.
struct Role {
    std::string name;  // "feed", "directory", "writer"
    /// Said after every connect; the connection is up once all of it has been answered without
    /// error.
    std::vector<std::vector<std::string>> greeting;
    std::size_t read_bytes = 64u << 10;  // asked of the socket at once
};

/// Learns what becomes of a connection, and takes what the server pushes. Called from inside the
/// connection: does little, and never waits.
class PushSink {
public:
    virtual ~PushSink() = default;
    virtual void on_up() = 0;
    /// Once for each time it was up.
    virtual void on_down(const std::string& reason) = 0;
    /// A leaf of a push: number 0 is its kind. Nil is a view without data.
    virtual void on_push(std::size_t number, std::string_view leaf) = 0;
    /// False pauses reading until `resume_reading`, as long as no answer is awaited.
    [[nodiscard]] virtual bool has_room() const { return true; }
};

/// Counters since the start. Plain numbers, one writer.
struct ConnectionStats {
    std::uint64_t ups = 0;
    std::uint64_t losses = 0;           // while it was up
    std::uint64_t failed_attempts = 0;  // to come up
    std::uint64_t requests = 0;
    std::uint64_t timeouts = 0;
    std::uint64_t stray_errors = 0;  // errors that answer nothing
    std::string last_error;          // why it was last lost, or did not come up
};

/// One connection to one server, kept up for ever. Nothing is sent again by itself: what was under
/// way when the connection was lost fails, so that every loss is seen. Lives on one thread.
class Connection {
public:
    /// `sink` may be null; else it outlives the connection.
    Connection(boost::asio::any_io_executor executor, Options options, Role role,
               PushSink* sink = nullptr);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    /// Connects, and connects again after every loss. Ends only by cancellation.
    boost::asio::awaitable<void> run();

    /// Sends the commands and waits for all answers. An error is about the connection; what the
    /// server refused is in `sink`. Both outlive the call, also when it is cancelled.
    boost::asio::awaitable<Result<void>> exec(const Pipeline& commands, ReplySink& sink);
    /// The same without waiting: `done` is called once, later. Both outlive that call.
    void start(const Pipeline& commands, ReplySink& sink, std::function<void(Result<void>)> done);

    /// The sink has room again.
    void resume_reading();
    /// Gives up the present connection, for this reason, and connects again.
    void drop(std::string reason);

    [[nodiscard]] bool is_up() const;
    [[nodiscard]] const ConnectionStats& stats() const;
    [[nodiscard]] const Options& options() const;

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

/// The server refused a command with this text.
[[nodiscard]] Error refused(std::string_view text);

}  // namespace margind::redis
