#pragma once
#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "adapters/file/file_descriptor.hpp"

namespace margind::file {

/// Takes bytes of a compressed stream and gives the bytes it stands for.
class Decoder {
public:
    virtual ~Decoder() = default;
    struct Step {
        std::size_t taken = 0;
        std::size_t given = 0;
        bool is_broken = false;  // the bytes are no such stream; what was given before is good
    };
    virtual Step decode(std::span<const char> in, std::span<char> out) = 0;
    /// True where the stream may end here: between two members.
    [[nodiscard]] virtual bool is_at_end() const = 0;
};

[[nodiscard]] std::unique_ptr<Decoder> make_gzip_decoder();
[[nodiscard]] std::unique_ptr<Decoder> make_zstd_decoder();

/// Bytes of a file, plain, gzip (of any number of members) or zstd, told apart by their first
/// bytes.
class ByteSource {
public:
    /// `wants_stop` is asked whenever a signal interrupts a read; true ends the source there.
    static std::expected<ByteSource, std::string> open(const std::string& path,
                                                       std::function<bool()> wants_stop = {});

    /// Fills the front of `out`; 0 at the end, which `damage` may explain.
    std::size_t read(std::span<char> out);
    /// Why the source ended before its end: a truncated or broken stream, or a read error. Else
    /// empty.
    [[nodiscard]] const std::string& damage() const { return damage_; }
    /// Bytes of the file as it lies on the disk: read so far, and in all (0 where that is not
    /// known).
    [[nodiscard]] std::uint64_t bytes_read() const { return bytes_read_; }
    [[nodiscard]] std::uint64_t bytes_total() const { return bytes_total_; }
    [[nodiscard]] const std::string& path() const { return path_; }

private:
    ByteSource(std::string path, FileDescriptor file, std::function<bool()> wants_stop);
    ssize_t read_file(std::span<char> out);
    /// Reads on in the file; 0 at its end and on an error.
    std::size_t read_on(std::span<char> out);
    /// Reads into the block, behind what is there.
    bool refill();
    std::size_t read_plain(std::span<char> out);
    std::size_t read_decoded(std::span<char> out);

    std::string path_;
    FileDescriptor file_;
    std::function<bool()> wants_stop_;
    std::unique_ptr<Decoder> decoder_;  // none for plain bytes
    std::vector<char> block_;
    std::size_t block_begin_ = 0;
    std::size_t block_end_ = 0;
    bool is_at_end_ = false;
    bool holds_back_ = false;  // the decoder may have more to give without further bytes
    std::uint64_t bytes_read_ = 0;
    std::uint64_t bytes_total_ = 0;
    std::string damage_;
};

}  // namespace margind::file
