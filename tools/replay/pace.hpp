#pragma once
#include <chrono>
#include <cstdint>

namespace margind::replay {

/// When a tick of the feed is due on the steady clock: from the first one on, at a multiple of the
/// recorded speed. Speed 0 is as fast as it goes: everything is due.
class Pace {
public:
    using Clock = std::chrono::steady_clock;
    using Time = Clock::time_point;

    explicit Pace(double speed) : speed_{speed} {}

    [[nodiscard]] Time due(std::int64_t time_ms) {
        if (!has_started_) {
            has_started_ = true;
            first_ms_ = time_ms;
        }
        const double elapsed_ms = static_cast<double>(time_ms - first_ms_) / speed_;
        return start_ + std::chrono::duration_cast<Clock::duration>(
                            std::chrono::duration<double, std::milli>{elapsed_ms});
    }
    /// Less than a millisecond ahead is not worth a wait: such ticks go out together.
    [[nodiscard]] bool must_wait(std::int64_t time_ms) {
        constexpr std::chrono::milliseconds together{1};
        return speed_ > 0.0 && due(time_ms) > Clock::now() + together;
    }
    [[nodiscard]] std::int64_t late_ms(std::int64_t time_ms) {
        if (!(speed_ > 0.0)) return 0;
        return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - due(time_ms))
            .count();
    }

private:
    double speed_;
    bool has_started_ = false;
    std::int64_t first_ms_ = 0;
    Time start_ = Clock::now();
};

}  // namespace margind::replay
