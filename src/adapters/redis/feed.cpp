#include "adapters/redis/feed.hpp"

#include <utility>

namespace margind::redis {

namespace asio = boost::asio;

Feed::Feed(asio::any_io_executor executor, const Options& options, const wire::Keys& keys,
           FeedLimits limits)
    : price_channel_{keys.price_channel},
      recalc_channel_{keys.recalc_channel},
      limits_{limits},
      wake_{executor},
      connection_{
          executor, options,
          Role{.name = "feed", .greeting = {{"SUBSCRIBE", price_channel_, recalc_channel_}}},
          this} {}

asio::awaitable<Result<void>> Feed::next(MessageBatch& batch) {
    batch.clear();
    for (;;) {
        if (auto news = continuity_.next()) co_return std::move(*news);
        if (!waiting_.is_empty()) {
            const bool was_paused = !has_room();
            std::swap(batch, waiting_);  // its memory is filled next
            if (was_paused) connection_.resume_reading();
            co_return Result<void>{};
        }
        co_await wake_.wait();
    }
}

void Feed::on_up() {
    continuity_.up();
    wake_.notify();
}

void Feed::on_down(const std::string& reason) {
    waiting_.clear();  // everything is read again after a gap
    is_overrun_ = false;
    continuity_.down("subscription lost: " + reason);
    wake_.notify();
}

std::size_t Feed::waiting() const {
    constexpr std::size_t mark_bytes = 12;
    return waiting_.byte_count() + waiting_.size() * mark_bytes;
}

Feed::Reading Feed::topic_of(std::string_view channel) const {
    if (channel == price_channel_) return Reading::prices;
    return channel == recalc_channel_ ? Reading::force_recalc : Reading::nothing;
}

void Feed::on_push(std::size_t number, std::string_view leaf) {
    switch (number) {
        case 0: reading_ = leaf == "message" ? Reading::message : Reading::nothing; return;
        case 1: reading_ = reading_ == Reading::message ? topic_of(leaf) : Reading::nothing; return;
        case 2:
            if (reading_ == Reading::prices) take(Topic::prices, leaf);
            if (reading_ == Reading::force_recalc) take(Topic::force_recalc, leaf);
            return;
        default: return;
    }
}

void Feed::take(Topic topic, std::string_view payload) {
    if (is_overrun_) return;
    ++stats_.messages;
    if (payload.size() > limits_.payload_bytes_max) {
        ++stats_.too_long;
        return;
    }
    if (waiting() > limits_.drop_bytes) {
        ++stats_.overruns;
        is_overrun_ = true;
        connection_.drop("more than " + std::to_string(limits_.drop_bytes) +
                         " bytes of messages waited to be taken");
        return;
    }
    if (waiting_.is_empty()) wake_.notify();
    waiting_.add(topic, payload);
}

}  // namespace margind::redis
