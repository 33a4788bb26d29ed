#include "margind/core/valuation/valuation.hpp"

#include <algorithm>
#include <cmath>

namespace margind {

PositionPrices prices_of(const PositionRow& row, const MarketView& market) {
    const Quote& quote = market.quotes[row.symbol.value];
    return {.close = quote.closing(row.is_short),
            .pnl_rate = market.rates[row.pnl_rate.value],
            .margin_price = std::abs(quote.opening(row.is_short)),
            .margin_rate = market.rates[row.margin_rate.value].of(row.is_short)};
}

Rounded position_pnl(const PositionRow& row, const PositionPrices& prices, Digits digits) {
    const double profit_scale = scale(row.profit_digits);
    const Rounded value = round_to_minor(
        (prices.close - row.open_price) * row.units * profit_scale,
        std::max(std::abs(prices.close), std::abs(row.open_price)) * row.units * profit_scale);
    // Minor units of profit currency. One of two subtractions is that of a zero.
    const Rounded profit =
        round_to_minor(static_cast<double>(value.money.minor()) - row.open_value);
    if (!value.fits || !profit.fits) return {};
    // The client sells a profit at the bid and buys what a loss costs at the ask.
    const double worse = prices.pnl_rate.of(profit.money.minor() >= 0);
    const double amount = static_cast<double>(profit.money.minor()) / profit_scale;
    return to_money(Amount{amount}, Rate{worse}, digits);
}

Rounded position_margin(const PositionRow& row, const PositionPrices& prices, Digits digits) {
    double amount = row.margin_amount;
    if (row.margin_uses_price) amount *= prices.margin_price;
    return to_money(Amount{amount}, Rate{prices.margin_rate}, digits);
}

Valuation value_account(const AccountRow& account, std::span<const PositionRow> positions,
                        const MarketView& market) {
    return value_account(account, positions,
                         [&](const PositionRow& row) { return prices_of(row, market); });
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
