#pragma once
#include <cstddef>
#include <vector>

#include "margind/core/valuation/general_account.hpp"

namespace margind {

/// What a close at a stop-out costs: share × notional × rate.
struct CloseFee {
    Money money;
    double price = not_a_price;
    double share = 0.0;  // 0 = it costs nothing
    double rate = not_a_price;
    double exact = 0.0;  // before its rounding
};

/// One close of a plan, with what is predicted to hold after it.
struct PlannedClose {
    std::size_t exposure = 0;  // its place in the account
    Volume volume;
    Volume held;     // before it
    Money realized;  // P/L, swap and commission that it turns into balance
    CloseFee fee;
    Money equity_after;
    Money margin_after;
    Money closing_fee_after;  // still held back from the level
    Money balance_after;
};

/// A position that the plan would rather have closed: its symbol does not trade now.
struct SkippedClose {
    std::size_t exposure = 0;
    Session session = Session::closed;
};

/// Closes of one plan at most: what comes after them is planned when they have been made.
inline constexpr std::size_t closes_max = 1'000;

/// What to close so that an account's level rises above its stop-out level.
struct ClosePlan {
    std::vector<PlannedClose> closes;
    std::vector<SkippedClose> skipped;
    Money equity;  // before the first close, as the next one
    Money margin;
    Money closing_fee;
    bool is_backstop = false;  // the level is so low that everything goes
    bool is_flat_after = false;
};

/// First pending orders that reserve margin, the largest first, then positions by the rules' close
/// policy, deal by deal, until the level is above the stop-out level or nothing is left that trades
/// and helps. A deal that would lower the level is only planned where none found raises it. At most
/// `closes_max` closes. Precondition: the account is valued and at its stop-out level. Source:
/// docs/formulas.md §5.
[[nodiscard]] ClosePlan plan_closes(const AccountRow& row, const GeneralAccount& account,
                                    const GeneralMarket& market);

}  // namespace margind
