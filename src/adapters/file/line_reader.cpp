#include "adapters/file/line_reader.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace margind::file {
namespace {

constexpr std::size_t buffer_bytes_first = 256 * 1024;

}  // namespace

std::expected<LineReader, std::string> LineReader::open(const std::string& path,
                                                        std::size_t line_bytes_max,
                                                        std::function<bool()> wants_stop) {
    auto source = ByteSource::open(path, std::move(wants_stop));
    if (!source) return std::unexpected{std::move(source.error())};
    return LineReader{std::move(*source), line_bytes_max};
}

/// Appends bytes behind the rest, which moves to the front; false when nothing more comes.
bool LineReader::refill() {
    if (begin_ > 0) std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= std::exchange(begin_, 0);
    if (end_ == buffer_.size()) {
        // One byte more than the limit is enough to know that a line is too long.
        buffer_.resize(std::clamp(buffer_.size() * 2, buffer_bytes_first,
                                  std::max(line_bytes_max_ + 1, buffer_bytes_first)));
    }
    const std::size_t count = source_.read(std::span{buffer_}.subspan(end_));
    end_ += count;
    return count > 0;
}

void LineReader::skip_to_break() {
    for (;;) {
        const std::size_t length = rest().find('\n');
        if (length != std::string_view::npos) {
            begin_ += length + 1;
            return;
        }
        begin_ = end_;
        if (!refill()) return;
    }
}

bool LineReader::next(Line& line) {
    if (std::exchange(skips_rest_, false)) skip_to_break();
    std::size_t searched = 0;
    for (;;) {
        const std::size_t length = rest().find('\n', searched);
        if (length != std::string_view::npos && length <= line_bytes_max_) {
            line = {Line::Kind::whole, ++number_, rest().substr(0, length)};
            begin_ += length + 1;
            return true;
        }
        searched = rest().size();
        if (searched > line_bytes_max_) {
            line = {Line::Kind::too_long, ++number_, rest().substr(0, line_bytes_max_)};
            skips_rest_ = true;
            return true;
        }
        if (refill()) continue;
        if (searched == 0) return false;
        line = {Line::Kind::unterminated, ++number_, rest()};
        begin_ = end_;
        return true;
    }
}

}  // namespace margind::file
