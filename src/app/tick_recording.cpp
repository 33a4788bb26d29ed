#include "app/tick_recording.hpp"

#include <spdlog/spdlog.h>

#include <utility>

namespace margind::app {

std::expected<std::unique_ptr<TickRecording>, std::string> TickRecording::open(
    const std::string& path) {
    auto recorder = file::Recorder::open(path);
    if (!recorder) return std::unexpected{recorder.error()};
    if (!recorder->repair().empty()) {
        spdlog::warn("event=recording_mended reason=\"{}\"", recorder->repair());
    }
    return std::unique_ptr<TickRecording>{new TickRecording{std::move(*recorder)}};
}

void TickRecording::on_tick(std::string_view symbol, const PriceTick& tick, Moment arrived) {
    if (!recorder_.record({symbol, tick.bid, tick.ask, tick.ts_ms, arrived.wall_ms})) tell_once();
}

void TickRecording::flush() {
    if (!recorder_.flush()) tell_once();
}

void TickRecording::tell_once() {
    if (std::exchange(has_told_, true)) return;
    spdlog::error("event=recording_stopped ticks={} reason=\"{}\"", recorder_.ticks_written(),
                  recorder_.stop_reason());
}

}  // namespace margind::app
