#include "adapters/file/recorder.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cmath>
#include <iterator>
#include <utility>

namespace margind::file {
namespace {

constexpr std::int64_t day_ms = 86'400'000;
constexpr std::string_view header = "ts_ms,symbol,bid,ask,arrival_ms\n";

/// True where the name would be read back as it is.
bool fits_a_cell(std::string_view symbol) {
    if (symbol.empty() || symbol.front() == ' ' || symbol.back() == ' ') return false;
    for (const char c : symbol) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20 || byte == 0x7f || c == ',' || c == '"') return false;
    }
    return true;
}

void append_price(std::string& out, double price) {
    out += ',';
    if (std::isfinite(price)) fmt::format_to(std::back_inserter(out), "{}", price);
}

/// The last byte of a file; a line break for an empty one.
char last_byte(int fd, std::uint64_t size) {
    char last = '\n';
    if (size > 0 && ::pread(fd, &last, 1, static_cast<off_t>(size - 1)) != 1) return '\0';
    return last;
}

}  // namespace

std::expected<Recorder, std::string> Recorder::open(const std::string& path,
                                                    std::size_t flush_bytes) {
    constexpr mode_t owner_and_group = 0640;
    FileDescriptor file{
        ::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, owner_and_group)};
    if (!file.is_open()) return std::unexpected{system_error_text(path, errno)};
    struct stat status{};
    if (::fstat(file.get(), &status) != 0) return std::unexpected{system_error_text(path, errno)};
    const auto size = S_ISREG(status.st_mode) ? static_cast<std::uint64_t>(status.st_size) : 0;
    const char last = last_byte(file.get(), size);
    Recorder recorder{path, std::move(file), size, flush_bytes};
    if (size == 0) recorder.buffer_ = header;
    if (last != '\n') recorder.buffer_ = "\n";
    if (!recorder.flush()) return std::unexpected{recorder.stop_reason_};
    return recorder;
}

bool Recorder::record(const RecordedTick& tick) {
    if (has_stopped()) {
        ++ticks_lost_;
        return false;
    }
    if (!fits_a_cell(tick.symbol)) {
        ++ticks_refused_;
        return true;
    }
    // A replay's clock runs by this column: a stamp that is off by more than a day would derail it.
    const bool is_plausible =
        tick.ts_ms > tick.arrival_ms - day_ms && tick.ts_ms < tick.arrival_ms + day_ms;
    const std::int64_t ts_ms = is_plausible ? tick.ts_ms : tick.arrival_ms;
    fmt::format_to(std::back_inserter(buffer_), "{},{}", ts_ms, tick.symbol);
    append_price(buffer_, tick.bid);
    append_price(buffer_, tick.ask);
    fmt::format_to(std::back_inserter(buffer_), ",{}\n", tick.arrival_ms);
    ++ticks_buffered_;
    return buffer_.size() < flush_bytes_ || flush();
}

bool Recorder::flush() {
    if (!file_.is_open()) return false;
    std::string_view left = buffer_;
    while (!left.empty() && !has_stopped()) {
        const ssize_t count = ::write(file_.get(), left.data(), left.size());
        if (count >= 0) {
            left.remove_prefix(static_cast<std::size_t>(count));
        } else if (errno != EINTR) {
            stop(errno);
        }
    }
    if (!has_stopped()) {
        size_ += buffer_.size();
        ticks_written_ += std::exchange(ticks_buffered_, 0);
    }
    buffer_.clear();
    return !has_stopped();
}

void Recorder::stop(int error) {
    stop_reason_ = "recording stopped: " + system_error_text(path_, error);
    ticks_lost_ += std::exchange(ticks_buffered_, 0);
    // A part of the block may be in the file: take it back, so that no line is torn. Where even
    // that fails, the reader finds and reports the torn line.
    static_cast<void>(::ftruncate(file_.get(), static_cast<off_t>(size_)));
}

}  // namespace margind::file
