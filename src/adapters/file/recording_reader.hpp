#pragma once
#include <cstddef>
#include <cstdint>
#include <expected>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/file/byte_source.hpp"
#include "wire/recording_decoder.hpp"

namespace margind::file {

/// A recording (plain, gzip or zstd), block by block, in bounded memory.
class RecordingReader {
public:
    using Found = wire::RecordingDecoder::Found;

    /// Refuses a recording of another version.
    static std::expected<RecordingReader, std::string> open(const std::string& path,
                                                            std::function<bool()> wants_stop = {});

    /// Goes to what comes next: ticks, names, damage or the end; what it is, `decoder` tells.
    Found next();
    /// Its ticks are valid until the next `next`.
    [[nodiscard]] const wire::RecordingDecoder& decoder() const { return decoder_; }
    /// Why a compressed file ended before its end, or reading failed; else empty.
    [[nodiscard]] const std::string& damage() const { return source_.damage(); }
    [[nodiscard]] std::uint64_t bytes_read() const { return source_.bytes_read(); }
    [[nodiscard]] std::uint64_t bytes_total() const { return source_.bytes_total(); }
    [[nodiscard]] const std::string& path() const { return source_.path(); }

private:
    explicit RecordingReader(ByteSource source);
    void refill();

    ByteSource source_;
    wire::RecordingDecoder decoder_;
    std::vector<char> buffer_;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    bool is_last_ = false;  // nothing comes behind what is in the buffer
    bool is_ahead_ = false;
    Found first_ = Found::nothing;  // found by `open`, given by the first `next`
};

}  // namespace margind::file
