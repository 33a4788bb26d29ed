#pragma once
#include <optional>
#include <string>

#include "margind/core/general_account.hpp"

namespace margind {

/// Where a symbol's price takes an account, everything else held still: the price of the side that
/// values its net position. Nothing where no price does, or where the account is there already.
struct LiquidationPrices {
    std::optional<double> stop_out;       // equity / margin reaches the stop-out level
    std::optional<double> bankruptcy;     // equity, after a perpetual's closing fee, reaches 0
    std::optional<double> stop_out_tick;  // the first tick there, where the tick size is known
};

/// Those of one symbol that an account holds.
struct SymbolRisk {
    std::string symbol;
    LiquidationPrices prices;
};

/// Solves for both, from the current price outwards, before any rounding; the nearer crossing where
/// there is one on each side. Conversions through the symbol move with it. Precondition: the
/// account is valued. Source: docs/formulas.md §8.
[[nodiscard]] LiquidationPrices liquidation_prices(const AccountRow& row,
                                                   const GeneralAccount& account,
                                                   const GeneralMarket& market, SymbolId symbol);

}  // namespace margind
