#include "adapters/file/recording_reader.hpp"

#include <fmt/format.h>

#include <cstring>
#include <utility>

namespace margind::file {
namespace {

constexpr std::size_t buffer_bytes = 8 * wire::block_bytes_max;

}  // namespace

RecordingReader::RecordingReader(ByteSource source)
    : source_{std::move(source)}, buffer_(buffer_bytes) {}

std::expected<RecordingReader, std::string> RecordingReader::open(
    const std::string& path, std::function<bool()> wants_stop) {
    auto source = ByteSource::open(path, std::move(wants_stop));
    if (!source) return std::unexpected{std::move(source.error())};
    RecordingReader reader{std::move(*source)};
    reader.first_ = reader.next();
    reader.is_ahead_ = true;
    if (reader.first_ != Found::other_version) return reader;
    return std::unexpected{fmt::format("{}: a recording of version {}; this program reads {}", path,
                                       reader.decoder_.version(), wire::recording_version)};
}

/// Moves the rest to the front and reads behind it.
void RecordingReader::refill() {
    if (begin_ > 0) std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= std::exchange(begin_, 0);
    const std::size_t count = source_.read(std::span{buffer_}.subspan(end_));
    end_ += count;
    is_last_ = count == 0;
}

RecordingReader::Found RecordingReader::next() {
    if (std::exchange(is_ahead_, false)) return first_;
    for (;;) {
        const wire::RecordingDecoder::Step step =
            decoder_.next({buffer_.data() + begin_, end_ - begin_}, is_last_);
        begin_ += step.taken;
        if (step.found != Found::nothing) return step.found;
        if (step.taken == 0) refill();
    }
}

}  // namespace margind::file
