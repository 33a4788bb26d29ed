#pragma once
#include <expected>
#include <memory>
#include <string>

#include "adapters/file/recorder.hpp"
#include "service/ingest.hpp"

namespace margind::app {

/// Records every tick the service sees. A disk that is full ends the recording, never the service.
class TickRecording final : public service::TickObserver {
public:
    static std::expected<std::unique_ptr<TickRecording>, std::string> open(const std::string& path);

    /// Hands what has been seen to the file. Once a beat: a recording is looked at while it runs.
    void flush();
    void on_tick(std::string_view symbol, const PriceTick& tick, Moment arrived) override;

private:
    explicit TickRecording(file::Recorder recorder) : recorder_{std::move(recorder)} {}
    void tell_once();

    file::Recorder recorder_;
    bool has_told_ = false;
};

}  // namespace margind::app
