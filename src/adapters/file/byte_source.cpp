#include "adapters/file/byte_source.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <utility>

namespace margind::file {
namespace {

constexpr std::size_t block_bytes = 256 * 1024;

bool starts_with(std::string_view head, std::initializer_list<unsigned char> magic) {
    return head.size() >= magic.size() &&
           std::equal(magic.begin(), magic.end(), head.begin(),
                      [](unsigned char a, char b) { return a == static_cast<unsigned char>(b); });
}

std::unique_ptr<Decoder> decoder_for(std::string_view head) {
    if (starts_with(head, {0x1f, 0x8b})) return make_gzip_decoder();
    if (starts_with(head, {0x28, 0xb5, 0x2f, 0xfd})) return make_zstd_decoder();
    return nullptr;
}

}  // namespace

ByteSource::ByteSource(std::string path, FileDescriptor file, std::function<bool()> wants_stop)
    : path_{std::move(path)},
      file_{std::move(file)},
      wants_stop_{std::move(wants_stop)},
      block_(block_bytes) {
    struct stat status{};
    if (::fstat(file_.get(), &status) == 0 && S_ISREG(status.st_mode)) {
        bytes_total_ = static_cast<std::uint64_t>(status.st_size);
    }
}

std::expected<ByteSource, std::string> ByteSource::open(const std::string& path,
                                                        std::function<bool()> wants_stop) {
    auto file = open_for_reading(path);
    if (!file) return std::unexpected{std::move(file.error())};
    ByteSource source{path, std::move(*file), std::move(wants_stop)};
    // A pipe may give its first bytes one by one.
    while (source.block_end_ < 4 && source.refill()) {}
    if (!source.damage_.empty()) return std::unexpected{source.damage_};
    source.decoder_ = decoder_for({source.block_.data(), source.block_end_});
    return source;
}

/// One read; an interrupted one is tried again unless that means that it is enough.
ssize_t ByteSource::read_file(std::span<char> out) {
    for (;;) {
        const ssize_t count = ::read(file_.get(), out.data(), out.size());
        if (count >= 0 || errno != EINTR) return count;
        if (wants_stop_ && wants_stop_()) return 0;
    }
}

std::size_t ByteSource::read_on(std::span<char> out) {
    if (is_at_end_) return 0;
    const ssize_t count = read_file(out);
    if (count < 0) damage_ = system_error_text(path_, errno);
    is_at_end_ = count <= 0;
    if (is_at_end_) return 0;
    bytes_read_ += static_cast<std::uint64_t>(count);
    return static_cast<std::size_t>(count);
}

bool ByteSource::refill() {
    if (block_begin_ == block_end_) block_begin_ = block_end_ = 0;
    const std::size_t count = read_on(std::span{block_}.subspan(block_end_));
    block_end_ += count;
    return count > 0;
}

/// Only what the file was recognised by lies in the block.
std::size_t ByteSource::read_plain(std::span<char> out) {
    if (block_begin_ == block_end_) return read_on(out);
    const std::size_t count = std::min(out.size(), block_end_ - block_begin_);
    std::memcpy(out.data(), block_.data() + block_begin_, count);
    block_begin_ += count;
    return count;
}

std::size_t ByteSource::read_decoded(std::span<char> out) {
    while (damage_.empty()) {
        if (block_begin_ == block_end_ && !holds_back_ && !refill()) {
            if (damage_.empty() && !decoder_->is_at_end()) {
                damage_ = path_ + ": the compressed stream is cut off after " +
                          std::to_string(bytes_read_) + " bytes";
            }
            return 0;
        }
        const Decoder::Step step =
            decoder_->decode({block_.data() + block_begin_, block_end_ - block_begin_}, out);
        block_begin_ += step.taken;
        holds_back_ = step.given == out.size();
        if (step.is_broken) {
            damage_ = path_ + ": the compressed stream is broken at byte " +
                      std::to_string(bytes_read_ - (block_end_ - block_begin_));
        }
        if (step.given > 0) return step.given;
    }
    return 0;
}

std::size_t ByteSource::read(std::span<char> out) {
    return decoder_ ? read_decoded(out) : read_plain(out);
}

}  // namespace margind::file
