#include "app/tick_recording.hpp"

#include <spdlog/spdlog.h>

namespace margind::app {

std::expected<std::unique_ptr<TickRecording>, std::string> TickRecording::open(
    const std::string& path) {
    auto recorder = file::Recorder::open(path);
    if (!recorder) return std::unexpected{recorder.error()};
    return std::unique_ptr<TickRecording>{new TickRecording{std::move(*recorder)}};
}

void TickRecording::on_tick(std::string_view symbol, const PriceTick& tick, Moment arrived) {
    recorder_.record({symbol, tick.bid, tick.ask, tick.ts_ms, arrived.wall_ms});
    if (!recorder_.has_stopped() || has_told_) return;
    has_told_ = true;
    spdlog::error("event=recording_stopped ticks={} reason=\"{}\"", recorder_.ticks_written(),
                  recorder_.stop_reason());
}

}  // namespace margind::app
