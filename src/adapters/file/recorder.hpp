#pragma once
#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <string>

#include "adapters/file/file_descriptor.hpp"
#include "adapters/file/recording_form.hpp"

namespace margind::file {

/// Appends prices to a file that the replay tool reads: a binary recording where its name ends in
/// .ticks, else CSV. When the disk is full or fails it stops recording and says so; the caller goes
/// on. Not thread-safe.
class Recorder {
public:
    static constexpr std::size_t flush_bytes_default = 64 * 1024;

    /// Opens or makes the file, and puts an end in order that an earlier run left torn.
    static std::expected<Recorder, std::string> open(const std::string& path,
                                                     std::size_t flush_bytes = flush_bytes_default);
    Recorder(Recorder&&) noexcept = default;
    Recorder& operator=(Recorder&&) = delete;
    ~Recorder() { flush(); }

    /// False once recording has stopped. Symbols that would break the file are refused and counted.
    bool record(const RecordedTick& tick);
    /// Hands everything to the operating system. False once recording has stopped.
    bool flush();

    /// What had to be done about the end of the file when it was opened; mostly empty.
    [[nodiscard]] const std::string& repair() const { return repair_; }
    [[nodiscard]] bool has_stopped() const { return !stop_reason_.empty(); }
    /// Why recording has stopped; empty while it runs.
    [[nodiscard]] const std::string& stop_reason() const { return stop_reason_; }
    [[nodiscard]] std::uint64_t ticks_written() const { return ticks_written_; }
    [[nodiscard]] std::uint64_t ticks_refused() const { return ticks_refused_; }
    /// Ticks that came after recording had stopped, or were in the buffer when it did.
    [[nodiscard]] std::uint64_t ticks_lost() const { return ticks_lost_; }

private:
    Recorder(std::string path, FileDescriptor file, RecordingStart start, std::size_t flush_bytes);
    void stop(int error);

    std::string path_;
    FileDescriptor file_;
    std::unique_ptr<RecordingForm> form_;
    std::uint64_t size_;  // of the file, up to the last whole line or block
    std::size_t flush_bytes_;
    std::string buffer_;
    std::string repair_;
    std::uint64_t ticks_buffered_ = 0;
    std::uint64_t ticks_written_ = 0;
    std::uint64_t ticks_refused_ = 0;
    std::uint64_t ticks_lost_ = 0;
    std::string stop_reason_;
};

}  // namespace margind::file
