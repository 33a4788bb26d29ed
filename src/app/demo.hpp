#pragma once
#include <cstdint>

#include "app/config.hpp"

namespace margind::app {

struct DemoOptions {
    std::int64_t seconds = 0;   // 0 = until a signal
    std::int64_t accounts = 0;  // 0 = as configured
};

/// Runs on a store and a seeded market in memory, and shows what happens. The exit code.
int demo(const Config& config, const DemoOptions& options);

}  // namespace margind::app
