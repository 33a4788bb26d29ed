#include "bench/frame_counter.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cstring>
#include <stdexcept>

namespace margind::bench {

FrameCounter::FrameCounter(std::uint16_t port, std::string_view channel)
    : socket_{port},
      head_{fmt::format("*3\r\n$7\r\nmessage\r\n${}\r\n{}\r\n$", channel.size(), channel)},
      buffer_(256u << 10) {
    socket_.expect(
        Words{"SUBSCRIBE", channel},
        fmt::format("*3\r\n$9\r\nsubscribe\r\n${}\r\n{}\r\n:1\r\n", channel.size(), channel));
}

Run FrameCounter::take_all(std::uint64_t messages, bool has_begun) {
    Stopwatch stopwatch;
    if (has_begun) stopwatch.start();
    std::uint64_t counted = 0;
    while (counted < messages) {
        filled_ += socket_.receive(std::span{buffer_}.subspan(filled_));
        stopwatch.start();
        counted += count_frames();
    }
    if (counted != messages || filled_ != 0) {
        throw std::runtime_error{fmt::format("n2: expected {} frames, counted {} and {} bytes more",
                                             messages, counted, filled_)};
    }
    return stopwatch.read();
}

std::uint64_t FrameCounter::count_frames() {
    constexpr std::size_t length_max = 8;  // digits and a line end
    const char* const end = buffer_.data() + filled_;
    const char* at = buffer_.data();
    std::uint64_t frames = 0;
    while (static_cast<std::size_t>(end - at) >= head_.size() + length_max) {
        if (std::memcmp(at, head_.data(), head_.size()) != 0) {
            throw std::runtime_error{"n2: not a message of its channel"};
        }
        std::size_t payload = 0;
        const char* const length = at + head_.size();
        const char* const past = std::from_chars(length, length + length_max, payload).ptr;
        const std::size_t frame = static_cast<std::size_t>(past - at) + 2 + payload + 2;
        if (static_cast<std::size_t>(end - at) < frame) break;
        at += frame;
        ++frames;
    }
    filled_ = static_cast<std::size_t>(end - at);
    std::memmove(buffer_.data(), at, filled_);
    return frames;
}

}  // namespace margind::bench
