#pragma once
#include "margind/core/book/account.hpp"
#include "margind/core/market/conversion.hpp"
#include "margind/core/valuation/general_account.hpp"

namespace margind {

// The least that an account of the general valuation can be worth while prices stay within bounds.
// Why that is so: docs/no-missed-crossing.md.

/// True where every figure of the account rises or falls with each price all the way: what
/// `worst_case` needs.
[[nodiscard]] bool has_worst_case(const GeneralAccount& account);

/// Equity at its least and margin at its most while each symbol's bid and ask, and its mark, are
/// between the bid and the ask of `bounds`; with causes where one of the two is not known.
[[nodiscard]] Valuation worst_case(const AccountRow& row, const GeneralAccount& account,
                                   const GeneralMarket& market, const QuoteOf& bounds);

}  // namespace margind
