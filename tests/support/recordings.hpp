#pragma once
#include <algorithm>
#include <bit>
#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "wire/recording_decoder.hpp"
#include "wire/recording_encoder.hpp"

namespace margind::test {

/// A tick of a recording with its symbol's name in place of the number.
struct SeenTick {
    std::string symbol;
    std::int64_t time_ms = 0;
    std::int64_t ts_ms = 0;
    double bid = not_a_price;
    double ask = not_a_price;

    /// Equal to the bit, and all NaN alike.
    bool operator==(const SeenTick& other) const {
        const auto bits = [](double price) { return std::bit_cast<std::uint64_t>(price); };
        return std::tie(symbol, time_ms, ts_ms) ==
                   std::tie(other.symbol, other.time_ms, other.ts_ms) &&
               bits(bid) == bits(other.bid) && bits(ask) == bits(other.ask);
    }
};

/// What reading a recording gave.
struct SeenRecording {
    std::vector<SeenTick> ticks;
    std::size_t nameless = 0;  // ticks whose number has no name
    std::vector<wire::RecordingDamage> damages;
    std::uint32_t other_version = 0;
};

/// Reads all of it, in pieces of so many bytes.
inline SeenRecording read_recording(std::string_view bytes, std::size_t piece) {
    using Found = wire::RecordingDecoder::Found;
    wire::RecordingDecoder decoder;
    SeenRecording seen;
    std::size_t begin = 0;
    std::size_t end = 0;
    for (;;) {
        const auto step = decoder.next(bytes.substr(begin, end - begin), end == bytes.size());
        begin += step.taken;
        if (step.found == Found::end) return seen;
        if (step.found == Found::damage) seen.damages.push_back(decoder.damage());
        if (step.found == Found::other_version) {
            seen.other_version = decoder.version();
            return seen;
        }
        if (step.found == Found::ticks) {
            const wire::TickRows rows = decoder.ticks();
            for (std::size_t row = 0; row < rows.size(); ++row) {
                const wire::NumberedTick tick = rows[row];
                const auto& names = decoder.names();
                if (tick.number >= names.size() || names[tick.number].empty()) {
                    ++seen.nameless;
                    continue;
                }
                seen.ticks.push_back(
                    {names[tick.number], tick.time_ms, tick.ts_ms, tick.bid, tick.ask});
            }
        }
        if (step.found == Found::nothing && step.taken == 0) {
            end = std::min(bytes.size(), end + piece);
        }
    }
}

}  // namespace margind::test
