#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace margind::wire {

/// Longest symbol name accepted from a feed.
inline constexpr std::size_t feed_name_bytes_max = 64;

/// Why a symbol name from a feed is refused.
enum class NameFault : std::uint8_t {
    none,
    empty,
    too_long,  // over feed_name_bytes_max bytes
    bad_byte,  // a control byte, or white space at an end
    bad_utf8,
};

/// Looks at a symbol name as it came from a feed. Inner spaces are legal ("US 500").
[[nodiscard]] NameFault check_feed_name(std::string_view name);

}  // namespace margind::wire
