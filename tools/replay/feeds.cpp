#include "replay/feeds.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "common/interrupt.hpp"

namespace margind::replay {
namespace {

constexpr std::uint64_t refusals_shown = 5;  // of each file; all are counted

/// True where file `a` holds a later tick than `b`, or the same moment behind it.
struct Later {
    const std::vector<FeedFile>& files;
    bool operator()(std::size_t a, std::size_t b) const {
        return std::pair{files[a].tick().time_ms, a} > std::pair{files[b].tick().time_ms, b};
    }
};

}  // namespace

FeedCounts& FeedCounts::operator+=(const FeedCounts& other) {
    lines += other.lines;
    filtered += other.filtered;
    out_of_order += other.out_of_order;
    refused += other.refused;
    damages.insert(damages.end(), other.damages.begin(), other.damages.end());
    return *this;
}

FeedFile::FeedFile(file::LineReader reader, const Options& options, Notice notice)
    : reader_{std::move(reader)},
      csv_{options.map ? wire::FeedCsv{*options.map} : wire::FeedCsv{}},
      options_{options},
      notice_{std::move(notice)} {}

std::expected<FeedFile, std::string> FeedFile::open(const std::string& path, const Options& options,
                                                    Notice notice) {
    auto reader = file::LineReader::open(path, file::LineReader::line_bytes_max_default,
                                         tools::is_interrupted);
    if (!reader) return std::unexpected{std::move(reader.error())};
    return FeedFile{std::move(*reader), options, std::move(notice)};
}

bool FeedFile::next() {
    file::Line line;
    while (reader_.next(line)) {
        ++counts_.lines;
        if (read_line(line)) return true;
    }
    if (!reader_.damage().empty() && counts_.damages.empty()) {
        counts_.damages.push_back(reader_.damage());
        notice_(reader_.damage() + "; what was read before it is used");
    }
    return false;
}

bool FeedFile::read_line(const file::Line& line) {
    using Kind = file::Line::Kind;
    if (line.kind == Kind::too_long) {
        refuse(line, wire::FeedFault::too_long);
        return false;
    }
    // In a file that was cut off the last line is torn, however whole it looks.
    if (line.kind == Kind::unterminated && !reader_.damage().empty()) {
        refuse(line, wire::FeedFault::torn);
        return false;
    }
    const wire::FeedCsv::Outcome outcome = line.kind == Kind::unterminated
                                               ? csv_.read_unterminated(line.text, tick_)
                                               : csv_.read(line.text, tick_);
    if (outcome.kind == wire::FeedCsv::Kind::refused) refuse(line, outcome.fault);
    if (outcome.kind != wire::FeedCsv::Kind::tick) return false;
    counts_.out_of_order += tick_.time_ms < newest_ms_ ? 1 : 0;
    newest_ms_ = std::max(newest_ms_, tick_.time_ms);
    if (passes()) return true;
    ++counts_.filtered;
    return false;
}

void FeedFile::refuse(const file::Line& line, wire::FeedFault fault) {
    counts_.refused.add(fault);
    const std::uint64_t total = counts_.refused.total();
    if (total <= refusals_shown) {
        notice_(fmt::format("{}:{}: refused: {}", reader_.path(), line.number, to_string(fault)));
    }
    if (total == refusals_shown + 1) {
        notice_(reader_.path() + ": more lines are refused; see the statistics");
    }
}

bool FeedFile::passes() const {
    if (options_.from_ms && tick_.time_ms < *options_.from_ms) return false;
    if (options_.to_ms && tick_.time_ms >= *options_.to_ms) return false;
    return options_.symbols.empty() ||
           std::ranges::find(options_.symbols, tick_.symbol) != options_.symbols.end();
}

std::expected<FeedMerge, std::string> FeedMerge::open(const Options& options,
                                                      const Notice& notice) {
    FeedMerge merge;
    for (const std::string& path : options.feeds) {
        auto file = FeedFile::open(path, options, notice);
        if (!file) return std::unexpected{std::move(file.error())};
        merge.files_.push_back(std::move(*file));
    }
    return merge;
}

/// Puts a file with its next tick into the heap; a file at its end stays out.
void FeedMerge::take_in(std::size_t file) {
    if (!files_[file].next()) return;
    heap_.push_back(file);
    std::ranges::push_heap(heap_, Later{files_});
}

const wire::FeedTick* FeedMerge::next() {
    if (!std::exchange(has_started_, true)) {
        for (std::size_t file = 0; file < files_.size(); ++file) take_in(file);
    }
    if (std::exchange(must_advance_, false)) {
        std::ranges::pop_heap(heap_, Later{files_});
        const std::size_t file = heap_.back();
        heap_.pop_back();
        take_in(file);
    }
    if (heap_.empty()) return nullptr;
    must_advance_ = true;
    return &files_[heap_.front()].tick();
}

FeedCounts FeedMerge::counts() const {
    FeedCounts sum;
    for (const FeedFile& file : files_) sum += file.counts();
    return sum;
}

std::uint64_t FeedMerge::bytes_read() const {
    std::uint64_t sum = 0;
    for (const FeedFile& file : files_) sum += file.reader().bytes_read();
    return sum;
}

std::uint64_t FeedMerge::bytes_total() const {
    std::uint64_t sum = 0;
    for (const FeedFile& file : files_) {
        if (file.reader().bytes_total() == 0) return 0;
        sum += file.reader().bytes_total();
    }
    return sum;
}

}  // namespace margind::replay
