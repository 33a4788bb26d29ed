#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "http/request_head.hpp"

namespace margind::http {

/// What one connection may cost.
struct ConnectionLimits {
    HeadLimits head;
    std::chrono::milliseconds request_deadline{10'000};  // from its first byte to its last
    std::chrono::milliseconds idle_deadline{60'000};     // between two requests
    std::chrono::milliseconds write_deadline{10'000};    // until an answer is taken
    std::chrono::milliseconds linger_deadline{1'000};    // until the other side closes too
    std::uint32_t pipelined_max = 16;  // requests taken in at once; more: the rest is not answered
    std::uint32_t requests_max = 1'000;  // then the connection closes
};

struct ServerOptions {
    std::string listen = "127.0.0.1:8600";  // port 0 = any free one
    std::string token_file;                 // empty = no token
    bool insecure_bind = false;             // another address than loopback without a token
    std::vector<std::string> hosts;    // accepted in Host, beside the listen address's own names
    std::vector<std::string> origins;  // accepted in Origin, beside pages of our own
    std::vector<std::string> types{"live", "demo"};  // account types, in order
    ConnectionLimits connection;
    std::uint32_t connections_max = 256;
    std::uint32_t connections_per_address_max = 64;
    std::chrono::milliseconds accept_pause{100};     // when out of descriptors
    std::chrono::milliseconds stop_deadline{5'000};  // for the answers under way at a stop
};

/// Everything wrong with the options, each a sentence for the operator. Opens no socket.
[[nodiscard]] std::vector<std::string> problems_of(const ServerOptions& options);

}  // namespace margind::http
