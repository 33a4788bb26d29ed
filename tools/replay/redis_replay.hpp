#pragma once
#include <cstdint>
#include <expected>
#include <functional>
#include <string>

#include "replay/feeds.hpp"
#include "replay/options.hpp"

namespace margind::replay {

/// What was written into the server.
struct RedisReplayResult {
    std::uint64_t ticks = 0;
    std::uint64_t commands_answered = 0;
    std::uint64_t commands_refused = 0;
    std::string first_error;
    std::int64_t late_ms_max = 0;  // how far behind its due time a tick was sent, at a given speed
};

/// Sets the price hash of every tick and publishes it, pipelined, at the wanted speed. `seen` is
/// called with each tick and the moment it goes out. The result counts what was sent before an
/// error as well.
[[nodiscard]] std::expected<void, std::string> replay_into_redis(
    const Options& options, FeedMerge& feeds, RedisReplayResult& result,
    const std::function<void(const wire::FeedTick&, std::int64_t)>& seen);

}  // namespace margind::replay
