#include "margind/core/valuation/valuation.hpp"

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
    const double close = market.quotes[row.symbol.value].closing(row.is_short);
    const double profit_scale = scale(row.profit_digits);
    const Rounded value = round_to_minor(
        (close - row.open_price) * row.units * profit_scale,
        std::max(std::abs(close), std::abs(row.open_price)) * row.units * profit_scale);
    // Minor units of profit currency. One of two subtractions is that of a zero.
    const Rounded profit =
        round_to_minor(static_cast<double>(value.money.minor()) - row.open_value);
    if (!value.fits || !profit.fits) return {};
    // The client sells a profit at the bid and buys what a loss costs at the ask.
    const double worse = market.rates[row.pnl_rate.value].of(profit.money.minor() >= 0);
    const double amount = static_cast<double>(profit.money.minor()) / profit_scale;
    return to_money(Amount{amount}, Rate{worse}, digits);
}

Rounded position_margin(const PositionRow& row, const MarketView& market, Digits digits) {
    double amount = row.margin_amount;
    if (row.margin_uses_price) {
        amount *= std::abs(market.quotes[row.symbol.value].opening(row.is_short));
    }
    const double rate = market.rates[row.margin_rate.value].of(row.is_short);
    return to_money(Amount{amount}, Rate{rate}, digits);
}

Valuation value_account(const AccountRow& account, std::span<const PositionRow> positions,
                        const MarketView& market) {
    Valuation out{.balance = account.balance, .causes = account.causes, .digits = account.digits};
    if (!out.causes.none()) return out;
    std::int64_t pnl = 0;
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
    if (!fits || !set_figures(out, account, pnl, margin)) out.causes = Cause::overflow;
    return out;
}

bool has_reached(Money equity, Money margin, Digits digits, Level level, const RuleSet& rules) {
    if (rules.level_unit == LevelUnit::percent || margin.minor() <= 0) {
        return is_at_or_below(equity, margin, level, rules.level_compare);
    }
    // Levels are hundredths: equity × 100 against level × 10^digits.
    using Wide = __int128;
    const Wide left = Wide{equity.minor()} * 100;
    const Wide right = Wide{level.value} * static_cast<std::int64_t>(scale(digits));
    return rules.level_compare == LevelCompare::less ? left < right : left <= right;
}

double level_percent(Money equity, Money margin) {
    if (margin.minor() <= 0) return 0.0;
    return static_cast<double>(equity.minor()) / static_cast<double>(margin.minor()) * 100.0;
}

double closeout_percent(Money equity, Money margin, Level stop_out) {
    const double percent = static_cast<double>(stop_out.value) / 100.0;
    return percent * static_cast<double>(margin.minor()) / static_cast<double>(equity.minor());
}

}  // namespace margind
