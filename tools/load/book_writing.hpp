#pragma once
#include <expected>
#include <string>

#include "load/options.hpp"
#include "load/statistics.hpp"

namespace margind::load {

/// Makes the book and writes it where the options say: a file, or a Redis.
[[nodiscard]] std::expected<Counts, std::string> write_book(const Options& options);

}  // namespace margind::load
