#pragma once
#include "app/config.hpp"
#include "margind/core/engine.hpp"

namespace margind::app {

/// What the engine is made of, from the configuration.
[[nodiscard]] EngineOptions engine_options(const Config& config);

}  // namespace margind::app
