#pragma once
#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <string_view>

namespace margind::file {

/// One price as it was seen. A side that was not in it is NaN.
struct RecordedTick {
    std::string_view symbol;
    double bid = 0.0;
    double ask = 0.0;
    std::int64_t ts_ms = 0;       // the feed's stamp; 0 = none
    std::int64_t arrival_ms = 0;  // wall clock
};

/// How ticks become the bytes of a file.
class RecordingForm {
public:
    virtual ~RecordingForm() = default;
    /// Appends to `out` what is ready to be written. False where the symbol cannot be written.
    virtual bool add(const RecordedTick& tick, std::string& out) = 0;
    /// Appends what `add` has held back.
    virtual void finish(std::string& out) { static_cast<void>(out); }
    [[nodiscard]] virtual std::size_t held_back_bytes() const { return 0; }
};

/// How a recorder goes on with a file.
struct RecordingStart {
    std::unique_ptr<RecordingForm> form;
    std::uint64_t size = 0;  // what is kept of the file
    std::string first;       // to be written before any tick
    std::string repair;      // what had to be done about its end; mostly empty
};

/// CSV (ts_ms,symbol,bid,ask,arrival_ms). Where a tick has no stamp, or one that is more than a day
/// from its arrival, the arrival stands in its place.
[[nodiscard]] std::expected<RecordingStart, std::string> start_csv(int file, std::uint64_t size);

/// The binary recording (docs/recording.md). Refuses a file that holds something else.
[[nodiscard]] std::expected<RecordingStart, std::string> start_binary(int file, std::uint64_t size);

}  // namespace margind::file
