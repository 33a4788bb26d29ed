#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "margind/core/base/money.hpp"
#include "margind/core/base/verdict.hpp"
#include "margind/core/book/book.hpp"
#include "margind/core/market/conversion.hpp"
#include "margind/core/market/quotes.hpp"
#include "margind/core/rules/rules.hpp"

namespace margind {

/// An account's figures in minor units of its currency. Only meaningful while `causes` is none.
struct Valuation {
    Money equity;
    Money margin;
    Money pnl;          // floating P/L with swap and commission: equity − balance − credit
    Money balance;      // the one that equity rests on
    Money closing_fee;  // of perpetuals whose venue charges one: held back from the level
    Causes causes;
    Digits digits;

    [[nodiscard]] Money free_margin() const { return equity - margin; }
    /// What levels are read from.
    [[nodiscard]] Money level_equity() const { return equity - closing_fee; }
    friend bool operator==(const Valuation&, const Valuation&) = default;
};

/// What valuation reads of the market. Both tables hold NaN where a value is in doubt.
struct MarketView {
    std::span<const Quote> quotes;
    std::span<const RatePair> rates;
};

/// What one position is valued at. NaN where that is in doubt.
struct PositionPrices {
    double close = not_a_price;  // of the side that closes it
    RatePair pnl_rate;
    double margin_price = not_a_price;  // a magnitude
    double margin_rate = not_a_price;
};
[[nodiscard]] PositionPrices prices_of(const PositionRow& row, const MarketView& market);

/// P/L of one position in account currency. Source: docs/formulas.md §1 and §4.
[[nodiscard]] Rounded position_pnl(const PositionRow& row, const PositionPrices& prices,
                                   Digits digits);

/// Margin of one position in account currency. Source: docs/formulas.md §2 and §4.
[[nodiscard]] Rounded position_margin(const PositionRow& row, const PositionPrices& prices,
                                      Digits digits);

/// Fills in what the positions' P/L (without carry) and the margin make of an account. False, with
/// nothing filled in, where a sum does not fit.
[[nodiscard]] inline bool set_figures(Valuation& out, const AccountRow& account,
                                      std::int64_t positions_pnl, std::int64_t margin) {
    std::int64_t pnl = 0;
    std::int64_t equity = 0;
    std::int64_t free_margin = 0;
    const std::int64_t deposit = account.cash.minor() - account.carry.minor();
    if (__builtin_add_overflow(positions_pnl, account.carry.minor(), &pnl) ||
        __builtin_add_overflow(deposit, pnl, &equity) ||
        __builtin_sub_overflow(equity, margin, &free_margin)) {
        return false;
    }
    out.equity = Money::from_minor(equity);
    out.margin = Money::from_minor(margin);
    out.pnl = Money::from_minor(pnl);
    return true;
}

/// Values one account by the rule set `standard`: Σ P/L, and per symbol the larger of the long and
/// the short margin. An account with causes of its own, or with a figure in doubt, has no figures:
/// `causes` then says `overflow`, which stands for any of them until the engine has looked closer.
/// `prices_at(row)` gives what a position is valued at.
template <class PricesAt>
[[nodiscard]] Valuation value_account(const AccountRow& account,
                                      std::span<const PositionRow> positions, PricesAt prices_at) {
    Valuation out{.balance = account.balance, .causes = account.causes, .digits = account.digits};
    if (!out.causes.none()) return out;
    const auto add = [](std::int64_t& sum, const Rounded& part) {
        return part.fits && !__builtin_add_overflow(sum, part.money.minor(), &sum);
    };
    std::int64_t pnl = 0;
    std::int64_t margin = 0;
    bool fits = true;
    for (std::size_t i = 0; i < positions.size();) {
        const SymbolId symbol = positions[i].symbol;
        std::int64_t sides[2] = {0, 0};  // long, short
        for (; i < positions.size() && positions[i].symbol == symbol; ++i) {
            const PositionRow& row = positions[i];
            const PositionPrices prices = prices_at(row);
            fits &= add(pnl, position_pnl(row, prices, account.digits));
            fits &= add(sides[row.is_short ? 1 : 0], position_margin(row, prices, account.digits));
        }
        fits &= !__builtin_add_overflow(margin, std::max(sides[0], sides[1]), &margin);
    }
    if (!fits || !set_figures(out, account, pnl, margin)) out.causes = Cause::overflow;
    return out;
}

/// The same in a market.
[[nodiscard]] Valuation value_account(const AccountRow& account,
                                      std::span<const PositionRow> positions,
                                      const MarketView& market);

/// True where `equity` against `margin` is at or below `level`, compared exactly in integers:
/// equity × 10,000 <= level × margin (or <). Margin 0 has no level.
[[nodiscard]] inline bool is_at_or_below(Money equity, Money margin, Level level,
                                         LevelCompare compare) {
    if (margin.minor() <= 0) return false;
    using Wide = __int128;
    const Wide left = Wide{equity.minor()} * 10'000;
    const Wide right = Wide{level.value} * margin.minor();
    return compare == LevelCompare::less ? left < right : left <= right;
}

/// True where an account is at or below (by the rules: below) a level of its rules. In percent as
/// above; in money equity is compared. Without margin there is no level.
[[nodiscard]] bool has_reached(Money equity, Money margin, Digits digits, Level level,
                               const RuleSet& rules);

/// Margin level in percent for display; 0 where nothing is used.
[[nodiscard]] double level_percent(Money equity, Money margin);

/// How much of the way to a stop-out level in percent is used: 100 where it is reached.
/// Precondition: equity above 0.
[[nodiscard]] double closeout_percent(Money equity, Money margin, Level stop_out);

}  // namespace margind
