#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "bench/paired_runs.hpp"
#include "bench/raw_socket.hpp"

namespace margind::bench {

/// Null peer n2: a subscriber on a blocking socket that only counts the frames of messages. It
/// knows what every frame of its channel begins with, reads the length of the payload and steps
/// over it.
class FrameCounter {
public:
    /// Returns when the subscription stands.
    FrameCounter(std::uint16_t port, std::string_view channel);

    /// As FeedSubscriber::take_all.
    [[nodiscard]] Run take_all(std::uint64_t messages, bool has_begun);

private:
    /// Counts the whole frames in the buffer and keeps what follows them.
    std::uint64_t count_frames();

    RawSocket socket_;
    std::string head_;  // of every frame, up to the length of its payload
    std::vector<char> buffer_;
    std::size_t filled_ = 0;
};

}  // namespace margind::bench
