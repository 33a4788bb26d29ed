#pragma once
#include <memory>

#include "app/config.hpp"
#include "http/view.hpp"
#include "margind/core/engine.hpp"
#include "margind/core/moment.hpp"
#include "service/status.hpp"

namespace margind::app {

/// What the service shows of itself at the end of a beat.
[[nodiscard]] std::unique_ptr<const http::View> make_view(const Config& config, Engine& engine,
                                                          const service::Status& status,
                                                          const BeatStats& beat, Moment started,
                                                          Moment now, std::uint64_t term);

/// Why the service must not be relied upon yet; empty = ready.
[[nodiscard]] std::vector<http::Reason> not_ready(const service::Status& status);

}  // namespace margind::app
