// The two compressed formats a feed may have, behind one interface.
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <limits>
#include <new>

#include "adapters/file/byte_source.hpp"

namespace margind::file {
namespace {

class GzipDecoder final : public Decoder {
public:
    GzipDecoder() {
        constexpr int gzip_only = 16;
        if (inflateInit2(&stream_, MAX_WBITS + gzip_only) != Z_OK) throw std::bad_alloc{};
    }
    GzipDecoder(const GzipDecoder&) = delete;
    GzipDecoder& operator=(const GzipDecoder&) = delete;
    ~GzipDecoder() override { inflateEnd(&stream_); }

    Step decode(std::span<const char> in, std::span<char> out) override {
        constexpr std::size_t count_max = std::numeric_limits<uInt>::max();
        if (is_at_end_) {
            if (in.empty()) return {};
            // Whole files are often padded with zeros, which are no further member.
            const auto junk = std::ranges::find_if(in, [](char c) { return c != '\0'; });
            if (junk != in.begin()) return {static_cast<std::size_t>(junk - in.begin()), 0, false};
            inflateReset(&stream_);
            is_at_end_ = false;
        }
        const std::size_t in_count = std::min(in.size(), count_max);
        const std::size_t out_count = std::min(out.size(), count_max);
        // zlib does not write through next_in; its type only says so since version 1.2.5.2.
        stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(in.data()));
        stream_.avail_in = static_cast<uInt>(in_count);
        stream_.next_out = reinterpret_cast<Bytef*>(out.data());
        stream_.avail_out = static_cast<uInt>(out_count);
        const int result = inflate(&stream_, Z_NO_FLUSH);
        is_at_end_ = result == Z_STREAM_END;
        // Z_BUF_ERROR only says that more is wanted.
        const bool is_fine = result == Z_OK || result == Z_STREAM_END || result == Z_BUF_ERROR;
        return {in_count - stream_.avail_in, out_count - stream_.avail_out, !is_fine};
    }
    [[nodiscard]] bool is_at_end() const override { return is_at_end_; }

private:
    z_stream stream_{};
    bool is_at_end_ = false;
};

class ZstdDecoder final : public Decoder {
public:
    ZstdDecoder() : stream_{ZSTD_createDStream()} {
        if (stream_ == nullptr) throw std::bad_alloc{};
    }
    ZstdDecoder(const ZstdDecoder&) = delete;
    ZstdDecoder& operator=(const ZstdDecoder&) = delete;
    ~ZstdDecoder() override { ZSTD_freeDStream(stream_); }

    Step decode(std::span<const char> in, std::span<char> out) override {
        ZSTD_inBuffer from{in.data(), in.size(), 0};
        ZSTD_outBuffer to{out.data(), out.size(), 0};
        const std::size_t result = ZSTD_decompressStream(stream_, &to, &from);
        const bool is_broken = ZSTD_isError(result) != 0;
        is_at_end_ = !is_broken && result == 0;
        return {from.pos, to.pos, is_broken};
    }
    [[nodiscard]] bool is_at_end() const override { return is_at_end_; }

private:
    ZSTD_DStream* stream_ = nullptr;
    bool is_at_end_ = false;
};

}  // namespace

std::unique_ptr<Decoder> make_gzip_decoder() { return std::make_unique<GzipDecoder>(); }
std::unique_ptr<Decoder> make_zstd_decoder() { return std::make_unique<ZstdDecoder>(); }

}  // namespace margind::file
