#include "wire/recording_encoder.hpp"

#include <algorithm>

namespace margind::wire {
namespace {

// All names are written again after so many bytes of ticks, and not before these are so many times
// as much: that costs the file less than two percent.
constexpr std::size_t repeat_bytes_min = 256 * 1024;
constexpr std::size_t repeat_share = 64;

}  // namespace

RecordingEncoder::RecordingEncoder(std::uint64_t run, std::uint64_t sequence)
    : run_{run}, sequence_{sequence}, ticks_(block_head_bytes, '\0') {
    ticks_.reserve(block_bytes_max);
}

bool RecordingEncoder::add(std::string_view symbol, NumberedTick tick, std::string& out) {
    SymbolId id = names_.find(symbol);
    if (id.is_none()) {
        const bool is_name = check_feed_name(symbol) == NameFault::none;
        if (!is_name || names_.size() == recording_symbols_max) return false;
        id = names_.intern(symbol);
        names_bytes_ += 1 + symbol.size();
    }
    tick.number = id.value;
    const std::size_t at = ticks_.size();
    ticks_.resize(at + tick_bytes);
    store_tick(tick, ticks_.data() + at);
    if (++waiting_ == block_ticks_max) finish(out);
    return true;
}

void RecordingEncoder::finish(std::string& out) {
    if (waiting_ == 0) return;
    write_names_due(out);
    bytes_since_ += waiting_bytes();
    write_block({.first_ms = load_number<std::int64_t>(ticks_.data() + block_head_bytes),
                 .kind = static_cast<std::uint32_t>(BlockKind::ticks),
                 .count = static_cast<std::uint32_t>(waiting_)},
                ticks_, out);
    waiting_ = 0;
}

/// What has to be in the file before the ticks that wait.
void RecordingEncoder::write_names_due(std::string& out) {
    if (bytes_since_ >= std::max(repeat_bytes_min, names_bytes_ * repeat_share)) {
        write_names(0, out);
        bytes_since_ = 0;
    }
    if (names_written_ == names_.size()) return;
    write_names(names_written_, out);
    write_names(names_written_, out);
    names_written_ = names_.size();
}

void RecordingEncoder::write_names(std::uint32_t first, std::string& out) {
    while (first < names_.size()) {
        const auto count =
            std::min<std::uint32_t>(names_.size() - first, std::uint32_t{block_names_max});
        names_block_.resize(block_head_bytes);
        for (std::uint32_t number = first; number < first + count; ++number) {
            const std::string& name = names_.name(SymbolId{number});
            names_block_ += static_cast<char>(name.size());
            names_block_ += name;
        }
        write_block({.kind = static_cast<std::uint32_t>(BlockKind::names),
                     .count = count,
                     .first_number = first},
                    names_block_, out);
        first += count;
    }
}

void RecordingEncoder::write_block(BlockHead head, std::string& block, std::string& out) {
    head.run = run_;
    head.sequence = sequence_++;
    seal_block(head, block);
    out += block;
    block.resize(block_head_bytes);
}

}  // namespace margind::wire
