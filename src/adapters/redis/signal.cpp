#include "adapters/redis/signal.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

namespace margind::redis {

namespace asio = boost::asio;

asio::awaitable<void> throw_if_cancelled() {
    const auto state = co_await asio::this_coro::cancellation_state;
    if (state.cancelled() != asio::cancellation_type::none) {
        throw boost::system::system_error{asio::error::operation_aborted};
    }
}

asio::awaitable<void> Signal::wait() {
    // The timer's own cancellation is a notification; the coroutine's is an end.
    co_await timer_.async_wait(asio::as_tuple(asio::use_awaitable));
    co_await throw_if_cancelled();
}

}  // namespace margind::redis
