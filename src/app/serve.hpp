#pragma once
#include <string>

#include "app/config.hpp"

namespace margind::app {

struct ServeOptions {
    std::string record;  // file for every tick seen; empty = none
    bool fails_fast = false;
};

/// Runs beside a trading platform's Redis until SIGINT or SIGTERM. The exit code.
int serve(const Config& config, const ServeOptions& options);

}  // namespace margind::app
