#pragma once
#include <optional>
#include <string_view>

#include "margind/core/rules/instrument.hpp"

namespace margind {

// What a specification is about, before the rest of it is looked at: docs/formulas.md §2. Views are
// valid as long as the specification.

/// By its `calc_mode`, else by the platform's `type`; nothing where neither is known.
[[nodiscard]] std::optional<CalcMode> calc_mode_of(const InstrumentSpec& spec);
/// `base_currency`, else the first three letters of a symbol of six or more.
[[nodiscard]] std::string_view base_currency_of(const InstrumentSpec& spec);
/// `profit_currency`, else the platform's `profit`.
[[nodiscard]] std::string_view profit_currency_of(const InstrumentSpec& spec);

}  // namespace margind
