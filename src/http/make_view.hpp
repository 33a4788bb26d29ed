#pragma once
#include <cstdint>
#include <memory>
#include <string>

#include "http/view.hpp"

namespace margind::http {

/// What a view says that does not change from beat to beat.
struct ViewOrigin {
    std::string version;
    Moment started;
    std::int64_t beat_interval_ms = 200;
    std::int64_t stale_after_ms = 5'000;  // no beat for so long: not ready
};

/// The view to publish at the end of a beat. On the engine's thread. `term` is the fencing token of
/// the lease, 0 without one.
[[nodiscard]] std::unique_ptr<const View> make_view(const ViewOrigin& origin, Engine& engine,
                                                    const service::Status& status,
                                                    const BeatStats& beat, std::uint64_t term,
                                                    Moment now);

}  // namespace margind::http
