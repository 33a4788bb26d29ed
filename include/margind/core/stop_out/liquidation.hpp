#pragma once
#include <optional>
#include <string>
#include <vector>

#include "margind/core/valuation/general_account.hpp"

namespace margind {

/// What holds at such a price: equity is at level × margin + fee. Account currency, not rounded.
struct PointFigures {
    double equity = 0.0;
    double level = 0.0;  // share of the margin
    double margin = 0.0;
    double reserve = 0.0;  // the level itself where it is an amount of money
    double fee = 0.0;      // held back to close perpetuals; at the bankruptcy the symbol's own

    [[nodiscard]] double needed() const { return level * margin + (reserve + fee); }
};

/// Where a symbol's price takes an account, everything else held still: the price of the side that
/// values its net position. Nothing where no price does, or where the account is there already.
struct LiquidationPrices {
    std::optional<double> stop_out;       // the account is at its stop-out level
    std::optional<double> bankruptcy;     // equity, after a perpetual's closing fee, reaches 0
    std::optional<double> stop_out_tick;  // the first tick there, where the tick size is known
    PointFigures at_stop_out;
    PointFigures at_bankruptcy;
    double tick = 0.0;         // 0 = not known
    double ticks = 0.0;        // the stop-out in ticks
    double whole_ticks = 0.0;  // rounded away from the loss
};

/// Those of one symbol that an account holds, or of one isolated position.
struct SymbolRisk {
    std::string symbol;
    std::string position;  // the id of an isolated one; else empty
    LiquidationPrices prices;
    std::vector<std::string> steps;  // their arithmetic, a line each
};

/// Those of a symbol that an account holds.
struct SymbolPrices {
    SymbolId symbol;
    LiquidationPrices prices;
};

/// Solves for both, for each symbol in the account's order: from the current price outwards, before
/// any rounding; the nearer crossing where there is one on each side. Conversions through a symbol
/// move with it. Precondition: the account is valued. Source: docs/formulas.md §8.
[[nodiscard]] std::vector<SymbolPrices> liquidation_prices(const AccountRow& row,
                                                           const GeneralAccount& account,
                                                           const GeneralMarket& market);

}  // namespace margind
