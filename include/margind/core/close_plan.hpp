#pragma once
#include <cstddef>
#include <vector>

#include "margind/core/general_account.hpp"

namespace margind {

/// One close of a plan, with what is predicted to hold after it.
struct PlannedClose {
    std::size_t exposure = 0;  // its place in the account
    Volume volume;
    Money equity_after;
    Money margin_after;
    Money balance_after;
};

/// What to close so that the account's level rises above its stop-out level: first pending orders,
/// the largest reserved margin first, then positions by the rules' close policy, until it does or
/// nothing is left. A close that would lower the level waits while there is another. In a netting
/// account the positions of one symbol are one close. Precondition: the account is valued and at
/// its stop-out level. Source: docs/formulas.md §5.
[[nodiscard]] std::vector<PlannedClose> plan_closes(const AccountRow& row,
                                                    const GeneralAccount& account,
                                                    const GeneralMarket& market);

}  // namespace margind
