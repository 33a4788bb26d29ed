#pragma once
#include <spdlog/formatter.h>

#include <memory>

#include "app/config.hpp"

namespace margind::app {

/// Lines that are JSON objects whatever the text holds: {"ts":…,"level":…,"text":…}.
[[nodiscard]] std::unique_ptr<spdlog::formatter> json_log_formatter();

/// Sets the process's logger: one line per happening on standard error, key=value or JSON.
void set_up_logging(const Config& config);

}  // namespace margind::app
