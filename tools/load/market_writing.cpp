#include "load/market_writing.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <utility>

#include "adapters/redis/loader.hpp"
#include "common/interrupt.hpp"
#include "common/price_commands.hpp"
#include "common/progress.hpp"

namespace margind::load {
namespace {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;

std::int64_t wall_ms() {
    return std::chrono::duration_cast<std::chrono::milliseconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
}

std::expected<memory::MarketOptions, std::string> market_options(const Options& options) {
    memory::MarketOptions market;
    market.seed = options.book.seed;
    market.ticks_per_second = options.ticks_per_second;
    market.volatility = options.volatility;
    market.shocks = options.shocks;
    for (const std::string& symbol : options.book.symbols) {
        auto traits = memory::symbol_traits(symbol, options.book.prices);
        if (!traits) return std::unexpected{std::move(traits.error())};
        market.symbols.push_back(std::move(*traits));
    }
    return market;
}

/// Sends what the market makes, every few milliseconds, on absolute time.
asio::awaitable<Result<void>> publish(redis::Connection& connection, const Options& options,
                                      memory::MarketOptions market_options, Counts& counts) {
    constexpr std::chrono::milliseconds step{5};
    const std::int64_t start_ms = wall_ms();
    memory::MarketSimulator market{std::move(market_options), start_ms};
    tools::PriceCommands commands{options.channel, options.is_json_payload};
    tools::Progress progress{"ticks"};
    redis::Loader loader{connection};
    asio::steady_timer timer{co_await asio::this_coro::executor};
    const auto total_ms = static_cast<std::int64_t>(options.seconds * 1'000.0);
    const Clock::time_point start = Clock::now();
    Clock::time_point due = start;
    std::uint64_t ticks = 0;
    for (std::int64_t elapsed_ms = 0; !tools::is_interrupted() && connection.is_up();) {
        due += step;
        timer.expires_at(due);
        co_await timer.async_wait(asio::use_awaitable);
        elapsed_ms =
            std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - start).count();
        if (total_ms > 0) elapsed_ms = std::min(elapsed_ms, total_ms);
        for (const memory::SimulatedTick& tick : market.step(start_ms + elapsed_ms)) {
            commands.add(loader.pipeline(), market.symbol(tick.symbol), tick.bid, tick.ask,
                         tick.ts_ms);
            ++ticks;
            if (loader.is_full()) co_await loader.send();
        }
        co_await loader.send();
        progress.show(ticks, static_cast<std::uint64_t>(elapsed_ms),
                      static_cast<std::uint64_t>(total_ms));
        if (total_ms > 0 && elapsed_ms >= total_ms) break;
    }
    const auto finished = co_await loader.finish();
    counts.emplace_back("ticks", ticks);
    if (!finished) co_return std::unexpected{finished.error()};
    counts.emplace_back("commands_answered", finished->answered);
    counts.emplace_back("commands_refused", finished->errors + finished->wrong_types);
    if (finished->errors > 0) {
        co_return std::unexpected{Error{Fault::refused, finished->first_error}};
    }
    co_return Result<void>{};
}

}  // namespace

std::expected<Counts, std::string> run_market(const Options& options) {
    const auto login = tools::redis_options(options.redis);
    if (!login) return std::unexpected{login.error()};
    const auto market = market_options(options);
    if (!market) return std::unexpected{market.error()};
    Counts counts;
    const auto done = tools::with_redis(*login, [&](redis::Connection& connection) {
        return publish(connection, options, *market, counts);
    });
    if (!done) return std::unexpected{done.error()};
    return counts;
}

}  // namespace margind::load
