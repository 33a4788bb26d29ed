#include "replay/feeds.hpp"

#include <algorithm>
#include <utility>

namespace margind::replay {
namespace {

/// True where file `a` holds a later tick than `b`, or the same moment behind it.
struct Later {
    const std::vector<std::unique_ptr<FeedFile>>& files;
    bool operator()(std::size_t a, std::size_t b) const {
        return std::pair{files[a]->tick().time_ms, a} > std::pair{files[b]->tick().time_ms, b};
    }
};

}  // namespace

std::expected<FeedMerge, std::string> FeedMerge::open(const Options& options,
                                                      const Notice& notice) {
    FeedMerge merge;
    for (const std::string& path : options.feeds) {
        auto file = FeedFile::open(path, options, *merge.symbols_, notice);
        if (!file) return std::unexpected{std::move(file.error())};
        merge.files_.push_back(std::move(*file));
    }
    return merge;
}

/// Puts a file with its next tick into the heap; a file at its end stays out.
void FeedMerge::take_in(std::size_t file) {
    if (!files_[file]->next()) return;
    heap_.push_back(file);
    std::ranges::push_heap(heap_, Later{files_});
}

const wire::FeedTick* FeedMerge::next() {
    // Of one file there is nothing to merge.
    if (given_ == nullptr || heap_.size() > 1) return merge();
    if (given_->next()) return &given_->tick();
    given_ = nullptr;
    heap_.clear();
    return nullptr;
}

const wire::FeedTick* FeedMerge::merge() {
    if (!std::exchange(has_started_, true)) {
        for (std::size_t file = 0; file < files_.size(); ++file) take_in(file);
    } else if (given_ != nullptr) {
        std::ranges::pop_heap(heap_, Later{files_});
        const std::size_t file = heap_.back();
        heap_.pop_back();
        take_in(file);
    }
    given_ = heap_.empty() ? nullptr : files_[heap_.front()].get();
    return given_ == nullptr ? nullptr : &given_->tick();
}

FeedCounts FeedMerge::counts() const {
    FeedCounts sum;
    for (const auto& file : files_) sum += file->counts();
    return sum;
}

std::uint64_t FeedMerge::bytes_read() const {
    std::uint64_t sum = 0;
    for (const auto& file : files_) sum += file->bytes_read();
    return sum;
}

std::uint64_t FeedMerge::bytes_total() const {
    std::uint64_t sum = 0;
    for (const auto& file : files_) {
        if (file->bytes_total() == 0) return 0;
        sum += file->bytes_total();
    }
    return sum;
}

}  // namespace margind::replay
