#include "replay/feed_file.hpp"

#include <fmt/format.h>

#include "wire/recording.hpp"

namespace margind::replay {
namespace {

constexpr std::uint64_t refusals_shown = 5;  // of each file; all are counted
constexpr std::size_t damages_shown = 16;

}  // namespace

FeedCounts& FeedCounts::operator+=(const FeedCounts& other) {
    lines += other.lines;
    filtered += other.filtered;
    out_of_order += other.out_of_order;
    refused += other.refused;
    damaged_blocks += other.damaged_blocks;
    damages.insert(damages.end(), other.damages.begin(), other.damages.end());
    return *this;
}

std::expected<std::unique_ptr<FeedFile>, std::string> FeedFile::open(const std::string& path,
                                                                     const Options& options,
                                                                     Symbols& symbols,
                                                                     const Notice& notice) {
    return wire::is_recording_name(path) ? open_recording(path, options, symbols, notice)
                                         : open_csv(path, options, notice);
}

bool FeedFile::wants_symbol(std::string_view name) const {
    return options_.symbols.empty() ||
           std::ranges::find(options_.symbols, name) != options_.symbols.end();
}

bool FeedFile::refuse(wire::FeedFault fault) {
    counts_.refused.add(fault);
    const std::uint64_t total = counts_.refused.total();
    if (total <= refusals_shown) {
        notice_(fmt::format("{}: refused: {}", place(), to_string(fault)));
    }
    if (total == refusals_shown + 1) {
        notice_(fmt::format("{}: more is refused; see the statistics", place()));
    }
    return false;
}

void FeedFile::tell_damage(const std::string& text, std::string_view consequence) {
    if (counts_.damages.size() == damages_shown) return;
    counts_.damages.push_back(text);
    notice_(fmt::format("{}{}", text, consequence));
    if (counts_.damages.size() == damages_shown) {
        notice_("more damage of this file is counted, not told");
    }
}

}  // namespace margind::replay
