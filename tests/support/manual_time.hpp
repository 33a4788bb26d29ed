#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include "margind/ports/ticker.hpp"

namespace margind::test {

/// A clock that stands still until it is told to go on.
class ManualClock final : public Clock {
public:
    [[nodiscard]] Moment now() const override { return now_; }
    void advance(std::int64_t ms) {
        now_.steady_ms += ms;
        now_.wall_ms += ms;
    }

private:
    Moment now_{1'000, 1'700'000'000'000};
};

/// A ticker that beats when it is cranked.
class ManualTicker final : public Ticker {
public:
    ManualTicker(boost::asio::any_io_executor executor, ManualClock& clock)
        : wake_{std::move(executor)}, clock_{clock} {}

    void crank(std::int64_t ms = 200) {
        clock_.advance(ms);
        ++cranked_;
        wake_.cancel();
    }
    void set_due(bool is_due) { is_due_ = is_due; }

    boost::asio::awaitable<Beat> next() override {
        while (beaten_ == cranked_) {
            wake_.expires_after(std::chrono::hours{1});
            co_await wake_.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
            const auto state = co_await boost::asio::this_coro::cancellation_state;
            if (state.cancelled() != boost::asio::cancellation_type::none) {
                throw boost::system::system_error{boost::asio::error::operation_aborted};
            }
        }
        ++beaten_;
        co_return Beat{clock_.now(), clock_.now(), 0};
    }
    [[nodiscard]] bool is_due() const override { return is_due_; }

private:
    boost::asio::steady_timer wake_;
    ManualClock& clock_;
    std::uint64_t cranked_ = 0;
    std::uint64_t beaten_ = 0;
    bool is_due_ = false;
};

}  // namespace margind::test
