#pragma once
#include <expected>
#include <string_view>

#include "margind/core/rules/instrument.hpp"

namespace margind {

/// The most notional that a unit of initial margin opens on one side, whoever holds it and however
/// much of it; else why no setting of the specification says so. The notional is what the P/L is
/// worked out of. Sources: docs/formulas.md §1, §2 and §9, docs/rule-packs.md.
/// `instrument` is what `derive_instrument` makes of `spec`.
[[nodiscard]] std::expected<double, std::string_view> leverage_limit(const InstrumentSpec& spec,
                                                                     const Instrument& instrument,
                                                                     bool is_short);

}  // namespace margind
