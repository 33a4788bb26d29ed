#pragma once
#include <cstdint>
#include <string>

#include "adapters/redis/connection.hpp"
#include "adapters/redis/continuity.hpp"
#include "adapters/redis/signal.hpp"
#include "margind/ports/message_feed.hpp"
#include "wire/redis_keys.hpp"

namespace margind::redis {

/// Counters since the start.
struct FeedStats {
    std::uint64_t messages = 0;
    std::uint64_t too_long = 0;  // payloads beyond the limit, dropped
    std::uint64_t overruns = 0;  // more than may wait: a gap
};

/// The subscription to the price and the recalculation channel.  Prices are read through the same
/// connection (see Directory): a server cannot answer a read on it with anything older than what it
/// announced there before, whatever else fails over meanwhile. When nobody takes the messages,
/// reading pauses, and in the end the server cuts us off by its own limit
/// (client-output-buffer-limit): a gap, not a growing memory.
class Feed final : public MessageFeed, private PushSink {
public:
    Feed(boost::asio::any_io_executor executor, const Options& options, const wire::Keys& keys,
         FeedLimits limits = {});

    boost::asio::awaitable<Result<void>> next(MessageBatch& batch) override;

    /// To be run, and to read prices through.
    [[nodiscard]] Connection& connection() { return connection_; }
    [[nodiscard]] const FeedStats& stats() const { return stats_; }

private:
    enum class Reading : std::uint8_t { nothing, message, prices, force_recalc };

    void on_up() override;
    void on_down(const std::string& reason) override;
    void on_push(std::size_t number, std::string_view leaf) override;
    [[nodiscard]] bool has_room() const override { return waiting() < limits_.pause_bytes; }
    [[nodiscard]] std::size_t waiting() const;
    [[nodiscard]] Reading topic_of(std::string_view channel) const;
    void take(Topic topic, std::string_view payload);

    std::string price_channel_;
    std::string recalc_channel_;
    FeedLimits limits_;
    FeedStats stats_;
    Continuity continuity_;
    MessageBatch waiting_;
    bool is_overrun_ = false;             // this life of the connection is being given up
    Reading reading_ = Reading::nothing;  // how far the push at hand has been read
    Signal wake_;
    Connection connection_;
};

}  // namespace margind::redis
