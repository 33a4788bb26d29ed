#pragma once
#include <algorithm>
#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "margind/core/base/interner.hpp"
#include "replay/options.hpp"
#include "wire/feed_csv.hpp"

namespace margind::replay {

/// Tells the user something while the replay goes on.
using Notice = std::function<void(const std::string&)>;

/// What became of the lines of all feeds, or of the ticks of recordings.
struct FeedCounts {
    std::uint64_t lines = 0;
    std::uint64_t filtered = 0;      // good ticks that --from, --to or --symbols leave out
    std::uint64_t out_of_order = 0;  // behind an earlier line of the same file
    wire::FeedFaultCounts refused;
    std::uint64_t damaged_blocks = 0;  // of recordings
    std::vector<std::string> damages;  // files that ended before their end, places in recordings

    FeedCounts& operator+=(const FeedCounts& other);
};

/// The ticks of one file that pass the filters.
class FeedFile {
public:
    /// A CSV file or, by its name, a recording. `symbols` numbers the symbols of all recordings;
    /// it and the options outlive the file.
    static std::expected<std::unique_ptr<FeedFile>, std::string> open(const std::string& path,
                                                                      const Options& options,
                                                                      Symbols& symbols,
                                                                      const Notice& notice);
    virtual ~FeedFile() = default;

    /// Goes to the next tick; false at the end.
    virtual bool next() = 0;
    /// The tick gone to; its symbol is valid until the next `next`.
    [[nodiscard]] const wire::FeedTick& tick() const { return tick_; }
    [[nodiscard]] const FeedCounts& counts() const { return counts_; }
    [[nodiscard]] virtual std::uint64_t bytes_read() const = 0;
    [[nodiscard]] virtual std::uint64_t bytes_total() const = 0;

protected:
    FeedFile(const Options& options, Notice notice)
        : options_{options}, notice_{std::move(notice)} {}
    /// Counts a good tick; false where the filters leave it out. `is_wanted`: its symbol.
    bool take_tick(bool is_wanted) {
        counts_.out_of_order += tick_.time_ms < newest_ms_ ? 1 : 0;
        newest_ms_ = std::max(newest_ms_, tick_.time_ms);
        const bool passes = is_wanted && !(options_.from_ms && tick_.time_ms < *options_.from_ms) &&
                            !(options_.to_ms && tick_.time_ms >= *options_.to_ms);
        counts_.filtered += passes ? 0 : 1;
        return passes;
    }
    [[nodiscard]] bool wants_symbol(std::string_view name) const;
    /// Where in the file the reader is: "day.csv:7".
    [[nodiscard]] virtual std::string place() const = 0;
    /// Counts what is not used; the first few of a file are told. False.
    bool refuse(wire::FeedFault fault);
    /// Why less than the whole file is used, and what follows. The first few of a file are kept and
    /// told.
    void tell_damage(const std::string& text, std::string_view consequence);

    static constexpr std::string_view uses_front = "; what was read before it is used";

    const Options& options_;
    Notice notice_;
    wire::FeedTick tick_;
    std::int64_t newest_ms_ = 0;
    FeedCounts counts_;
};

[[nodiscard]] std::expected<std::unique_ptr<FeedFile>, std::string> open_csv(
    const std::string& path, const Options& options, const Notice& notice);
[[nodiscard]] std::expected<std::unique_ptr<FeedFile>, std::string> open_recording(
    const std::string& path, const Options& options, Symbols& symbols, const Notice& notice);

}  // namespace margind::replay
