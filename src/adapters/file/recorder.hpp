#pragma once
#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "adapters/file/file_descriptor.hpp"

namespace margind::file {

/// One price as it was seen. A side that was not in it is NaN.
struct RecordedTick {
    std::string_view symbol;
    double bid = 0.0;
    double ask = 0.0;
    // The feed's stamp; where there is none, or it is more than a day off, the arrival stands in
    // its place.
    std::int64_t ts_ms = 0;
    std::int64_t arrival_ms = 0;  // wall clock
};

/// Appends prices to a CSV file (ts_ms,symbol,bid,ask,arrival_ms) that the replay tool reads. When
/// the disk is full or fails it stops recording and says so; the caller goes on. Not thread-safe.
class Recorder {
public:
    static constexpr std::size_t flush_bytes_default = 64 * 1024;

    /// Opens or makes the file; an unfinished last line of an earlier run is closed first.
    static std::expected<Recorder, std::string> open(const std::string& path,
                                                     std::size_t flush_bytes = flush_bytes_default);
    Recorder(Recorder&&) noexcept = default;
    Recorder& operator=(Recorder&&) = delete;
    ~Recorder() { flush(); }

    /// False once recording has stopped. Symbols that would break the file are refused and counted.
    bool record(const RecordedTick& tick);
    /// Hands everything to the operating system. False once recording has stopped.
    bool flush();

    [[nodiscard]] bool has_stopped() const { return !stop_reason_.empty(); }
    /// Why recording has stopped; empty while it runs.
    [[nodiscard]] const std::string& stop_reason() const { return stop_reason_; }
    [[nodiscard]] std::uint64_t ticks_written() const { return ticks_written_; }
    [[nodiscard]] std::uint64_t ticks_refused() const { return ticks_refused_; }
    /// Ticks that came after recording had stopped, or were in the buffer when it did.
    [[nodiscard]] std::uint64_t ticks_lost() const { return ticks_lost_; }

private:
    Recorder(std::string path, FileDescriptor file, std::uint64_t size, std::size_t flush_bytes)
        : path_{std::move(path)}, file_{std::move(file)}, size_{size}, flush_bytes_{flush_bytes} {}
    void stop(int error);

    std::string path_;
    FileDescriptor file_;
    std::uint64_t size_;  // of the file, up to the last whole line
    std::size_t flush_bytes_;
    std::string buffer_;
    std::uint64_t ticks_buffered_ = 0;
    std::uint64_t ticks_written_ = 0;
    std::uint64_t ticks_refused_ = 0;
    std::uint64_t ticks_lost_ = 0;
    std::string stop_reason_;
};

}  // namespace margind::file
