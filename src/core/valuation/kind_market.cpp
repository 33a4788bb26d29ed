#include "margind/core/valuation/kind_market.hpp"

#include <cmath>

namespace margind {

KindMarket kind_market(const PositionKind& kind, const PositionPrices& prices) {
    return {.close = prices.close,
            .gain_rate = prices.pnl_rate.of(true),
            .loss_rate = prices.pnl_rate.of(false),
            .margin_price = kind.margin_uses_price ? prices.margin_price : 1.0,
            .margin_rate = prices.margin_rate,
            .profit_scale = scale(kind.profit_digits),
            .account_scale = scale(kind.account_digits),
            .open_part = kind.rounds_apart ? 0.0 : 1.0};
}

namespace {

PositionPrices prices_of(const PositionKind& kind, const MarketView& market) {
    if (kind.symbol.is_none() || kind.pnl_rate.is_none() || kind.margin_rate.is_none()) return {};
    const Quote& quote = market.quotes[kind.symbol.value];
    return {.close = quote.closing(kind.is_short),
            .pnl_rate = market.rates[kind.pnl_rate.value],
            .margin_price = std::abs(quote.opening(kind.is_short)),
            .margin_rate = market.rates[kind.margin_rate.value].of(kind.is_short)};
}

}  // namespace

void look_up(const PositionKinds& kinds, const MarketView& market, std::vector<KindMarket>& out) {
    const std::vector<PositionKind>& all = kinds.values();
    out.resize(all.size());
    for (std::size_t id = 0; id < all.size(); ++id) {
        out[id] = kind_market(all[id], prices_of(all[id], market));
    }
}

}  // namespace margind
