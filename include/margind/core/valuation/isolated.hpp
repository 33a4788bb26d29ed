#pragma once
#include <vector>

#include "margind/core/book/book.hpp"
#include "margind/core/valuation/general_account.hpp"
#include "margind/core/valuation/valuation.hpp"

namespace margind {

// Isolated positions. Each has margin of its own, which is all that it can lose: it is an account
// by itself, with the rules and levels of the account that it stands in. Source: docs/formulas.md
// §3.7.

/// One of them as that account.
struct IsolatedAccount {
    AccountRow row;          // its balance is what has been put in
    GeneralAccount account;  // the position alone
};
[[nodiscard]] IsolatedAccount isolated_account(const AccountRow& row, const GeneralAccount& whole,
                                               const Exposure& position);

/// The account's row as far as it is of what is crossed.
[[nodiscard]] AccountRow crossed_row(const AccountRow& row, const GeneralAccount& account);

/// What each of an account's is worth, in order; with causes where that is in doubt.
[[nodiscard]] std::vector<Valuation> value_isolated(const AccountRow& row,
                                                    const GeneralAccount& account,
                                                    const GeneralMarket& market);

}  // namespace margind
