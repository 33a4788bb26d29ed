#include "margind/core/liquidation.hpp"

#include <algorithm>
#include <cmath>

namespace margind {
namespace {

/// How far an account is above a level, in account currency, when a symbol has moved.
class Distance {
public:
    /// `reserve`: what must be left beside, such as what closing costs in any case.
    Distance(const AccountRow& row, const GeneralAccount& account, const GeneralMarket& market,
             SymbolId symbol, double level, double reserve)
        : row_{row},
          account_{account},
          market_{market},
          symbol_{symbol},
          level_{level},
          reserve_{reserve} {}

    double operator()(double moved) const {
        const GeneralFigures figures =
            value_general(row_, account_, market_.with_moved(symbol_, moved));
        const double equity = row_.cash.to_double(row_.digits) + figures.pnl_exact;
        return equity - level_ * figures.margin_exact - reserve_;
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

private:
    const AccountRow& row_;
    const GeneralAccount& account_;
    const GeneralMarket& market_;
    SymbolId symbol_;
    double level_;
    double reserve_;
};

/// The first zero of `f` between 0 and `end`, walking there in steps; f(0) > 0.
template <class Function>
std::optional<double> first_zero(const Function& f, double end) {
    constexpr int steps = 64;
    constexpr int halvings = 200;
    double good = 0.0;
    for (int i = 1; i <= steps; ++i) {
        double bad = end * i / steps;
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
std::optional<double> nearest_zero(const Function& f, double price) {
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
    const Distance above_zero{row, account, market, symbol, 0.0, 0.0};
    const auto bankruptcy = nearest_zero(
        [&](double moved) { return above_zero(moved) - above_zero.fee(moved); }, price);
    const double fee = bankruptcy ? above_zero.fee(*bankruptcy) : 0.0;
    const double hundredths = static_cast<double>(row.stop_out.value) / 100.0;
    const bool is_money = account.rules->level_unit == LevelUnit::money;
    const double level = is_money ? 0.0 : hundredths / 100.0;
    const double reserve = is_money ? hundredths + fee : fee;
    const auto stop_out =
        nearest_zero(Distance{row, account, market, symbol, level, reserve}, price);
    const auto at = [&](const std::optional<double>& moved) {
        return moved ? std::optional{price + *moved} : std::nullopt;
    };
    LiquidationPrices prices{at(stop_out), at(bankruptcy), std::nullopt};
    const double tick = tick_of(account, symbol);
    if (prices.stop_out && tick > 0.0) {
        const double ticks = *prices.stop_out / tick;
        prices.stop_out_tick = (net < 0 ? std::floor(ticks) : std::ceil(ticks)) * tick;
    }
    return prices;
}

}  // namespace margind
