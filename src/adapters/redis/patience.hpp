#pragma once
#include <algorithm>
#include <chrono>
#include <cstdint>

#include "adapters/redis/options.hpp"

namespace margind::redis {

/// How long one connection waits for its server: before the next attempt to connect, and for any
/// word of it. Both waits double, up to a limit, and begin anew after a good time.
class Patience {
public:
    using milliseconds = std::chrono::milliseconds;

    explicit Patience(const Options& options)
        : options_{options}, pause_{options.retry_min}, ping_interval_{options.ping_interval} {}

    /// A server that is silent for twice as long is gone.
    [[nodiscard]] milliseconds ping_interval() const { return ping_interval_; }

    /// How long to wait before the next attempt, with its jitter.
    [[nodiscard]] milliseconds next_pause() {
        const milliseconds full = pause_;
        pause_ = std::min(2 * pause_, options_.retry_max);
        const double part = options_.chance ? 0.5 + options_.chance() / 2.0 : 1.0;
        return milliseconds{static_cast<std::int64_t>(static_cast<double>(full.count()) * part)};
    }

    /// A connection was lost that had been up for so long. A server under load is silent now and
    /// then, and each loss makes more load, as everything is read and written again: one that is
    /// silent soon after the last time is given twice as long.
    void lost(std::chrono::steady_clock::duration up_for, bool was_silent) {
        if (up_for >= options_.retry_max) pause_ = options_.retry_min;
        if (up_for >= options_.calm_after) ping_interval_ = options_.ping_interval;
        if (was_silent) ping_interval_ = std::min(2 * ping_interval_, options_.ping_interval_max);
    }

private:
    const Options& options_;
    milliseconds pause_;
    milliseconds ping_interval_;
};

}  // namespace margind::redis
