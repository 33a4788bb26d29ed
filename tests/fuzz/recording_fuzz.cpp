// A recording, in one piece and in small ones: what is read does not depend on the pieces, every
// byte is used or told, and what is read can be recorded again.
#include <vector>

#include "fuzz/fuzz.hpp"
#include "wire/recording_decoder.hpp"
#include "wire/recording_encoder.hpp"

namespace {

using namespace margind;
using Found = wire::RecordingDecoder::Found;

struct Seen {
    std::uint64_t ticks = 0;
    std::uint64_t used = 0;  // bytes
    std::uint64_t told = 0;  // bytes, as damaged
    std::string again;       // recorded anew

    bool operator==(const Seen&) const = default;
};

void read_ticks(const wire::RecordingDecoder& decoder, wire::RecordingEncoder& encoder,
                Seen& seen) {
    const wire::TickRows rows = decoder.ticks();
    for (std::size_t row = 0; row < rows.size(); ++row) {
        const wire::NumberedTick tick = rows[row];
        fuzz::must(!std::isinf(tick.bid) && !std::isinf(tick.ask));
        const bool is_known =
            tick.number < decoder.names().size() && !decoder.names()[tick.number].empty();
        if (!is_known) continue;
        ++seen.ticks;
        fuzz::must(encoder.add(decoder.names()[tick.number], tick, seen.again));
    }
}

Seen read(std::string_view bytes, std::size_t piece) {
    wire::RecordingDecoder decoder;
    wire::RecordingEncoder encoder{1, 0};
    Seen seen{.again = wire::make_recording_head()};
    std::size_t begin = 0;
    std::size_t end = 0;
    for (;;) {
        const auto step = decoder.next(bytes.substr(begin, end - begin), end == bytes.size());
        begin += step.taken;
        fuzz::must(begin <= end);
        if (step.found == Found::end || step.found == Found::other_version) break;
        if (step.found == Found::damage) seen.told += decoder.damage().bytes;
        if (step.found == Found::ticks) read_ticks(decoder, encoder, seen);
        if (step.found != Found::nothing || step.taken > 0) continue;
        fuzz::must(end < bytes.size());
        end = std::min(bytes.size(), end + piece);
    }
    seen.used = begin;
    fuzz::must(seen.told <= seen.used);
    encoder.finish(seen.again);
    return seen;
}

}  // namespace

// Mutations rarely make a right checksum: every other input is sealed before it is read.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = fuzz::text_of(data, size);
    std::string bytes{text};
    if (size > wire::block_head_bytes && data[0] % 2 == 0) {
        std::string block{text.substr(1)};
        if (block.size() >= wire::block_head_bytes) {
            const wire::BlockHead head{.run = data[1],
                                       .sequence = data[2],
                                       .kind = std::uint32_t{data[3]} % 4,
                                       .count = data[4],
                                       .first_number = data[5]};
            wire::seal_block(head, block);
            bytes = wire::make_recording_head() + block;
        }
    }
    const Seen whole = read(bytes, bytes.size() + 1);
    fuzz::must(whole == read(bytes, 7));
    const Seen again = read(whole.again, 100);
    fuzz::must(again.ticks == whole.ticks && again.told == 0);
    return 0;
}
