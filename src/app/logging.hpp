#pragma once
#include "app/config.hpp"

namespace margind::app {

/// Sets the process's logger: one line per happening on standard error, key=value or JSON.
void set_up_logging(const Config& config);

}  // namespace margind::app
