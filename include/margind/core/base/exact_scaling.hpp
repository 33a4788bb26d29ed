#pragma once
#include <cstdint>
#include <optional>

#include "margind/core/base/level.hpp"

namespace margind {

/// `value` times `scale` as the integer that it is but for the noise of binary fractions (1.15 as
/// 115 hundredths); nothing where it has more decimals, and where it is too large for an integer.
[[nodiscard]] std::optional<std::int64_t> scaled_exactly(double value, double scale);

/// A level of a percentage, or of an amount of money, from 0 to 10,000,000,000 with at most two
/// decimals; nothing for any other number.
[[nodiscard]] std::optional<Level> level_from_real(double level);

}  // namespace margind
