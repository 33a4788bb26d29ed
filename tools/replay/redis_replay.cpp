#include "replay/redis_replay.hpp"

#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>

#include "adapters/redis/loader.hpp"
#include "common/interrupt.hpp"
#include "common/price_commands.hpp"
#include "replay/pace.hpp"

namespace margind::replay {
namespace {

namespace asio = boost::asio;

std::int64_t wall_ms() {
    return std::chrono::duration_cast<std::chrono::milliseconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
}

/// Waits until `due` in short steps, so that the user need not wait to stop.
asio::awaitable<void> wait_until(asio::steady_timer& timer, Pace::Time due) {
    constexpr std::chrono::milliseconds step{100};
    while (!tools::is_interrupted() && Pace::Clock::now() < due) {
        timer.expires_at(std::min(due, Pace::Clock::now() + step));
        co_await timer.async_wait(asio::use_awaitable);
    }
}

asio::awaitable<Result<void>> send_all(
    redis::Connection& connection, const Options& options, FeedMerge& feeds,
    RedisReplayResult& result,
    const std::function<void(const wire::FeedTick&, std::int64_t)>& seen) {
    tools::PriceCommands commands{options.channel, options.payload == Payload::json};
    redis::Loader loader{connection};
    asio::steady_timer timer{co_await asio::this_coro::executor};
    Pace pace{options.speed};
    while (const wire::FeedTick* tick = feeds.next()) {
        if (tools::is_interrupted() || !connection.is_up()) break;
        if (pace.must_wait(tick->time_ms)) {
            co_await loader.send();
            co_await wait_until(timer, pace.due(tick->time_ms));
            if (tools::is_interrupted()) break;
        }
        result.late_ms_max = std::max(result.late_ms_max, pace.late_ms(tick->time_ms));
        const std::int64_t now_ms = wall_ms();
        commands.add(loader.pipeline(), tick->symbol, tick->bid, tick->ask,
                     options.keeps_ts ? tick->ts_ms : now_ms);
        ++result.ticks;
        seen(*tick, now_ms);
        if (loader.is_full()) co_await loader.send();
    }
    const auto finished = co_await loader.finish();
    if (!finished) co_return std::unexpected{finished.error()};
    result.commands_answered = finished->answered;
    result.commands_refused = finished->errors + finished->wrong_types;
    result.first_error = finished->first_error;
    co_return Result<void>{};
}

}  // namespace

std::expected<void, std::string> replay_into_redis(
    const Options& options, FeedMerge& feeds, RedisReplayResult& result,
    const std::function<void(const wire::FeedTick&, std::int64_t)>& seen) {
    const auto login = tools::redis_options(*options.redis);
    if (!login) return std::unexpected{login.error()};
    return tools::with_redis(*login, [&](redis::Connection& connection) {
        return send_all(connection, options, feeds, result, seen);
    });
}

}  // namespace margind::replay
