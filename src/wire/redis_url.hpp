#pragma once
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

namespace margind::wire {

/// Where a Redis or Valkey server listens.
struct RedisUrl {
    std::string host = "127.0.0.1";
    std::uint16_t port = 6379;
    std::string unix_path;  // when set, host and port do not count
    std::string username;
    std::uint32_t db = 0;

    friend bool operator==(const RedisUrl&, const RedisUrl&) = default;
};

/// Reads `redis://[user@]host[:port][/db]` (IPv6 in brackets) or `unix:///path[?db=N]`. The error
/// says what was expected. A password in it is refused: secrets come from files.
[[nodiscard]] std::expected<RedisUrl, std::string> parse_redis_url(std::string_view url);

}  // namespace margind::wire
