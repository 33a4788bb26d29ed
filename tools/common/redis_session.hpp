#pragma once
#include <boost/asio/awaitable.hpp>
#include <expected>
#include <functional>
#include <string>

#include "adapters/redis/connection.hpp"

namespace margind::tools {

/// How a tool reaches a server: a URL without a password, which comes from a file.
struct RedisLogin {
    std::string url = "redis://127.0.0.1:6379";
    std::string password_file;
};

/// The first line of a file; empty for no file. The error says that it cannot be read.
[[nodiscard]] std::expected<std::string, std::string> read_password(const std::string& path);

/// Options of a connection, or what is wrong with the login.
[[nodiscard]] std::expected<redis::Options, std::string> redis_options(const RedisLogin& login);

/// The tool's work, on one connection that is up when it begins. The error is told to the user.
using RedisWork = std::function<boost::asio::awaitable<Result<void>>(redis::Connection&)>;

/// Connects, does the work, and ends. The error says why it could not, or what the work said.
[[nodiscard]] std::expected<void, std::string> with_redis(const redis::Options& options,
                                                          const RedisWork& work);

}  // namespace margind::tools
