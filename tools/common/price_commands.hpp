#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "adapters/redis/pipeline.hpp"
#include "wire/redis_keys.hpp"

namespace margind::tools {

/// What a price is to a server: its hash, then the message on the channel.
class PriceCommands {
public:
    /// `is_json`: the message carries the price; else it is the bare symbol.
    PriceCommands(std::string channel, bool is_json);

    /// A side that is NaN is left as it is in the hash, and left out of the message.
    void add(redis::Pipeline& pipeline, std::string_view symbol, double bid, double ask,
             std::int64_t ts_ms);

private:
    void add_hash(redis::Pipeline& pipeline, std::string_view ts);
    void make_payload(std::string_view symbol, std::int64_t ts_ms);

    wire::KeyTemplate market_;
    std::string channel_;
    bool is_json_;
    std::string key_;
    std::string bid_;  // empty where there is none
    std::string ask_;
    std::string payload_;
    std::uint64_t seq_ = 0;
};

}  // namespace margind::tools
