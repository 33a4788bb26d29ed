#include <fmt/format.h>

#include <cmath>
#include <string_view>
#include <utility>
#include <vector>

#include "adapters/file/recording_reader.hpp"
#include "common/interrupt.hpp"
#include "replay/feed_file.hpp"
#include "wire/feed_time.hpp"

namespace margind::replay {
namespace {

class RecordingFeed final : public FeedFile {
public:
    RecordingFeed(file::RecordingReader reader, const Options& options, Symbols& symbols,
                  const Notice& notice)
        : FeedFile{options, notice}, reader_{std::move(reader)}, symbols_{symbols} {}

    bool next() override {
        do {
            while (row_ < rows_.size()) {
                if (read_tick(rows_[row_++])) return true;
            }
        } while (next_block());
        return false;
    }
    [[nodiscard]] std::uint64_t bytes_read() const override { return reader_.bytes_read(); }
    [[nodiscard]] std::uint64_t bytes_total() const override { return reader_.bytes_total(); }

private:
    using Found = file::RecordingReader::Found;

    /// A symbol of the recording; without a name where that is not known.
    struct Known {
        std::string_view name;
        std::uint32_t number = wire::FeedTick::no_number;
        bool is_wanted = false;
    };

    /// Refuses what would be refused in a line of CSV.
    bool read_tick(const wire::NumberedTick& seen) {
        ++counts_.lines;
        if (seen.number >= known_.size() || known_[seen.number].name.empty()) {
            return refuse(wire::FeedFault::unknown_symbol);
        }
        if (!wire::is_plausible_feed_time(seen.time_ms)) {
            return refuse(wire::FeedFault::implausible_time);
        }
        if (std::isnan(seen.bid) && std::isnan(seen.ask)) return refuse(wire::FeedFault::no_price);
        const Known& symbol = known_[seen.number];
        tick_ = {.time_ms = seen.time_ms,
                 .ts_ms = seen.ts_ms,
                 .symbol = symbol.name,
                 .bid = seen.bid,
                 .ask = seen.ask,
                 .number = symbol.number};
        return take_tick(symbol.is_wanted);
    }

    /// Out of line: `next` is short without it.
    [[gnu::noinline]] bool next_block() {
        rows_ = {};
        row_ = 0;
        for (;;) {
            const Found found = reader_.next();
            // Where an interrupt ended the reading, a block that ends there is not cut off.
            if (found == Found::end || tools::is_interrupted()) return tell_end();
            if (found == Found::damage) {
                counts_.damaged_blocks += reader_.decoder().damage().blocks;
                tell_damage(reader_.path() + ": " + reader_.decoder().damage().text(), "");
                continue;
            }
            follow_names(found == Found::names);
            if (found != Found::ticks) continue;
            rows_ = reader_.decoder().ticks();
            return true;
        }
    }

    bool tell_end() {
        if (!reader_.damage().empty() && !std::exchange(has_told_end_, true)) {
            tell_damage(reader_.damage(), uses_front);
        }
        return false;
    }

    /// Numbers of the file become those of all recordings; names are looked up here alone.
    void follow_names(bool are_new) {
        const wire::RecordingDecoder& decoder = reader_.decoder();
        if (std::exchange(run_, decoder.run()) != decoder.run()) known_.clear();
        if (!are_new) return;
        const std::vector<std::string>& names = decoder.names();
        known_.resize(names.size());
        for (std::size_t number = 0; number < names.size(); ++number) {
            if (known_[number].name.empty() && !names[number].empty()) {
                known_[number] = known_by(names[number]);
            }
        }
    }

    Known known_by(std::string_view name) {
        SymbolId id = symbols_.find(name);
        if (id.is_none()) {
            if (symbols_.size() == wire::recording_symbols_max) return {};
            id = symbols_.intern(name);
        }
        return {symbols_.name(id), id.value, wants_symbol(name)};
    }

    [[nodiscard]] std::string place() const override {
        const std::size_t behind = (rows_.size() - row_ + 1) * wire::tick_bytes;
        const std::uint64_t end = reader_.decoder().good_end().value_or(0);
        return fmt::format("{}: byte {}", reader_.path(), end - behind);
    }

    file::RecordingReader reader_;
    Symbols& symbols_;
    std::uint64_t run_ = 0;
    std::vector<Known> known_;  // by the number in this run of the file
    wire::TickRows rows_;       // of the block that is being read
    std::size_t row_ = 0;       // the next one
    bool has_told_end_ = false;
};

}  // namespace

std::expected<std::unique_ptr<FeedFile>, std::string> open_recording(const std::string& path,
                                                                     const Options& options,
                                                                     Symbols& symbols,
                                                                     const Notice& notice) {
    auto reader = file::RecordingReader::open(path, tools::is_interrupted);
    if (!reader) return std::unexpected{std::move(reader.error())};
    return std::make_unique<RecordingFeed>(std::move(*reader), options, symbols, notice);
}

}  // namespace margind::replay
