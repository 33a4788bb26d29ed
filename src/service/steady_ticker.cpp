#include "service/steady_ticker.hpp"

#include <boost/asio/use_awaitable.hpp>

namespace margind::service {
namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;

std::int64_t steady_ms() {
    return duration_cast<milliseconds>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

}  // namespace

Moment SystemClock::now() const {
    const auto wall = std::chrono::system_clock::now().time_since_epoch();
    return {steady_ms(), duration_cast<milliseconds>(wall).count()};
}

SteadyTicker::SteadyTicker(boost::asio::any_io_executor executor, const Clock& clock,
                           milliseconds interval)
    : timer_{std::move(executor)},
      clock_{clock},
      interval_ms_{interval.count()},
      due_ms_{(steady_ms() / interval_ms_ + 1) * interval_ms_} {}

boost::asio::awaitable<Beat> SteadyTicker::next() {
    const std::int64_t late_ms = steady_ms() - due_ms_;
    Beat beat;
    if (late_ms >= interval_ms_) {
        beat.missed = static_cast<std::uint64_t>(late_ms / interval_ms_);
        due_ms_ += late_ms / interval_ms_ * interval_ms_;
    }
    timer_.expires_at(std::chrono::steady_clock::time_point{milliseconds{due_ms_}});
    co_await timer_.async_wait(boost::asio::use_awaitable);
    beat.now = clock_.now();
    beat.due = {due_ms_, beat.now.wall_ms - (beat.now.steady_ms - due_ms_)};
    due_ms_ += interval_ms_;
    co_return beat;
}

bool SteadyTicker::is_due() const { return steady_ms() >= due_ms_; }

}  // namespace margind::service
