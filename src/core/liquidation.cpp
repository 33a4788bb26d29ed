#include "margind/core/liquidation.hpp"

#include <algorithm>
#include <boost/unordered/unordered_flat_map.hpp>
#include <cmath>

namespace margind {
namespace {

/// An account while one of its symbols moves and everything else holds still.
class MovingAccount {
public:
    MovingAccount(const AccountRow& row, const GeneralAccount& account, const GeneralMarket& market,
                  SymbolId symbol)
        : row_{row}, account_{account}, market_{market}, symbol_{symbol} {}

    /// Equity and margin when the symbol has moved. Each place is worked out once.
    [[nodiscard]] const ExactSums& sums(double moved) {
        const auto [entry, is_new] = known_.try_emplace(moved);
        if (is_new) {
            entry->second = sum_exact(row_, account_, market_.with_moved(symbol_, moved));
        }
        return entry->second;
    }
    [[nodiscard]] double equity(double moved) {
        return row_.cash.to_double(row_.digits) + sums(moved).pnl;
    }

    /// What closing the symbol's perpetuals costs when it has moved.
    [[nodiscard]] double fee(double moved) const {
        const GeneralMarket market = market_.with_moved(symbol_, moved);
        double fee = 0.0;
        for (const Exposure& exposure : account_.exposures) {
            const double share = exposure.instrument->taker_fee;
            if (exposure.symbol != symbol_ || exposure.kind != OrderKind::position) continue;
            if (share == 0.0 || !exposure.instrument->is_perpetual()) continue;
            const double price =
                valuation_price(*account_.rules, market, symbol_, exposure.is_short);
            fee += notional(exposure, price) * share * market.rate(exposure.margin_rate).ask;
        }
        return fee;
    }

    /// What holds there of what is `wanted`.
    [[nodiscard]] PointFigures figures(double moved, PointFigures wanted) {
        wanted.equity = equity(moved);
        wanted.margin = sums(moved).margin;
        return wanted;
    }

private:
    const AccountRow& row_;
    const GeneralAccount& account_;
    const GeneralMarket& market_;
    SymbolId symbol_;
    boost::unordered_flat_map<double, ExactSums> known_;
};

/// A walk to `end`: even steps, and towards a price of 0 what is left is halved again and again,
/// since inverse rates do most of their moving there.
constexpr int even_steps = 64;
constexpr int halved_steps = 24;

double place(double end, int i) {
    if (i < even_steps) return end * i / even_steps;
    if (i == even_steps + halved_steps) return end;
    return end - end / even_steps / std::exp2(i - even_steps + 1);
}

/// The first zero of `f` between 0 and `end`, walking there; f(0) > 0.
template <class Function>
std::optional<double> first_zero(Function& f, double end) {
    constexpr int steps = even_steps + halved_steps;
    constexpr int halvings = 200;
    double good = 0.0;
    for (int i = 1; i <= steps; ++i) {
        if (end > 0.0 && i >= even_steps && i < steps) continue;
        double bad = place(end, i);
        if (!(f(bad) <= 0.0)) {
            good = bad;
            continue;
        }
        for (int j = 0; j < halvings; ++j) {
            const double middle = good + (bad - good) / 2.0;
            if (middle == good || middle == bad) break;
            (f(middle) <= 0.0 ? bad : good) = middle;
        }
        return bad;
    }
    return std::nullopt;
}

template <class Function>
std::optional<double> nearest_zero(Function&& f, double price) {
    if (!(f(0.0) > 0.0)) return std::nullopt;
    const auto below = first_zero(f, -price);
    // Losses beyond are those of a price many times its own: looked for in growing steps.
    std::optional<double> above;
    for (double reach = price; !above && reach < price * 1e3; reach *= 4.0) {
        above = first_zero(f, reach);
    }
    if (!below || !above) return below ? below : above;
    return -*below <= *above ? below : above;
}

double tick_of(const GeneralAccount& account, SymbolId symbol) {
    const auto found = std::ranges::find(account.exposures, symbol, &Exposure::symbol);
    return found == account.exposures.end() ? 0.0 : found->instrument->tick_size;
}

}  // namespace

LiquidationPrices liquidation_prices(const AccountRow& row, const GeneralAccount& account,
                                     const GeneralMarket& market, SymbolId symbol) {
    std::int64_t net = 0;
    for (const Exposure& exposure : account.exposures) {
        if (exposure.symbol != symbol || exposure.kind != OrderKind::position) continue;
        net += exposure.is_short ? -exposure.volume.raw() : exposure.volume.raw();
    }
    const double price = valuation_price(*account.rules, market, symbol, net < 0);
    if (!(price > 0.0)) return {};
    // A perpetual is bankrupt when nothing is left after its closing fee, and liquidated when what
    // is left above the maintenance margin is that very fee.
    MovingAccount moving{row, account, market, symbol};
    const auto bankruptcy =
        nearest_zero([&](double moved) { return moving.equity(moved) - moving.fee(moved); }, price);
    PointFigures wanted;
    if (bankruptcy) wanted.fee = moving.fee(*bankruptcy);
    const PointFigures at_bankruptcy = wanted;
    const double hundredths = static_cast<double>(row.stop_out.value) / 100.0;
    if (account.rules->level_unit == LevelUnit::money) {
        wanted.reserve = hundredths;
    } else {
        wanted.level = hundredths / 100.0;
    }
    const auto stop_out = nearest_zero(
        [&](double moved) {
            const PointFigures point = moving.figures(moved, wanted);
            return point.equity - point.needed();
        },
        price);
    LiquidationPrices prices{.tick = tick_of(account, symbol)};
    if (bankruptcy) {
        prices.bankruptcy = price + *bankruptcy;
        prices.at_bankruptcy = moving.figures(*bankruptcy, at_bankruptcy);
    }
    if (!stop_out) return prices;
    prices.stop_out = price + *stop_out;
    prices.at_stop_out = moving.figures(*stop_out, wanted);
    if (prices.tick > 0.0) {
        prices.ticks = *prices.stop_out / prices.tick;
        prices.whole_ticks = net < 0 ? std::floor(prices.ticks) : std::ceil(prices.ticks);
        prices.stop_out_tick = prices.whole_ticks * prices.tick;
    }
    return prices;
}

}  // namespace margind
