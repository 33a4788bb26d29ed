#pragma once
#include <cstdint>
#include <expected>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/file/line_reader.hpp"
#include "replay/options.hpp"
#include "wire/feed_csv.hpp"

namespace margind::replay {

/// Tells the user something while the replay goes on.
using Notice = std::function<void(const std::string&)>;

/// What became of the lines of all feeds.
struct FeedCounts {
    std::uint64_t lines = 0;
    std::uint64_t filtered = 0;      // good ticks that --from, --to or --symbols leave out
    std::uint64_t out_of_order = 0;  // behind an earlier line of the same file
    wire::FeedFaultCounts refused;
    std::vector<std::string> damages;  // files that ended before their end

    FeedCounts& operator+=(const FeedCounts& other);
};

/// The ticks of one file that pass the filters.
class FeedFile {
public:
    static std::expected<FeedFile, std::string> open(const std::string& path,
                                                     const Options& options, Notice notice);

    /// Goes to the next tick; false at the end.
    bool next();
    /// The tick gone to; its symbol is valid until the next `next`.
    [[nodiscard]] const wire::FeedTick& tick() const { return tick_; }
    [[nodiscard]] const FeedCounts& counts() const { return counts_; }
    [[nodiscard]] const file::LineReader& reader() const { return reader_; }

private:
    FeedFile(file::LineReader reader, const Options& options, Notice notice);
    bool read_line(const file::Line& line);
    void refuse(const file::Line& line, wire::FeedFault fault);
    [[nodiscard]] bool passes() const;

    file::LineReader reader_;
    wire::FeedCsv csv_;
    const Options& options_;
    Notice notice_;
    wire::FeedTick tick_;
    std::int64_t newest_ms_ = 0;
    FeedCounts counts_;
};

/// Several files as one feed in order of time, streaming: a tick each is held, no more. Files of
/// the same moment go in the order of the command line.
class FeedMerge {
public:
    static std::expected<FeedMerge, std::string> open(const Options& options, const Notice& notice);

    /// The next tick, valid until the next call; null at the end.
    const wire::FeedTick* next();
    [[nodiscard]] FeedCounts counts() const;
    /// Bytes as they lie on the disk; 0 in all where one of the files does not say.
    [[nodiscard]] std::uint64_t bytes_read() const;
    [[nodiscard]] std::uint64_t bytes_total() const;

private:
    void take_in(std::size_t file);

    std::vector<FeedFile> files_;
    std::vector<std::size_t> heap_;  // of files that hold a tick, the earliest on top
    bool has_started_ = false;
    bool must_advance_ = false;
};

}  // namespace margind::replay
