#include "common/redis_session.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <fstream>
#include <optional>
#include <utility>

#include "service/task_group.hpp"
#include "wire/redis_url.hpp"

namespace margind::tools {
namespace {

namespace asio = boost::asio;

/// False where the server has not been reached in time.
asio::awaitable<bool> wait_until_up(const redis::Connection& connection) {
    constexpr std::chrono::seconds patience{5};
    constexpr std::chrono::milliseconds step{5};
    asio::steady_timer timer{co_await asio::this_coro::executor};
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (!connection.is_up()) {
        // A server that refuses the login, or is not there, will not change its mind by waiting.
        if (std::chrono::steady_clock::now() > deadline) co_return false;
        if (connection.stats().failed_attempts >= 3) co_return false;
        timer.expires_after(step);
        co_await timer.async_wait(asio::use_awaitable);
    }
    co_return true;
}

asio::awaitable<void> do_work(redis::Connection& connection, const RedisWork& work,
                              std::optional<Result<void>>& result) {
    const bool is_up = co_await wait_until_up(connection);
    if (!is_up) {
        result = std::unexpected{Error{Fault::disconnected, connection.stats().last_error}};
        co_return;
    }
    result = co_await work(connection);
}

}  // namespace

std::expected<std::string, std::string> read_password(const std::string& path) {
    if (path.empty()) return "";
    std::ifstream file{path};
    std::string line;
    if (!std::getline(file, line)) return std::unexpected{"cannot read a password from " + path};
    if (!line.empty() && line.back() == '\r') line.pop_back();
    return line;
}

std::expected<redis::Options, std::string> redis_options(const RedisLogin& login) {
    const auto url = wire::parse_redis_url(login.url);
    if (!url) return std::unexpected{login.url + ": " + url.error()};
    auto password = read_password(login.password_file);
    if (!password) return std::unexpected{std::move(password.error())};
    redis::Options options;
    options.host = url->host;
    options.port = url->port;
    options.unix_path = url->unix_path;
    options.username = url->username;
    options.password = std::move(*password);
    options.db = url->db;
    options.client_name = "margind-tools";
    options.ping_interval = std::chrono::seconds{5};  // a slow server is waited for
    options.request_timeout = std::chrono::seconds{30};
    return options;
}

std::expected<void, std::string> with_redis(const redis::Options& options, const RedisWork& work) {
    asio::io_context io{1};
    redis::Connection connection{io.get_executor(), options, {.name = "tool"}};
    std::optional<Result<void>> result;
    service::TaskGroup tasks{io.get_executor()};
    tasks.spawn("connection", connection.run());
    tasks.spawn("work", do_work(connection, work, result));
    io.run();
    if (!tasks.error().empty()) return std::unexpected{tasks.error()};
    if (!result) return std::unexpected{std::string{"the connection ended"}};
    if (!*result) return std::unexpected{result->error().text};
    return {};
}

}  // namespace margind::tools
