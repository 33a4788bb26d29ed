#include "wire/recording_decoder.hpp"

#include <algorithm>

namespace margind::wire {

RecordingDecoder::RecordingDecoder(From from, std::uint64_t offset)
    : wants_head_{from == From::head},
      is_searching_{from == From::middle},
      is_damage_told_{from == From::head},
      offset_{offset} {}

RecordingDecoder::Step RecordingDecoder::next(std::string_view bytes, bool is_last) {
    const Step step = is_searching_ ? search(bytes, is_last) : read(bytes, is_last);
    offset_ += step.taken;
    return step;
}

RecordingDecoder::Step RecordingDecoder::read(std::string_view bytes, bool is_last) {
    if (bytes.empty()) return {is_last ? Found::end : Found::nothing, 0};
    if (wants_head_) return take_head(bytes, is_last);
    BlockHead head;
    switch (check_block(bytes, head)) {
        case BlockCheck::good: return take_block(bytes, head);
        case BlockCheck::incomplete:
            return is_last ? begin_damage(RecordingFault::cut_off, bytes, is_last) : Step{};
        case BlockCheck::bad_checksum:
            return begin_damage(RecordingFault::bad_checksum, bytes, is_last);
        case BlockCheck::no_block: break;
    }
    // Another recording may have been put behind this one.
    const HeadCheck check = check_recording_head(bytes).check;
    if (check == HeadCheck::good) return take_head(bytes, is_last);
    if (check == HeadCheck::incomplete && !is_last) return {};
    return begin_damage(RecordingFault::no_block, bytes, is_last);
}

RecordingDecoder::Step RecordingDecoder::take_head(std::string_view bytes, bool is_last) {
    const HeadReading reading = check_recording_head(bytes);
    if (reading.check == HeadCheck::incomplete && !is_last) return {};
    if (reading.check == HeadCheck::other_version) {
        version_ = reading.version;
        return {Found::other_version, 0};
    }
    wants_head_ = false;
    if (reading.check != HeadCheck::good) {
        return begin_damage(RecordingFault::bad_head, bytes, is_last);
    }
    sequence_ = 0;
    knows_sequence_ = true;
    good_end_ = offset_ + recording_head_bytes;
    return {Found::nothing, recording_head_bytes};
}

RecordingDecoder::Step RecordingDecoder::take_block(std::string_view bytes, const BlockHead& head) {
    if (knows_sequence_ && head.sequence != sequence_) {
        knows_sequence_ = false;
        damage_ = {RecordingFault::missing, offset_, 0, blocks_left_out(head)};
        return {Found::damage, 0};
    }
    knows_sequence_ = true;
    sequence_ = head.sequence + 1;
    if (run_ != head.run) names_.clear();
    run_ = head.run;
    const std::size_t size = block_head_bytes + head.payload_bytes;
    good_end_ = offset_ + size;
    const std::string_view payload = bytes.substr(block_head_bytes, head.payload_bytes);
    switch (static_cast<BlockKind>(head.kind)) {
        case BlockKind::ticks: ticks_ = TickRows{payload}; return {Found::ticks, size};
        case BlockKind::names:
            if (take_names(head, payload)) return {Found::names, size};
            damage_ = {RecordingFault::bad_names, offset_, size, 1};
            return {Found::damage, size};
    }
    return {Found::nothing, size};  // a kind that came later: readers of this version leave it out
}

/// Takes all the names, or none where one of them cannot be.
bool RecordingDecoder::take_names(const BlockHead& head, std::string_view payload) {
    std::vector<std::string_view> found;
    while (!payload.empty() && found.size() < head.count) {
        const std::size_t size = static_cast<unsigned char>(payload.front());
        const std::string_view name = payload.substr(1, size);
        if (name.size() != size || check_feed_name(name) != NameFault::none) return false;
        const std::size_t number = head.first_number + found.size();
        const bool is_known = number < names_.size() && !names_[number].empty();
        if (is_known && names_[number] != name) return false;
        found.push_back(name);
        payload.remove_prefix(1 + size);
    }
    if (found.size() != head.count || !payload.empty()) return false;
    names_.resize(std::max<std::size_t>(names_.size(), head.first_number + found.size()));
    std::ranges::copy(found, names_.begin() + head.first_number);
    return true;
}

std::uint64_t RecordingDecoder::blocks_left_out(const BlockHead& head) const {
    return head.sequence > sequence_ ? head.sequence - sequence_ : 1;
}

RecordingDecoder::Step RecordingDecoder::begin_damage(RecordingFault fault, std::string_view bytes,
                                                      bool is_last) {
    damage_ = {fault, offset_, 0, 1};
    is_searching_ = true;
    is_damage_told_ = true;
    search_from_ = fault == RecordingFault::bad_head ? 0 : 1;
    return search(bytes, is_last);
}

RecordingDecoder::Step RecordingDecoder::end_damage(std::size_t taken, std::uint64_t blocks) {
    is_searching_ = false;
    knows_sequence_ = false;
    if (!is_damage_told_) return {Found::nothing, taken};
    damage_.bytes = offset_ + taken - damage_.offset;
    damage_.blocks = blocks;
    return {Found::damage, taken};
}

RecordingDecoder::Step RecordingDecoder::search(std::string_view bytes, bool is_last) {
    constexpr std::size_t none = std::string_view::npos;
    const std::size_t from = search_from_;
    search_from_ = 0;
    for (std::size_t at = find_mark(bytes, from); at != none; at = find_mark(bytes, at + 1)) {
        BlockHead block;
        const BlockCheck check = check_block(bytes.substr(at), block);
        const HeadCheck head_check = check_recording_head(bytes.substr(at)).check;
        if (check == BlockCheck::good) return end_damage(at, blocks_left_out(block));
        if (head_check == HeadCheck::good) return end_damage(at, 1);
        const bool may_be = check == BlockCheck::incomplete || head_check == HeadCheck::incomplete;
        if (may_be && !is_last) return {Found::nothing, at};
    }
    return is_last ? end_damage(bytes.size(), 1) : Step{Found::nothing, bytes.size()};
}

}  // namespace margind::wire
