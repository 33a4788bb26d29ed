#pragma once
#include <cstdint>
#include <memory>

#include "http/access.hpp"
#include "http/questions.hpp"
#include "http/server_options.hpp"
#include "http/server_stats.hpp"
#include "http/view.hpp"
#include "margind/ports/result.hpp"
#include "margind/ports/ticker.hpp"

namespace margind::http {

/// Serves the routes over HTTP/1.1 on a thread and an event loop of its own. Plain Asio under our
/// own head parser, no HTTP library: docs/decisions/0005-http-without-beast.md. Views, questions
/// and clock outlive it. `questions` is called on its thread, the clock on both.
class Server {
public:
    Server(ServerOptions options, const ViewBoard& views, Questions& questions, const Clock& clock);
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;
    ~Server();  // stops

    /// Binds, then serves on its own thread. The error names what stood in the way. Once.
    [[nodiscard]] Result<void> start();
    /// Where it listens, with the port it was given. After `start`.
    [[nodiscard]] const Endpoint& endpoint() const;
    /// Accepts no more, closes idle connections, lets answers under way come to their end until the
    /// deadline, and returns when the thread is gone. Any thread but its own; again is harmless.
    void stop();
    /// A copy. Any thread.
    [[nodiscard]] ServerStats stats() const;

private:
    struct Running;
    std::unique_ptr<Running> running_;
};

}  // namespace margind::http
