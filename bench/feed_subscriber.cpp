#include "bench/feed_subscriber.hpp"

#include <fmt/format.h>

#include <boost/asio/co_spawn.hpp>
#include <chrono>
#include <stdexcept>
#include <utility>

namespace margind::bench {
namespace {

/// No deadline of the connection may fall into a run that pauses reading on purpose.
redis::Options unhurried(std::uint16_t port) {
    redis::Options options;
    options.port = port;
    options.ping_interval = std::chrono::minutes{1};
    options.request_timeout = std::chrono::minutes{1};
    return options;
}

}  // namespace

boost::asio::awaitable<margind::Result<void>> CountedFeed::next(MessageBatch& batch) {
    if (!is_done_ && taken_ >= expected_) {
        run_ = stopwatch_.read();
        is_done_ = true;
        io_.stop();
    }
    const margind::Result<void> received = co_await feed_.next(batch);
    if (received && !batch.is_empty()) {
        stopwatch_.start();
        taken_ += batch.size();
        ++batches_;
    }
    co_return received;
}

FeedSubscriber::FeedSubscriber(std::uint16_t port, const wire::Keys& keys,
                               const PriceMessages& messages)
    : messages_{messages},
      feed_{io_.get_executor(), unhurried(port), keys},
      counted_{feed_, messages.count, io_, stopwatch_},
      prices_{io_.get_executor()},
      mirror_wake_{io_.get_executor()} {
    for (const std::string& symbol : messages.symbols) engine_.intern_symbol(symbol);
    spawn(feed_.connection().run());
    spawn(service::ingest(counted_, engine_, prices_, mirror_wake_, clock_, status_, nullptr));
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{20};
    while (!status_.feed_up) {
        io_.run_one_for(std::chrono::milliseconds{20});
        rethrow();
        if (std::chrono::steady_clock::now() > deadline) {
            throw std::runtime_error{"the feed did not come up: " +
                                     feed_.connection().stats().last_error};
        }
    }
}

void FeedSubscriber::spawn(boost::asio::awaitable<void> task) {
    boost::asio::co_spawn(io_, std::move(task), [this](std::exception_ptr failure) {
        if (failure) failure_ = failure;
        io_.stop();
    });
}

void FeedSubscriber::rethrow() {
    if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
}

Run FeedSubscriber::take_all(bool has_begun) {
    stopwatch_ = {};
    if (has_begun) stopwatch_.start();
    io_.run_for(std::chrono::seconds{60});
    rethrow();
    check();
    return counted_.run();
}

void FeedSubscriber::check() {
    const service::IngestStats& seen = status_.ingest;
    const bool is_json = messages_.kind == PayloadKind::json;
    const std::uint64_t understood = is_json ? seen.price_payloads : seen.bare_symbols;
    const auto require = [](bool holds, const std::string& what) {
        if (!holds) throw std::runtime_error{"ingest: " + what};
    };
    require(counted_.is_done() && seen.losses == 0 && understood == messages_.count,
            fmt::format("expected {} messages, {} were understood, {} losses", messages_.count,
                        understood, seen.losses));
    if (!is_json) {
        require(prices_.take(messages_.symbols.size() + 1).size() == messages_.last.size(),
                "not every symbol waits to be read");
        return;
    }
    const auto& fates = engine_.stats().tick_fates;
    require(fates[std::to_underlying(TickFate::accepted)] == messages_.count && seen.seq_gaps == 0,
            "a price was refused, or came out of order");
    for (const auto& [symbol, sides] : messages_.last) {
        const Quote& quote = engine_.quotes().usable()[engine_.find_symbol(symbol).value];
        require(quote.bid == sides.bid && quote.ask == sides.ask,
                symbol + " does not stand at its last price");
    }
}

}  // namespace margind::bench
