#include "service/signal.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <utility>

namespace margind::service {

boost::asio::awaitable<void> Signal::wait(std::chrono::milliseconds limit) {
    if (!std::exchange(is_set_, false)) {
        timer_.expires_after(limit);
        co_await timer_.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
        // The timer's own cancellation is a notification; the coroutine's is an end.
        const auto state = co_await boost::asio::this_coro::cancellation_state;
        if (state.cancelled() != boost::asio::cancellation_type::none) {
            throw boost::system::system_error{boost::asio::error::operation_aborted};
        }
        is_set_ = false;
    }
}

}  // namespace margind::service
