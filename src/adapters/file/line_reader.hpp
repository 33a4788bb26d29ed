#pragma once
#include <cstddef>
#include <cstdint>
#include <expected>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/file/byte_source.hpp"

namespace margind::file {

/// One line of a file. `text` has no line break and is valid until the next `next`.
struct Line {
    enum class Kind : std::uint8_t {
        whole,
        unterminated,  // the last one, without a line break
        too_long,      // over the limit: `text` is its beginning, the rest was dropped
    };
    Kind kind = Kind::whole;
    std::uint64_t number = 0;  // from 1
    std::string_view text;
};

/// The lines of a file (plain, gzip, zstd, "-"), one at a time, each within a limit.
class LineReader {
public:
    static constexpr std::size_t line_bytes_max_default = 64 * 1024;

    static std::expected<LineReader, std::string> open(
        const std::string& path, std::size_t line_bytes_max = line_bytes_max_default,
        std::function<bool()> wants_stop = {});

    /// False at the end.
    bool next(Line& line);
    /// Why the file ended before its end, else empty. What was read before it is good, except for
    /// a line of Kind::unterminated.
    [[nodiscard]] const std::string& damage() const { return source_.damage(); }
    [[nodiscard]] std::uint64_t bytes_read() const { return source_.bytes_read(); }
    [[nodiscard]] std::uint64_t bytes_total() const { return source_.bytes_total(); }
    [[nodiscard]] const std::string& path() const { return source_.path(); }

private:
    LineReader(ByteSource source, std::size_t line_bytes_max)
        : source_{std::move(source)}, line_bytes_max_{line_bytes_max} {}
    bool refill();
    void skip_to_break();
    [[nodiscard]] std::string_view rest() const { return {buffer_.data() + begin_, end_ - begin_}; }

    ByteSource source_;
    std::size_t line_bytes_max_;
    std::vector<char> buffer_;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    std::uint64_t number_ = 0;
    bool skips_rest_ = false;  // of a line that was too long
};

}  // namespace margind::file
