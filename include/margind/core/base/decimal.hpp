#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

#include "margind/core/base/money.hpp"
#include "margind/core/base/units.hpp"

namespace margind {

/// Decimal text ("-1.25", "1e-3", " 5 ") as the nearest double; nothing for anything else, for
/// NaN and for infinities.
[[nodiscard]] std::optional<double> parse_real(std::string_view text);

/// Decimal text as an exact integer of 10^-digits, halves away from zero beyond them; nothing for
/// text that is no plain decimal number or does not fit.
[[nodiscard]] std::optional<std::int64_t> parse_fixed(std::string_view text, Digits digits);

/// Lots from decimal text. Nothing when negative, too large, or finer than 10⁻⁸ lot.
[[nodiscard]] std::optional<Volume> parse_volume(std::string_view text);

/// Money from decimal text in whole units of a currency with `digits`.
[[nodiscard]] std::optional<Money> parse_money(std::string_view text, Digits digits);

/// Money from a double in whole units (configuration, JSON numbers). Nothing when it does not fit.
[[nodiscard]] std::optional<Money> money_from_real(double value, Digits digits);

}  // namespace margind
