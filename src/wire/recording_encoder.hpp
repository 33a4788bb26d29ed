#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "margind/core/base/interner.hpp"
#include "wire/recording.hpp"

namespace margind::wire {

/// Makes the blocks of a recording: names become numbers, ticks gather until a block is full or
/// taken. New names are written twice, and all of them again every so often, so that one damage
/// takes no name away.
class RecordingEncoder {
public:
    /// `run` is drawn by lot; `sequence` is the number of the next block of the file.
    RecordingEncoder(std::uint64_t run, std::uint64_t sequence);

    /// Adds a tick (its `number` is found here), and to `out` what has become full. False where the
    /// symbol cannot be written: its name is none, or there are too many.
    bool add(std::string_view symbol, NumberedTick tick, std::string& out);
    /// Appends what is waiting to `out`.
    void finish(std::string& out);

    [[nodiscard]] std::size_t waiting_bytes() const { return waiting_ * tick_bytes; }

private:
    void write_names(std::uint32_t first, std::string& out);
    void write_names_due(std::string& out);
    void write_block(BlockHead head, std::string& block, std::string& out);

    std::uint64_t run_;
    std::uint64_t sequence_;
    Symbols names_;
    std::uint32_t names_written_ = 0;
    std::size_t names_bytes_ = 0;  // of all names, as they are written
    std::size_t bytes_since_ = 0;  // of ticks since all names were written
    std::string ticks_;            // the block that is being filled
    std::size_t waiting_ = 0;      // ticks in it
    std::string names_block_;
};

}  // namespace margind::wire
