#include "app/demo.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "adapters/memory/book_generator.hpp"
#include "adapters/memory/market_simulator.hpp"
#include "adapters/memory/store.hpp"
#include "app/cli.hpp"
#include "app/demo_table.hpp"
#include "app/http_thread.hpp"
#include "app/logging.hpp"
#include "app/loops.hpp"

namespace margind::app {
namespace {

namespace asio = boost::asio;

/// A market that quotes all the time, with a shock in it.
memory::MarketOptions market_options(const Config& config, const memory::BookGenerator& book) {
    memory::MarketOptions options;
    options.seed = static_cast<std::uint64_t>(config.demo.seed);
    options.symbols = book.quoted();
    options.ticks_per_second = static_cast<double>(config.demo.ticks_per_s);
    if (config.demo.shock_at_s > 0) {
        options.shocks.push_back(
            {"", -config.demo.shock_percent / 100.0, config.demo.shock_at_s * 1'000});
    }
    return options;
}

std::expected<memory::BookGenerator, std::string> make_book(const Config& config,
                                                            const DemoOptions& options) {
    memory::BookOptions book;
    book.seed = static_cast<std::uint64_t>(config.demo.seed);
    book.accounts =
        static_cast<std::uint32_t>(options.accounts > 0 ? options.accounts : config.demo.accounts);
    book.symbols = {"EURUSD", "GBPUSD", "USDJPY", "EURGBP", "XAUUSD", "US500"};
    book.types = config.accounts.types;
    return memory::BookGenerator::make(std::move(book));
}

void fill(memory::Store& store, const memory::BookGenerator& book, Moment now) {
    for (InstrumentSpec& spec : book.instruments()) store.put(std::move(spec));
    for (const auto& [symbol, price] : book.prices(now.wall_ms)) store.set_price(symbol, price);
    for (std::uint32_t i = 0; i < book.account_count(); ++i) store.put(book.account(i));
}

/// Publishes the market's ticks as a platform would, every 10 ms.
asio::awaitable<void> run_market(memory::MarketSimulator& market, memory::Store& store,
                                 const Clock& clock) {
    constexpr std::chrono::milliseconds step{10};
    asio::steady_timer timer{co_await asio::this_coro::executor};
    auto due = std::chrono::steady_clock::now();
    for (;;) {
        for (const memory::SimulatedTick& tick : market.step(clock.now().wall_ms)) {
            const std::string& symbol = market.symbol(tick.symbol);
            store.set_price(symbol, {true, tick.bid, tick.ask, tick.ts_ms});
            store.publish(Topic::prices,
                          fmt::format(R"({{"symbol":"{}","bid":{},"ask":{},"ts":{}}})", symbol,
                                      tick.bid, tick.ask, tick.ts_ms));
        }
        due += step;
        timer.expires_at(due);
        co_await timer.async_wait(asio::use_awaitable);
    }
}

asio::awaitable<void> stop_after(std::int64_t seconds, service::Status& status) {
    asio::steady_timer timer{co_await asio::this_coro::executor};
    timer.expires_after(std::chrono::seconds{seconds});
    co_await timer.async_wait(asio::use_awaitable);
    status.is_stopping = true;
    // The beat loop writes its last beat and ends the group.
    timer.expires_after(std::chrono::hours{1});
    co_await timer.async_wait(asio::use_awaitable);
}

std::string note_of(const Config& config, Moment started, Moment now) {
    const std::int64_t left_s =
        config.demo.shock_at_s - (now.steady_ms - started.steady_ms) / 1'000;
    if (config.demo.shock_at_s == 0) return "no shock";
    if (left_s > 0) return fmt::format("shock in {} s", left_s);
    return fmt::format("shock of {}% has come", config.demo.shock_percent);
}

}  // namespace

int demo(const Config& config, const DemoOptions& options) {
    Config quiet = config;
    if (quiet.log.level == "info") quiet.log.level = "warn";  // the table says it all
    set_up_logging(quiet);
    const auto book = make_book(quiet, options);
    if (!book) {
        fmt::print(stderr, "margind: demo: {}\n", book.error());
        return exit_usage;
    }
    asio::io_context io{1};
    Loops loops{io, quiet};
    memory::Store store{io.get_executor()};
    fill(store, *book, loops.clock().now());
    memory::MarketSimulator market{market_options(quiet, *book), loops.clock().now().wall_ms};
    HttpThread http{quiet, io.get_executor(), loops};
    if (const auto started = http.start(); !started) {
        fmt::print(stderr, "margind: {}\n", started.error());
        return exit_failure;
    }
    DemoTable table{look_of_output(), http.address(), loops.started()};
    service::TaskGroup tasks{io.get_executor()};
    loops.spawn(tasks, {store, store, store, store}, [&](const BeatStats& beat) {
        const Moment now = loops.clock().now();
        table.show(loops.engine(), loops.status(), beat, note_of(quiet, loops.started(), now), now);
    });
    tasks.spawn("market", run_market(market, store, loops.clock()));
    if (options.seconds > 0) tasks.spawn("end", stop_after(options.seconds, loops.status()));
    io.run();
    http.stop();
    table.finish(loops.engine(), loops.status(), loops.clock().now());
    if (tasks.error().empty()) return exit_ok;
    fmt::print(stderr, "margind: {}: {}\n", tasks.first_ended(), tasks.error());
    return exit_failure;
}

}  // namespace margind::app
