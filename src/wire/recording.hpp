#pragma once
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>

#include "margind/core/base/units.hpp"
#include "wire/feed_name.hpp"
#include "wire/little_endian.hpp"

namespace margind::wire {

// The binary recording of ticks, byte for byte in docs/recording.md: the head of the file, then
// blocks with a checksum each. A block holds names of symbols or ticks.

inline constexpr std::uint32_t recording_version = 1;
inline constexpr std::size_t recording_head_bytes = 32;
inline constexpr std::size_t block_head_bytes = 56;
inline constexpr std::size_t tick_bytes = 32;
inline constexpr std::size_t block_ticks_max = 2'048;
inline constexpr std::size_t block_names_max = 1'000;
inline constexpr std::size_t block_payload_bytes_max = 65'536;
inline constexpr std::size_t block_bytes_max = block_head_bytes + block_payload_bytes_max;
inline constexpr std::uint32_t recording_symbols_max = 1'048'576;  // of one run of a writer
static_assert(block_ticks_max * tick_bytes <= block_payload_bytes_max);
static_assert(block_names_max * (1 + feed_name_bytes_max) <= block_payload_bytes_max);

/// True for names of files that hold a recording: day.ticks, or day.ticks.gz and day.ticks.zst.
[[nodiscard]] bool is_recording_name(std::string_view path);
/// The only form in which recordings are written: day.ticks.
[[nodiscard]] bool is_plain_recording_name(std::string_view path);

/// A tick with the number that its symbol has in the recording. A side that is missing is NaN.
struct NumberedTick {
    std::int64_t time_ms = 0;  // where it stands in the feed
    std::int64_t ts_ms = 0;    // the feed's stamp; 0 = none
    std::uint32_t number = 0;
    double bid = not_a_price;
    double ask = not_a_price;
};

/// In place of the way from `time_ms` to the stamp: there is none, or it is further than an i32.
inline constexpr std::int32_t no_stamp = std::numeric_limits<std::int32_t>::min();

/// Writes the 32 bytes of a tick. Prices that are not finite become NaN.
void store_tick(const NumberedTick& tick, char* to);

/// Reads the 32 bytes of a tick.
[[nodiscard]] inline NumberedTick load_tick(const char* from) {
    NumberedTick tick;
    tick.time_ms = load_number<std::int64_t>(from);
    const auto way = load_number<std::int32_t>(from + 8);
    if (way == no_stamp || __builtin_add_overflow(tick.time_ms, way, &tick.ts_ms)) tick.ts_ms = 0;
    tick.number = load_number<std::uint32_t>(from + 12);
    const double bid = load_real(from + 16);
    const double ask = load_real(from + 24);
    tick.bid = std::isfinite(bid) ? bid : not_a_price;
    tick.ask = std::isfinite(ask) ? ask : not_a_price;
    return tick;
}

enum class BlockKind : std::uint32_t { names = 1, ticks = 2 };

/// What stands at the front of a block.
struct BlockHead {
    std::uint64_t run = 0;  // drawn by lot whenever a writer opens the file; numbers hold in it
    std::uint64_t sequence = 0;  // of the block in the file
    std::int64_t first_ms = 0;   // time of the first tick
    std::uint32_t kind = 0;      // a BlockKind, or one that a later writer added
    std::uint32_t count = 0;     // of names or ticks
    std::uint32_t payload_bytes = 0;
    std::uint32_t first_number = 0;  // of names: the number of the first
};

/// Writes the head of a block over the first bytes of `block`, whose payload is in its place
/// already. Its `payload_bytes` follows from the size of the block.
void seal_block(BlockHead head, std::string& block);

/// What the bytes at some place are.
enum class BlockCheck : std::uint8_t {
    good,          // a whole block
    incomplete,    // the front of one that may be good: more bytes are wanted
    no_block,      // something else
    bad_checksum,  // a block of which a byte is wrong, or what only looks like the front of one
};
[[nodiscard]] BlockCheck check_block(std::string_view bytes, BlockHead& head);

/// The first place from `from` on where a block or the head of a file may begin; npos where none.
[[nodiscard]] std::size_t find_mark(std::string_view bytes, std::size_t from);

[[nodiscard]] std::string make_recording_head(std::uint32_t version = recording_version);

enum class HeadCheck : std::uint8_t { good, incomplete, no_head, other_version };
struct HeadReading {
    HeadCheck check = HeadCheck::no_head;
    std::uint32_t version = 0;
};
[[nodiscard]] HeadReading check_recording_head(std::string_view bytes);

/// Why bytes of a recording are not used.
enum class RecordingFault : std::uint8_t {
    bad_head,      // of the file
    no_block,      // something else where a block should begin
    bad_checksum,  // a byte of the block is wrong
    bad_names,     // whole, but its names cannot be, or contradict earlier ones
    cut_off,       // the file ends within a block
    missing,       // the numbers of the blocks leave some out
};

inline constexpr std::array<std::pair<RecordingFault, std::string_view>, 6> recording_fault_names{{
    {RecordingFault::bad_head, "the head of the file is damaged"},
    {RecordingFault::no_block, "here no block begins"},
    {RecordingFault::bad_checksum, "the checksum of a block is wrong"},
    {RecordingFault::bad_names, "a block holds names that cannot be"},
    {RecordingFault::cut_off, "the last block is cut off"},
    {RecordingFault::missing, "blocks are missing"},
}};

/// A place where a recording is damaged.
struct RecordingDamage {
    RecordingFault fault = RecordingFault::no_block;
    std::uint64_t offset = 0;  // of its first byte
    std::uint64_t bytes = 0;   // passed over
    std::uint64_t blocks = 1;  // lost; at least one, more where the next one's number says so

    /// "byte 4128: the checksum of a block is wrong; 1080 bytes are passed over".
    [[nodiscard]] std::string text() const;
};

}  // namespace margind::wire
