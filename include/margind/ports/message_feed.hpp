#pragma once
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "margind/ports/result.hpp"

namespace margind {

enum class Topic : std::uint8_t { prices, force_recalc };

/// Messages that arrived together, in order of arrival, payloads side by side in one buffer.
class MessageBatch {
public:
    struct Message {
        Topic topic;
        std::string_view payload;
    };
    void add(Topic topic, std::string_view payload) {
        marks_.push_back({topic, static_cast<std::uint32_t>(bytes_.size()),
                          static_cast<std::uint32_t>(payload.size())});
        bytes_.append(payload);
    }
    void clear() {
        marks_.clear();
        bytes_.clear();
    }
    [[nodiscard]] std::size_t size() const { return marks_.size(); }
    [[nodiscard]] bool is_empty() const { return marks_.empty(); }
    [[nodiscard]] std::size_t byte_count() const { return bytes_.size(); }
    [[nodiscard]] Message operator[](std::size_t i) const {
        const Mark& mark = marks_[i];
        return {mark.topic, std::string_view{bytes_}.substr(mark.offset, mark.length)};
    }

private:
    struct Mark {
        Topic topic;
        std::uint32_t offset;
        std::uint32_t length;
    };
    std::string bytes_;
    std::vector<Mark> marks_;
};

/// The subscription to the platform's channels. At most once: what is lost is reported as a gap.
class MessageFeed {
public:
    virtual ~MessageFeed() = default;
    /// Fills `batch` with everything that has arrived, waiting for the first message. An error says
    /// that the subscription was lost (a gap); the next call waits until it stands again and then
    /// returns an empty batch once, before any message of the new subscription.
    virtual boost::asio::awaitable<Result<void>> next(MessageBatch& batch) = 0;
};

}  // namespace margind
