#include "adapters/file/recorder.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>
#include <utility>

#include "wire/recording.hpp"

namespace margind::file {
namespace {

std::expected<RecordingStart, std::string> start_form(const std::string& path, int file,
                                                      std::uint64_t size) {
    auto start =
        wire::is_plain_recording_name(path) ? start_binary(file, size) : start_csv(file, size);
    if (!start) return std::unexpected{path + ": " + start.error()};
    const bool is_cut = start->size < size;
    if (is_cut && ::ftruncate(file, static_cast<off_t>(start->size)) != 0) {
        return std::unexpected{system_error_text(path, errno)};
    }
    if (!start->repair.empty()) start->repair.insert(0, path + ": ");
    return start;
}

/// Two that append to one file would cut off each other's ends. File systems without locks exist.
bool is_locked_by_another(int file) {
    return ::flock(file, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
}

}  // namespace

Recorder::Recorder(std::string path, FileDescriptor file, RecordingStart start,
                   std::size_t flush_bytes)
    : path_{std::move(path)},
      file_{std::move(file)},
      form_{std::move(start.form)},
      size_{start.size},
      flush_bytes_{flush_bytes},
      buffer_{std::move(start.first)},
      repair_{std::move(start.repair)} {}

std::expected<Recorder, std::string> Recorder::open(const std::string& path,
                                                    std::size_t flush_bytes) {
    constexpr mode_t owner_and_group = 0640;
    if (wire::is_recording_name(path) && !wire::is_plain_recording_name(path)) {
        return std::unexpected{path + ": recordings are written as they are: name it ….ticks"};
    }
    FileDescriptor file{
        ::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, owner_and_group)};
    if (!file.is_open()) return std::unexpected{system_error_text(path, errno)};
    struct stat status{};
    if (::fstat(file.get(), &status) != 0) return std::unexpected{system_error_text(path, errno)};
    const bool is_regular = S_ISREG(status.st_mode);
    if (is_regular && is_locked_by_another(file.get())) {
        return std::unexpected{path + ": another process records into it"};
    }
    const auto size = is_regular ? static_cast<std::uint64_t>(status.st_size) : 0;
    auto start = start_form(path, file.get(), size);
    if (!start) return std::unexpected{std::move(start.error())};
    Recorder recorder{path, std::move(file), std::move(*start), flush_bytes};
    if (!recorder.flush()) return std::unexpected{recorder.stop_reason_};
    return recorder;
}

bool Recorder::record(const RecordedTick& tick) {
    if (has_stopped()) {
        ++ticks_lost_;
        return false;
    }
    if (!form_->add(tick, buffer_)) {
        ++ticks_refused_;
        return true;
    }
    ++ticks_buffered_;
    return buffer_.size() + form_->held_back_bytes() < flush_bytes_ || flush();
}

bool Recorder::flush() {
    if (!file_.is_open()) return false;
    if (!has_stopped()) form_->finish(buffer_);
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
    // A part of the bytes may be in the file: take it back, so that nothing is torn. Where even
    // that fails, the reader finds and reports it.
    static_cast<void>(::ftruncate(file_.get(), static_cast<off_t>(size_)));
}

}  // namespace margind::file
