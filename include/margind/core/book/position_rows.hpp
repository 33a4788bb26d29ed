#pragma once
#include <span>
#include <vector>

#include "margind/core/base/currency.hpp"
#include "margind/core/book/book.hpp"
#include "margind/core/market/conversion.hpp"
#include "margind/core/market/order_prices.hpp"
#include "margind/core/rules/instruments.hpp"

namespace margind {

/// One account's positions as the kernel reads them, and what is wrong with them whatever the
/// prices.
struct PositionRows {
    std::vector<PositionRow> rows;  // in parallel with the records they were made from
    Money carry;                    // Σ swap − Σ commission, without isolated positions
    Money isolated;                 // Σ what has been put in for these
    Causes causes;
};

/// False where a number is missing, or means nothing.
[[nodiscard]] bool is_usable(const PositionRecord& position);

/// Turns positions into rows by the rule set `standard`: units, opening values, and everything of
/// the margin that needs neither a price nor a rate. Netting accounts carry the margin of their net
/// volume on one row of the larger side. `positions` are sorted by symbol. Source: docs/formulas.md
/// §1 to §3.
[[nodiscard]] PositionRows build_rows(const AccountRecord& account,
                                      std::span<const PositionRecord> positions,
                                      const Instruments& instruments, const OrderPrices& prices,
                                      Currencies& currencies, RateTable& rates);

}  // namespace margind
