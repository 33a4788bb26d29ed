#pragma once
#include <cmath>
#include <cstdint>
#include <vector>

#include "margind/core/instrument.hpp"

namespace margind {

/// Which margin of an instrument is meant where it has both.
enum class MarginUse : std::uint8_t { initial, maintenance };

/// Margin of `lots` in the margin currency, without the live price, the margin rate and the
/// conversion. Source, and the order of the operations: docs/formulas.md §2.
[[nodiscard]] double margin_base(const Instrument& instrument, double lots, double open_price,
                                 double leverage, MarginUse use = MarginUse::initial);

/// `base` at the live price, for modes whose margin follows it. A negative price costs the margin
/// of its magnitude.
[[nodiscard]] inline double at_price(const Instrument& instrument, double base, double price) {
    if (!instrument.uses_price()) return base;
    const double magnitude = std::abs(price);
    return instrument.mode == CalcMode::perpetual_inverse ? base / magnitude : base * magnitude;
}

/// What of `amount` lies in each band it reaches into, times the band's rate, or divided by its
/// leverage (that of the account where it is the smaller one; 0 = it has none). Source:
/// docs/formulas.md §4.
[[nodiscard]] std::vector<double> tier_shares(const Instrument& instrument, double amount,
                                              double leverage);

/// Maintenance margin of a perpetual's position of this notional: notional × rate − deduction, by
/// the band that the notional falls in.
[[nodiscard]] double perpetual_maintenance(const Instrument& instrument, double notional);

}  // namespace margind
