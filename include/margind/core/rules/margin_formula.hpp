#pragma once
#include <cmath>
#include <cstdint>
#include <vector>

#include "margind/core/rules/instrument.hpp"

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

/// What of an amount lies in one band: its width times the band's rate, or divided by its leverage.
struct TierShare {
    double from = 0.0;
    double to = 0.0;
    double rate = 1.0;
    double leverage = 0.0;   // 0 = by the rate
    bool is_capped = false;  // `leverage` is the account's, the smaller one
    double share = 0.0;
};

/// The share of each band that `amount` reaches into. `leverage` is the account's (0 = it has
/// none). Source: docs/formulas.md §9.
[[nodiscard]] std::vector<TierShare> tier_shares(const Instrument& instrument, double amount,
                                                 double leverage);

/// The share of an amount so small that it stays in the first band, per one of it.
[[nodiscard]] double first_share(const Instrument& instrument, double leverage);

/// What a perpetual's position must keep is notional × rate − its share of the deduction.
struct MaintenanceTerms {
    double rate = 0.0;
    double deduction = 0.0;  // of the side's positions together
    double share = 1.0;      // the position's, of their notional

    [[nodiscard]] double of(double notional) const { return notional * rate - deduction * share; }
};

/// Those of the band that a side's notional falls in. Source: docs/formulas.md §2.9 and §9.5.
[[nodiscard]] MaintenanceTerms maintenance_terms(const Instrument& instrument, double notional);

}  // namespace margind
