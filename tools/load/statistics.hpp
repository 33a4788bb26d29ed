#pragma once
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace margind::load {

/// What was made, in order: names with counts.
using Counts = std::vector<std::pair<std::string, std::uint64_t>>;

}  // namespace margind::load
