#include "margind/core/valuation.hpp"

#include <algorithm>
#include <cmath>

namespace margind {
namespace {

/// Adds `part` to `sum`; false when either does not fit.
bool add(std::int64_t& sum, const Rounded& part) {
    return part.fits && !__builtin_add_overflow(sum, part.money.minor(), &sum);
}

}  // namespace

Rounded position_pnl(const PositionRow& row, const MarketView& market, Digits digits) {
    const Quote& quote = market.quotes[row.symbol.value];
    const double close = row.is_short ? quote.ask : quote.bid;
    const double profit_scale = scale(row.profit_digits);
    Rounded profit;  // minor units of profit currency
    if (row.rounds_each_leg) {
        profit = round_to_minor(close * row.units * profit_scale);
        if (!profit.fits) return {};
        profit = round_to_minor(static_cast<double>(profit.money.minor()) - row.open);
    } else {
        profit = round_to_minor((close - row.open) * row.units * profit_scale);
    }
    if (!profit.fits) return {};
    const RatePair& rate = market.rates[row.pnl_rate.value];
    // The client sells a profit at the bid and buys what a loss costs at the ask.
    const double worse = profit.money.minor() >= 0 ? rate.bid : rate.ask;
    const double amount = static_cast<double>(profit.money.minor()) / profit_scale;
    return to_money(Amount{amount}, Rate{worse}, digits);
}

Rounded position_margin(const PositionRow& row, const MarketView& market, Digits digits) {
    double amount = row.margin_amount;
    if (row.margin_uses_price) {
        const Quote& quote = market.quotes[row.symbol.value];
        amount *= std::abs(row.is_short ? quote.bid : quote.ask);
    }
    const RatePair& rate = market.rates[row.margin_rate.value];
    return to_money(Amount{amount}, Rate{row.is_short ? rate.bid : rate.ask}, digits);
}

Valuation value_account(const AccountRow& account, std::span<const PositionRow> positions,
                        const MarketView& market) {
    Valuation out{.balance = account.balance, .causes = account.causes, .digits = account.digits};
    if (!out.causes.none()) return out;
    std::int64_t pnl = account.carry.minor();
    std::int64_t margin = 0;
    bool fits = true;
    for (std::size_t i = 0; i < positions.size();) {
        const SymbolId symbol = positions[i].symbol;
        std::int64_t sides[2] = {0, 0};  // long, short
        for (; i < positions.size() && positions[i].symbol == symbol; ++i) {
            const PositionRow& row = positions[i];
            fits &= add(pnl, position_pnl(row, market, account.digits));
            fits &= add(sides[row.is_short ? 1 : 0], position_margin(row, market, account.digits));
        }
        fits &= !__builtin_add_overflow(margin, std::max(sides[0], sides[1]), &margin);
    }
    std::int64_t equity = 0;
    const std::int64_t deposit = account.cash.minor() - account.carry.minor();
    fits &= !__builtin_add_overflow(deposit, pnl, &equity);
    std::int64_t free_margin = 0;
    fits &= !__builtin_sub_overflow(equity, margin, &free_margin);
    if (!fits) {
        out.causes = Cause::overflow;
        return out;
    }
    out.equity = Money::from_minor(equity);
    out.margin = Money::from_minor(margin);
    out.pnl = Money::from_minor(pnl);
    return out;
}

bool is_at_or_below(Money equity, Money margin, LevelBp level, LevelCompare compare) {
    if (margin.minor() <= 0) return false;
    using Wide = __int128;
    const Wide left = Wide{equity.minor()} * 10'000;
    const Wide right = Wide{level.value} * margin.minor();
    return compare == LevelCompare::less ? left < right : left <= right;
}

double level_percent(Money equity, Money margin) {
    if (margin.minor() <= 0) return 0.0;
    return static_cast<double>(equity.minor()) / static_cast<double>(margin.minor()) * 100.0;
}

}  // namespace margind
