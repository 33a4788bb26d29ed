#pragma once
#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <vector>

#include "replay/feed_file.hpp"
#include "replay/options.hpp"

namespace margind::replay {

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
    [[gnu::noinline]] const wire::FeedTick* merge();

    std::unique_ptr<Symbols> symbols_ = std::make_unique<Symbols>();  // of all recordings
    std::vector<std::unique_ptr<FeedFile>> files_;
    std::vector<std::size_t> heap_;  // of files that hold a tick, the earliest on top
    FeedFile* given_ = nullptr;      // the file of the last tick
    bool has_started_ = false;
};

}  // namespace margind::replay
