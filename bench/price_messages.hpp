#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace margind::bench {

enum class PayloadKind : std::uint8_t { json, bare };

/// A number of messages of a made-up market, encoded as PUBLISH commands on the price channel
/// before anything is measured, and what must have arrived when all of them have.
struct PriceMessages {
    struct Sides {
        double bid = 0.0;
        double ask = 0.0;
    };
    PayloadKind kind = PayloadKind::json;
    std::uint64_t count = 0;
    std::string commands;
    std::vector<std::string> symbols;
    std::map<std::string, Sides> last;  // by symbol, as their text says
    std::uint64_t payload_bytes = 0;
};

[[nodiscard]] PriceMessages make_messages(PayloadKind kind, std::uint64_t count, std::uint64_t seed,
                                          std::string_view channel);

/// Sends all of them as fast as the server takes them, and returns when it has taken the last one.
/// The server is asked to answer nothing.
void publish(const PriceMessages& messages, std::uint16_t port);

}  // namespace margind::bench
