#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <expected>
#include <memory>
#include <string>

#include "app/config.hpp"
#include "app/loops.hpp"
#include "http/engine_questions.hpp"
#include "http/server.hpp"

namespace margind::app {

/// The server's options, from the configuration.
[[nodiscard]] http::ServerOptions server_options(const Config& config);

/// HTTP beside the loops, on its own thread. Does nothing where the configuration wants no HTTP.
class HttpThread {
public:
    HttpThread(const Config& config, boost::asio::any_io_executor engine_executor, Loops& loops);

    /// The error says what stood in the way.
    std::expected<void, std::string> start();
    void stop();
    /// Where it listens: "127.0.0.1:8600"; empty where it does not.
    [[nodiscard]] std::string address() const;

private:
    bool is_wanted_;
    http::EngineQuestions questions_;
    http::Server server_;
};

}  // namespace margind::app
