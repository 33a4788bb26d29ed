#pragma once
#include "replay/options.hpp"

namespace margind::replay {

/// Runs scenarios, names every expectation that fails, prints statistics. The exit code.
[[nodiscard]] int replay_scenarios(const Options& options);

}  // namespace margind::replay
