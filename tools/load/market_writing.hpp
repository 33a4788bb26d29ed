#pragma once
#include <expected>
#include <string>

#include "load/options.hpp"
#include "load/statistics.hpp"

namespace margind::load {

/// Runs a market into a Redis until its time is over or the user stops it.
[[nodiscard]] std::expected<Counts, std::string> run_market(const Options& options);

}  // namespace margind::load
