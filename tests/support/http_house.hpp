#pragma once
#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

#include "http/server.hpp"
#include "service/steady_ticker.hpp"
#include "support/http_fakes.hpp"
#include "support/raw_client.hpp"

namespace margind::test {

/// Asks until it is so, half a minute at most.
template <class Condition>
bool eventually(Condition condition) {
    const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds{30};
    while (!condition()) {
        if (std::chrono::steady_clock::now() > patience) return false;
        std::this_thread::yield();
    }
    return true;
}

/// A server on a free port with fakes behind it. It answers to "localhost" with any port.
class HttpHouse {
public:
    explicit HttpHouse(const std::function<void(http::ServerOptions&)>& change =
                           [](http::ServerOptions&) {})
        : HttpHouse{nullptr, change} {}
    /// Asks somebody else than `questions`.
    HttpHouse(http::Questions* other, const std::function<void(http::ServerOptions&)>& change) {
        http::ServerOptions options{.listen = "127.0.0.1:0", .hosts = {"localhost"}};
        options.connection.linger_deadline = std::chrono::milliseconds{200};
        options.connections_per_address_max = options.connections_max;
        change(options);
        server_.emplace(options, board, other != nullptr ? *other : questions, clock);
        const auto started = server_->start();
        if (!started) FAIL(started.error().text);
    }

    http::Server& server() { return *server_; }
    [[nodiscard]] std::uint16_t port() const { return server_->endpoint().port(); }
    [[nodiscard]] RawClient connect() const { return RawClient{port()}; }
    [[nodiscard]] std::string url(std::string_view path) const {
        return "http://127.0.0.1:" + std::to_string(port()) + std::string{path};
    }

    http::ViewBoard board;
    FakeQuestions questions;
    service::SystemClock clock;

private:
    std::optional<http::Server> server_;  // after what it looks at
};

}  // namespace margind::test
