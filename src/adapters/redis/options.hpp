#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace margind::redis {

enum class LogLevel : std::uint8_t { info, warning, error };

/// Takes one line about the connection, as `key=value`. May be empty.
using LogSink = std::function<void(LogLevel, std::string_view)>;

/// A number in [0, 1), for the jitter of retries. Empty = no jitter.
using Chance = std::function<double()>;

/// How to reach one Redis or Valkey server.
struct Options {
    std::string host = "127.0.0.1";
    std::uint16_t port = 6379;
    std::string unix_path;  // when set, host and port do not count
    std::string username;   // empty = the default user
    std::string password;
    std::uint32_t db = 0;
    std::string client_name = "margind";  // each connection adds its role

    std::chrono::milliseconds connect_timeout{2'000};
    std::chrono::milliseconds request_timeout{2'000};  // from the request until its last answer
    std::chrono::milliseconds ping_interval{500};      // a server silent for twice as long is gone
    std::chrono::milliseconds ping_interval_max{2'500};  // it doubles up to here, loss after loss
    std::chrono::milliseconds calm_after{60'000};        // a connection up for so long begins anew
    std::chrono::milliseconds retry_min{50};
    std::chrono::milliseconds retry_max{2'000};

    std::size_t answer_bytes_max = 16u
                                   << 20;    // one answer or push; a longer one ends the connection
    std::size_t value_bytes_max = 4u << 20;  // one answer that is kept; a longer one is an error

    LogSink log;
    Chance chance;
};

/// Sizes of what is read at once, so that no other client of the server waits long.
struct ReadLimits {
    std::size_t page_accounts = 256;
    std::size_t page_commands = 2'048;
    std::size_t scan_count = 1'000;       // members visited by one SSCAN or HSCAN
    std::size_t scan_keys_count = 4'000;  // keys visited by one SCAN
    std::size_t holder_sets_at_once = 8;
    std::size_t changes_max = 1'000'000;  // unread changes; beyond, everything has changed
};

/// How much of a subscription may wait to be taken.
struct FeedLimits {
    std::size_t pause_bytes = 4u << 20;  // beyond: reading pauses until the batch is taken
    std::size_t drop_bytes = 64u << 20;  // beyond, while an answer is awaited: a gap
    std::size_t payload_bytes_max = 1u << 20;
};

enum class SnapshotMode : std::uint8_t { write, shadow, off };

}  // namespace margind::redis
