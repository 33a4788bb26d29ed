#pragma once
#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <exception>
#include <string>

#include "adapters/redis/feed.hpp"
#include "bench/paired_runs.hpp"
#include "bench/price_messages.hpp"
#include "margind/core/engine/engine.hpp"
#include "service/ingest.hpp"
#include "service/steady_ticker.hpp"

namespace margind::bench {

/// Passes a feed on, and sees when the first messages come out of it and when the last ones have
/// been dealt with: that is when its reader asks for more.
class CountedFeed final : public MessageFeed {
public:
    CountedFeed(MessageFeed& feed, std::uint64_t expected, boost::asio::io_context& io,
                Stopwatch& stopwatch)
        : feed_{feed}, expected_{expected}, io_{io}, stopwatch_{stopwatch} {}

    boost::asio::awaitable<margind::Result<void>> next(MessageBatch& batch) override;
    [[nodiscard]] const Run& run() const { return run_; }
    [[nodiscard]] bool is_done() const { return is_done_; }
    [[nodiscard]] std::uint64_t batches() const { return batches_; }

private:
    MessageFeed& feed_;
    std::uint64_t expected_;
    boost::asio::io_context& io_;
    Stopwatch& stopwatch_;
    std::uint64_t taken_ = 0;
    std::uint64_t batches_ = 0;
    bool is_done_ = false;
    Run run_;
};

/// The daemon's way from the socket to the engine, in one run: redis::Feed, service::ingest with
/// the payload parser, Engine::apply. Bare symbols end in the queue of prices to be read: nobody
/// reads them here. No beat runs beside it.
class FeedSubscriber {
public:
    /// Returns when the subscription stands.
    FeedSubscriber(std::uint16_t port, const wire::Keys& keys, const PriceMessages& messages);

    /// Takes all messages. `has_begun`: they wait already, so the time runs from this call on; else
    /// from the first one. Throws unless everything has arrived whole and in order.
    [[nodiscard]] Run take_all(bool has_begun);

private:
    void spawn(boost::asio::awaitable<void> task);
    void rethrow();
    void check();

    const PriceMessages& messages_;
    boost::asio::io_context io_{1};
    std::exception_ptr failure_;
    Engine engine_{EngineOptions{}};
    service::SystemClock clock_;
    service::Status status_;
    Stopwatch stopwatch_;
    redis::Feed feed_;
    CountedFeed counted_;
    service::PriceQueue prices_;
    service::Signal mirror_wake_;
};

}  // namespace margind::bench
