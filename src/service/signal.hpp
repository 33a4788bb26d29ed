#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>

namespace margind::service {

/// Wakes a loop that waits for work. A notification while nobody waits is kept, once. One waiter.
class Signal {
public:
    explicit Signal(boost::asio::any_io_executor executor) : timer_{std::move(executor)} {}

    void notify() {
        is_set_ = true;
        timer_.cancel();
    }
    /// Returns at the next notification, or after `limit`.
    boost::asio::awaitable<void> wait(std::chrono::milliseconds limit);

private:
    boost::asio::steady_timer timer_;
    bool is_set_ = false;
};

}  // namespace margind::service
