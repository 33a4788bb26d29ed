#pragma once
#include <compare>
#include <cstdint>

namespace margind {

enum class LevelCompare : std::uint8_t { less_equal, less };

/// A level in hundredths of its unit: 50 % is 5,000, and so are 50 USD.
struct Level {
    std::int64_t value = 0;
    friend constexpr auto operator<=>(Level, Level) = default;
};

}  // namespace margind
