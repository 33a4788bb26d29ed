#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <random>
#include <span>
#include <vector>

#include "adapters/file/recording_form.hpp"
#include "wire/recording_decoder.hpp"
#include "wire/recording_encoder.hpp"

namespace margind::file {
namespace {

// A write is torn within a block, so that the end of any file which was only torn has a whole one.
constexpr std::uint64_t tail_bytes = 4 * wire::block_bytes_max;

class BinaryForm final : public RecordingForm {
public:
    BinaryForm(std::uint64_t run, std::uint64_t sequence) : encoder_{run, sequence} {}

    bool add(const RecordedTick& tick, std::string& out) override {
        return encoder_.add(
            tick.symbol,
            {.time_ms = tick.arrival_ms, .ts_ms = tick.ts_ms, .bid = tick.bid, .ask = tick.ask},
            out);
    }
    void finish(std::string& out) override { encoder_.finish(out); }
    [[nodiscard]] std::size_t held_back_bytes() const override { return encoder_.waiting_bytes(); }

private:
    wire::RecordingEncoder encoder_;
};

/// Reads up to `out.size()` bytes from a place; fewer at the end of the file and on an error.
std::size_t read_at(int file, std::uint64_t offset, std::span<char> out) {
    std::size_t count = 0;
    while (count < out.size()) {
        const ssize_t more = ::pread(file, out.data() + count, out.size() - count,
                                     static_cast<off_t>(offset + count));
        if (more < 0 && errno == EINTR) continue;
        if (more <= 0) break;
        count += static_cast<std::size_t>(more);
    }
    return count;
}

/// What a file ends with, as far as it has been looked at.
struct Ending {
    std::optional<std::uint64_t> good_end;
    std::uint64_t next_sequence = 0;
    std::uint32_t other_version = 0;
};

Ending look(int file, std::uint64_t from, std::uint64_t size) {
    using Decoder = wire::RecordingDecoder;
    Decoder decoder{from == 0 ? Decoder::From::head : Decoder::From::middle, from};
    std::vector<char> buffer(tail_bytes);
    std::string_view rest;
    for (;;) {
        const Decoder::Step step = decoder.next(rest, from == size);
        rest.remove_prefix(step.taken);
        if (step.found == Decoder::Found::other_version) return {{}, 0, decoder.version()};
        if (step.found == Decoder::Found::end) break;
        if (step.found != Decoder::Found::nothing || step.taken > 0) continue;
        std::ranges::copy(rest, buffer.begin());
        const auto space = std::span{buffer}.subspan(rest.size());
        const std::size_t count =
            read_at(file, from, space.first(std::min<std::size_t>(space.size(), size - from)));
        rest = {buffer.data(), rest.size() + count};
        from = count == 0 ? size : from + count;
    }
    return {decoder.good_end(), decoder.next_sequence(), 0};
}

/// Looks at the end of a file only, unless there is no whole block there.
Ending look_at_end(int file, std::uint64_t size) {
    if (size > tail_bytes) {
        std::vector<char> head(wire::recording_head_bytes);
        const std::size_t count = read_at(file, 0, head);
        const auto reading = wire::check_recording_head({head.data(), count});
        if (reading.check == wire::HeadCheck::other_version) return {{}, 0, reading.version};
        const Ending ending = look(file, size - tail_bytes, size);
        if (ending.good_end) return ending;
    }
    return look(file, 0, size);
}

bool is_torn_head(int file, std::uint64_t size) {
    const std::string head = wire::make_recording_head();
    if (size >= head.size()) return false;
    std::string found(size, '\0');
    return read_at(file, 0, found) == size && head.starts_with(found);
}

std::unique_ptr<RecordingForm> make_form(std::uint64_t sequence) {
    std::random_device chance;
    const std::uint64_t run = std::uint64_t{chance()} << 32 | chance();
    return std::make_unique<BinaryForm>(run, sequence);
}

}  // namespace

std::expected<RecordingStart, std::string> start_binary(int file, std::uint64_t size) {
    RecordingStart start;
    if (size == 0 || is_torn_head(file, size)) {
        start.form = make_form(0);
        start.first = wire::make_recording_head();
        if (size > 0) start.repair = "its head was torn and is written anew";
        return start;
    }
    const Ending ending = look_at_end(file, size);
    if (ending.other_version != 0) {
        return std::unexpected{fmt::format("a recording of version {}; this program writes {}",
                                           ending.other_version, wire::recording_version)};
    }
    if (!ending.good_end) return std::unexpected{"no recording, and left as it is"};
    start.form = make_form(ending.next_sequence);
    start.size = size;
    const std::uint64_t torn = size - *ending.good_end;
    if (torn == 0) return start;
    // More than a write leaves behind: somebody may want to look at it. Readers pass over it.
    const bool is_cut = torn <= wire::block_bytes_max;
    if (is_cut) start.size = *ending.good_end;
    start.repair = fmt::format("its last {} bytes were torn and {}", torn,
                               is_cut ? "are cut off" : "stay; readers pass over them");
    return start;
}

}  // namespace margind::file
