#pragma once
#include <vector>

#include "margind/core/explanation.hpp"
#include "margind/core/rules.hpp"

namespace margind {

/// Which positions to close so that the account's level rises above its stop-out level: the largest
/// loss first, until it does or nothing is left. In a netting account the positions of one symbol
/// are one close. Each step carries what is predicted after it at the prices the account is valued
/// at. Precondition: the account is valued and at its stop-out level. Source: docs/formulas.md §5.
[[nodiscard]] std::vector<CloseStep> plan_closes(const Explanation& account, MarginMode mode,
                                                 LevelCompare compare);

}  // namespace margind
