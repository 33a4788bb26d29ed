#include "wire/recording.hpp"

#include <fmt/format.h>

// The header is all of it: nothing is linked.
#define XXH_INLINE_ALL
#include <xxhash.h>

namespace margind::wire {
namespace {

// No name of a symbol contains these: 0x89 and 0x8a begin no character of UTF-8.
constexpr std::string_view head_mark = "\x89TICKS\r\n";
constexpr std::string_view block_mark = "\x8aTICKB1\n";
static_assert(head_mark.size() == 8 && block_mark.size() == 8);

constexpr std::size_t block_checked_from = 16;  // behind the mark and the checksum
constexpr std::size_t head_checked_bytes = recording_head_bytes - 8;

std::uint64_t checksum(std::string_view bytes) { return XXH3_64bits(bytes.data(), bytes.size()); }

BlockHead load_head(const char* from) {
    return {.run = load_number<std::uint64_t>(from + 16),
            .sequence = load_number<std::uint64_t>(from + 24),
            .first_ms = load_number<std::int64_t>(from + 32),
            .kind = load_number<std::uint32_t>(from + 40),
            .count = load_number<std::uint32_t>(from + 44),
            .payload_bytes = load_number<std::uint32_t>(from + 48),
            .first_number = load_number<std::uint32_t>(from + 52)};
}

/// False where no writer makes such a head, so that a wrong size is not waited for.
bool is_possible(const BlockHead& head) {
    if (head.payload_bytes > block_payload_bytes_max || head.count == 0) return false;
    switch (static_cast<BlockKind>(head.kind)) {
        case BlockKind::names:
            return head.count <= block_names_max &&
                   head.first_number <= recording_symbols_max - head.count;
        case BlockKind::ticks: return head.payload_bytes == head.count * tick_bytes;
    }
    return true;
}

std::int32_t way_to_stamp(const NumberedTick& tick) {
    std::int64_t way = 0;
    if (tick.ts_ms == 0 || __builtin_sub_overflow(tick.ts_ms, tick.time_ms, &way)) return no_stamp;
    if (way <= no_stamp || way > std::numeric_limits<std::int32_t>::max()) return no_stamp;
    return static_cast<std::int32_t>(way);
}

}  // namespace

bool is_plain_recording_name(std::string_view path) { return path.ends_with(".ticks"); }

bool is_recording_name(std::string_view path) {
    return is_plain_recording_name(path) || path.ends_with(".ticks.gz") ||
           path.ends_with(".ticks.zst");
}

void store_tick(const NumberedTick& tick, char* to) {
    store_number(tick.time_ms, to);
    store_number(way_to_stamp(tick), to + 8);
    store_number(tick.number, to + 12);
    store_real(std::isfinite(tick.bid) ? tick.bid : not_a_price, to + 16);
    store_real(std::isfinite(tick.ask) ? tick.ask : not_a_price, to + 24);
}

void seal_block(BlockHead head, std::string& block) {
    head.payload_bytes = static_cast<std::uint32_t>(block.size() - block_head_bytes);
    char* const to = block.data();
    block_mark.copy(to, block_mark.size());
    store_number(head.run, to + 16);
    store_number(head.sequence, to + 24);
    store_number(head.first_ms, to + 32);
    store_number(head.kind, to + 40);
    store_number(head.count, to + 44);
    store_number(head.payload_bytes, to + 48);
    store_number(head.first_number, to + 52);
    store_number(checksum(std::string_view{block}.substr(block_checked_from)), to + 8);
}

BlockCheck check_block(std::string_view bytes, BlockHead& head) {
    if (bytes.substr(0, block_mark.size()) != block_mark.substr(0, bytes.size())) {
        return BlockCheck::no_block;
    }
    if (bytes.size() < block_head_bytes) return BlockCheck::incomplete;
    head = load_head(bytes.data());
    if (!is_possible(head)) return BlockCheck::bad_checksum;
    const std::size_t size = block_head_bytes + head.payload_bytes;
    if (bytes.size() < size) return BlockCheck::incomplete;
    const std::string_view checked = bytes.substr(block_checked_from, size - block_checked_from);
    return checksum(checked) == load_number<std::uint64_t>(bytes.data() + 8)
               ? BlockCheck::good
               : BlockCheck::bad_checksum;
}

std::size_t find_mark(std::string_view bytes, std::size_t from) {
    for (std::size_t at = from; at < bytes.size(); ++at) {
        at = bytes.find_first_of("\x89\x8a", at);
        if (at == std::string_view::npos) return at;
        const std::string_view found = bytes.substr(at, block_mark.size());
        if (block_mark.starts_with(found) || head_mark.starts_with(found)) return at;
    }
    return std::string_view::npos;
}

std::string make_recording_head(std::uint32_t version) {
    std::string head(recording_head_bytes, '\0');
    head_mark.copy(head.data(), head_mark.size());
    store_number(version, head.data() + 8);
    const std::string_view checked = std::string_view{head}.substr(0, head_checked_bytes);
    store_number(checksum(checked), head.data() + head_checked_bytes);
    return head;
}

HeadReading check_recording_head(std::string_view bytes) {
    if (bytes.substr(0, head_mark.size()) != head_mark.substr(0, bytes.size())) {
        return {HeadCheck::no_head, 0};
    }
    if (bytes.size() < recording_head_bytes) return {HeadCheck::incomplete, 0};
    const auto sum = load_number<std::uint64_t>(bytes.data() + head_checked_bytes);
    if (checksum(bytes.substr(0, head_checked_bytes)) != sum) return {HeadCheck::no_head, 0};
    const auto version = load_number<std::uint32_t>(bytes.data() + 8);
    const bool is_ours = version == recording_version;
    return {is_ours ? HeadCheck::good : HeadCheck::other_version, version};
}

std::string RecordingDamage::text() const {
    std::string_view reason;
    for (const auto& [known, name] : recording_fault_names) {
        if (known == fault) reason = name;
    }
    if (bytes == 0) return fmt::format("byte {}: {}: {}", offset, reason, blocks);
    std::string text = fmt::format("byte {}: {}; {} bytes are passed over", offset, reason, bytes);
    if (blocks > 1) text += fmt::format(" ({} blocks)", blocks);
    return text;
}

}  // namespace margind::wire
