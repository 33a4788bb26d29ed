#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "wire/recording.hpp"

namespace margind::wire {

/// The ticks of a block, read where they lie.
class TickRows {
public:
    TickRows() = default;
    explicit TickRows(std::string_view bytes) : bytes_{bytes} {}

    [[nodiscard]] bool is_empty() const { return bytes_.empty(); }
    [[nodiscard]] std::size_t size() const { return bytes_.size() / tick_bytes; }
    [[nodiscard]] NumberedTick operator[](std::size_t row) const {
        return load_tick(bytes_.data() + row * tick_bytes);
    }

private:
    std::string_view bytes_;
};

/// Reads the bytes of a recording, piece by piece. What is damaged is passed over up to the next
/// whole block and reported; a tick is given only out of a block whose checksum is right.
class RecordingDecoder {
public:
    enum class From : std::uint8_t {
        head,    // of the file
        middle,  // anywhere: what comes before the first whole block is no damage
    };
    /// `offset` of the first byte in the file.
    explicit RecordingDecoder(From from = From::head, std::uint64_t offset = 0);

    enum class Found : std::uint8_t {
        nothing,        // more bytes are wanted
        ticks,          // see `ticks`
        names,          // see `names`; also where they were known already
        damage,         // see `damage`
        other_version,  // nothing more can be read; see `version`
        end,
    };
    struct Step {
        Found found = Found::nothing;
        std::size_t taken = 0;  // bytes that are done with: `next` shall begin behind them
    };
    /// `bytes` begin where the last step left off; `is_last` says that none will follow them. With
    /// block_bytes_max bytes there is always something to take.
    Step next(std::string_view bytes, bool is_last);

    /// Valid as long as the bytes they were found in.
    [[nodiscard]] TickRows ticks() const { return ticks_; }
    [[nodiscard]] const RecordingDamage& damage() const { return damage_; }
    [[nodiscard]] std::uint32_t version() const { return version_; }
    /// Of the block found last. Numbers hold within one run.
    [[nodiscard]] std::uint64_t run() const { return run_.value_or(0); }
    /// The names of this run by number; empty where it is not known.
    [[nodiscard]] const std::vector<std::string>& names() const { return names_; }
    /// Behind the last whole block, and its number with one added: where a writer goes on.
    [[nodiscard]] std::optional<std::uint64_t> good_end() const { return good_end_; }
    [[nodiscard]] std::uint64_t next_sequence() const { return sequence_; }

private:
    Step read(std::string_view bytes, bool is_last);
    Step search(std::string_view bytes, bool is_last);
    Step take_head(std::string_view bytes, bool is_last);
    Step take_block(std::string_view bytes, const BlockHead& head);
    Step begin_damage(RecordingFault fault, std::string_view bytes, bool is_last);
    Step end_damage(std::size_t taken, std::uint64_t blocks);
    [[nodiscard]] std::uint64_t blocks_left_out(const BlockHead& head) const;
    [[nodiscard]] bool take_names(const BlockHead& head, std::string_view payload);

    bool wants_head_;
    bool is_searching_ = false;
    bool is_damage_told_ = true;   // what is passed over in the search
    std::size_t search_from_ = 0;  // in the bytes of the next step
    std::uint64_t offset_;         // of the bytes of the next step
    std::optional<std::uint64_t> run_;
    std::uint64_t sequence_ = 0;  // of the next block
    bool knows_sequence_ = false;
    std::optional<std::uint64_t> good_end_;
    std::vector<std::string> names_;
    TickRows ticks_;
    RecordingDamage damage_;
    std::uint32_t version_ = 0;
};

}  // namespace margind::wire
