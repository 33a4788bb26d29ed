#pragma once
#include <span>
#include <vector>

#include "margind/core/book/position_kind.hpp"
#include "margind/core/valuation/valuation.hpp"

namespace margind {

/// All that the market and a kind say of a position, side by side in one line of the cache. NaN
/// where it is in doubt.
struct alignas(64) KindMarket {
    double close = not_a_price;  // the side that closes a position
    double gain_rate = not_a_price;
    double loss_rate = not_a_price;
    double margin_price = not_a_price;  // the other side's magnitude; 1 where margin goes without
    double margin_rate = not_a_price;
    double profit_scale = 1.0;  // minor units per unit
    double account_scale = 1.0;
    double open_part = 0.0;  // 1 where the difference to the open price is rounded, forex: 0
};
static_assert(sizeof(KindMarket) == 64);

/// Of one kind at these prices.
[[nodiscard]] KindMarket kind_market(const PositionKind& kind, const PositionPrices& prices);

/// Looks up what a beat needs, for every kind there is: ids are places in `out`.
void look_up(const PositionKinds& kinds, const MarketView& market, std::vector<KindMarket>& out);

}  // namespace margind
