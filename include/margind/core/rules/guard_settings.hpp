#pragma once
#include <cmath>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>

#include "margind/core/rules/instrument.hpp"

namespace margind {

/// What a symbol's quotes must be like before they value anybody. A limit of 0 is none. A point is
/// 10^-digits of the price. Meaning and examples of each: docs/guards.md.
struct GuardSettings {
    std::optional<int> digits;       // needed where a limit is in points
    double soft_points = 0.0;        // a side that moves further waits to be confirmed …
    std::int64_t confirm_ticks = 3;  // … by the next one in its direction after so many
    std::int64_t confirm_ms = 800;   // … or by nothing contradicting it for so long
    double discard_points = 0.0;     // a side that moves further is never taken
    double min_spread = 0.0;         // points
    double max_spread = 0.0;         // points
    std::int64_t freeze_after_ms = 0;
    std::int64_t max_age_ms = 0;
    bool allow_negative = false;
    std::string ref_symbol;
    double ref_band_percent = 0.0;  // of the reference's mid

    /// True where a tick must be looked at by more than its age and its sign.
    [[nodiscard]] bool has_limits() const {
        return soft_points > 0.0 || discard_points > 0.0 || min_spread > 0.0 || max_spread > 0.0 ||
               freeze_after_ms > 0 || !ref_symbol.empty();
    }
    /// A distance between prices in points; never negative.
    [[nodiscard]] double points(double distance) const;
};

/// The settings of a specification, `defaults` where it says nothing; or what is wrong with them,
/// named by the field: "max_spread: expected …".
[[nodiscard]] std::expected<GuardSettings, std::string> derive_guard(const InstrumentSpec& spec,
                                                                     const GuardSettings& defaults);

}  // namespace margind
