#include "margind/core/base/exact_scaling.hpp"

#include <algorithm>
#include <cmath>

#include "margind/core/base/money.hpp"

namespace margind {

std::optional<std::int64_t> scaled_exactly(double value, double scale) {
    const double scaled = value * scale;
    const Rounded rounded = round_to_minor(scaled);
    if (!rounded.fits) return std::nullopt;
    const double noise = std::max(1e-6, std::abs(scaled) * 4e-16);
    const double rest = scaled - static_cast<double>(rounded.money.minor());
    if (std::abs(rest) > noise) return std::nullopt;
    return rounded.money.minor();
}

std::optional<Level> level_from_real(double level) {
    constexpr double level_max = 1e10;
    if (!(level >= 0.0) || level > level_max) return std::nullopt;
    const auto hundredths = scaled_exactly(level, 100.0);
    return hundredths ? std::optional{Level{*hundredths}} : std::nullopt;
}

}  // namespace margind
