#pragma once
#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <vector>

#include "margind/ports/warm_store.hpp"

namespace margind::wire {

/// Whose accounts an image names. One of another origin is of no use.
struct WarmOrigin {
    std::string store;               // where the platform's store is, without a password
    std::vector<std::string> types;  // in order of precedence
    std::uint32_t shard_index = 0;
    std::uint32_t shard_count = 1;
};

/// The least and the most bytes that an image can have.
inline constexpr std::size_t warm_image_bytes_min = 60;
inline constexpr std::uint64_t warm_image_bytes_max = std::uint64_t{8} << 30;

/// An image's bytes (docs/warm-start.md), in order of danger, whatever the order of its accounts.
/// Precondition: ids shorter than 64 KiB, types within those of the origin.
[[nodiscard]] std::vector<char> encode_warm_image(const WarmOrigin& origin, WarmImage image);

/// The image of these bytes, whose ids point into them; or what was expected and found.
[[nodiscard]] std::expected<WarmImage, std::string> decode_warm_image(std::span<const char> bytes,
                                                                      const WarmOrigin& origin);

/// Writes length and checksum into bytes that are an image but for these two.
void seal_warm_image(std::span<char> bytes);

}  // namespace margind::wire
