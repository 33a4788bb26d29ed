#pragma once
#include <string>
#include <string_view>

#include "margind/core/engine/snapshot.hpp"
#include "margind/core/explain/explanation.hpp"
#include "wire/scenario.hpp"

namespace margind::wire {

/// A snapshot's figure as a scenario writes it, in the manner of `expected`: as many decimals of a
/// level as are expected, an amount that is equal as the very same text. "none" where there is
/// none.
[[nodiscard]] std::string figure_text(const Snapshot& snapshot, ExpectedField field,
                                      std::string_view expected);

/// The same of a figure of prop-firm rules.
[[nodiscard]] std::string prop_text(const Explanation& explanation, ExpectedField field,
                                    std::string_view expected);

}  // namespace margind::wire
