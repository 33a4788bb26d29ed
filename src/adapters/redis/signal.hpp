#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <utility>

namespace margind::redis {

/// Wakes one coroutine that waits for something to change. On one thread: look, then wait. A
/// notification without a waiter is not kept.
class Signal {
public:
    explicit Signal(boost::asio::any_io_executor executor)
        : timer_{std::move(executor), boost::asio::steady_timer::time_point::max()} {}

    void notify() { timer_.cancel(); }
    /// Returns at the next notification. Throws `operation_aborted` when the coroutine is
    /// cancelled.
    boost::asio::awaitable<void> wait();

private:
    boost::asio::steady_timer timer_;
};

/// Throws `operation_aborted` when the coroutine that awaits it has been cancelled.
boost::asio::awaitable<void> throw_if_cancelled();

}  // namespace margind::redis
