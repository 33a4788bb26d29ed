#pragma once
#include <optional>

#include "app/config.hpp"
#include "app/daily_reset.hpp"
#include "app/session_calendar.hpp"
#include "margind/core/engine/engine.hpp"

namespace margind::app {

/// What the engine is made of, from the configuration.
[[nodiscard]] EngineOptions engine_options(const Config& config);

/// The trading hours of the configuration's [[sessions]].
[[nodiscard]] SessionCalendar session_calendar(const Config& config);

/// When its prop-firm days begin; nothing where it has no reset.
[[nodiscard]] std::optional<DailyReset> daily_reset(const Config& config);

}  // namespace margind::app
