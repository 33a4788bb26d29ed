#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>

#include "margind/ports/ticker.hpp"

namespace margind::service {

/// The machine's clocks.
class SystemClock final : public Clock {
public:
    [[nodiscard]] Moment now() const override;
};

/// Beats at multiples of the interval on the steady clock.
class SteadyTicker final : public Ticker {
public:
    SteadyTicker(boost::asio::any_io_executor executor, const Clock& clock,
                 std::chrono::milliseconds interval);
    boost::asio::awaitable<Beat> next() override;
    [[nodiscard]] bool is_due() const override;

private:
    boost::asio::steady_timer timer_;
    const Clock& clock_;
    std::int64_t interval_ms_;
    std::int64_t due_ms_;
};

}  // namespace margind::service
