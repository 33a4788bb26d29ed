#include "margind/core/valuation/kind_market.hpp"

#include <cmath>

namespace margind {
namespace {

KindMarket look_up(const PositionKind& kind, const MarketView& market) {
    KindMarket out;
    out.profit_scale = scale(kind.profit_digits);
    out.account_scale = scale(kind.account_digits);
    out.open_part = kind.rounds_apart ? 0.0 : 1.0;
    if (kind.symbol.is_none() || kind.pnl_rate.is_none() || kind.margin_rate.is_none()) return out;
    const Quote& quote = market.quotes[kind.symbol.value];
    const RatePair& pnl = market.rates[kind.pnl_rate.value];
    const RatePair& margin = market.rates[kind.margin_rate.value];
    out.close = quote.closing(kind.is_short);
    out.gain_rate = pnl.of(true);
    out.loss_rate = pnl.of(false);
    out.margin_price = kind.margin_uses_price ? std::abs(quote.opening(kind.is_short)) : 1.0;
    out.margin_rate = margin.of(kind.is_short);
    return out;
}

}  // namespace

void look_up(const PositionKinds& kinds, const MarketView& market, std::vector<KindMarket>& out) {
    const std::vector<PositionKind>& all = kinds.values();
    out.resize(all.size());
    for (std::size_t id = 0; id < all.size(); ++id) out[id] = look_up(all[id], market);
}

}  // namespace margind
