#pragma once
#include <cstdint>
#include <expected>
#include <string>

#include "replay/feeds.hpp"
#include "replay/options.hpp"
#include "wire/book_file.hpp"

namespace margind::replay {

/// A book with what became of its lines.
struct LoadedBook {
    wire::StoredBook book;
    wire::BookFileCounts counts;
    std::uint64_t accounts = 0;
    std::uint64_t orders = 0;  // open ones
    std::string damage;        // why the file ended before its end, else empty
};

/// Reads a book file (plain, gzip or zstd). Refused lines are told and counted; a book without any
/// account is an error.
[[nodiscard]] std::expected<LoadedBook, std::string> load_book(const Options& options,
                                                               const Notice& notice);

}  // namespace margind::replay
