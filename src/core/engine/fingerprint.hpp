#pragma once
#include <cstdint>

#include "core/base/hash.hpp"
#include "margind/core/base/verdict.hpp"
#include "margind/core/valuation/valuation.hpp"

namespace margind {

/// A hash over all that a snapshot of `standard` says but its times. Never 0, which means: not
/// written.
inline std::uint64_t fingerprint_of(const Valuation& valuation, Verdict verdict) {
    const auto bits = [](Money money) { return static_cast<std::uint64_t>(money.minor()); };
    const std::uint64_t figures = fold(fold(bits(valuation.equity), bits(valuation.margin)),
                                       fold(bits(valuation.pnl), bits(valuation.balance))) ^
                                  bits(valuation.closing_fee);
    const std::uint64_t rest = (std::uint64_t{valuation.causes.bits()} << 16) |
                               (static_cast<std::uint64_t>(verdict) << 8) | valuation.digits.value;
    return mix(figures ^ mix(rest)) | 1;
}

}  // namespace margind
