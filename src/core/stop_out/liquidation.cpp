#include "margind/core/stop_out/liquidation.hpp"

#include <algorithm>
#include <boost/unordered/unordered_flat_map.hpp>
#include <cmath>
#include <span>
#include <string_view>

#include "core/stop_out/price_walk.hpp"
#include "margind/core/stop_out/level_reading.hpp"

namespace margind {
namespace {

/// What an account comes to, but for the fees, before any rounding.
struct Sums {
    double pnl = 0.0;
    double margin = 0.0;
    Money rounded_margin;  // as the levels see it

    void add(double more_pnl, const Figure& more) {
        pnl += more_pnl;
        margin += more.exact;
        rounded_margin = rounded_margin + more.money.money;
    }
};

/// One symbol of an account as it is now.
struct Part {
    SymbolId symbol;
    std::span<const Exposure> exposures;
    double pnl = 0.0;
    Figure margin;
    std::optional<ClosingFee> fee;
};

std::vector<Part> parts_of(const AccountRow& row, const GeneralAccount& account,
                           const GeneralMarket& market) {
    Workings workings;
    static_cast<void>(value_general(row, account, market, &workings));
    std::vector<Part> parts;
    for (const HoldingWorkings& each : workings.level.holdings) {
        const Holding& holding = each.holding;
        Part& part = parts.emplace_back();
        part.symbol = holding.symbol;
        part.exposures =
            std::span{account.exposures}.subspan(holding.first, holding.last - holding.first);
        for (std::size_t i = holding.first; i < holding.last; ++i) {
            if (account.exposures[i].kind != OrderKind::position) continue;
            part.pnl += workings.pnl[i].figure.exact;
        }
        part.margin = each.margin;
    }
    auto part = parts.begin();
    for (const ClosingFeeWorkings& each : workings.closing_fees) {
        while (part->symbol != each.symbol) ++part;
        part->fee = each.fee;
    }
    return parts;
}

bool converts_through(const GeneralMarket& market, const Exposure& exposure, SymbolId symbol) {
    const auto is_used = [&](RateId rate) {
        if (rate.is_none()) return false;
        const RatePath& path = market.path(rate);
        const auto steps = std::span{path.steps}.first(path.step_count);
        return std::ranges::find(steps, symbol, &RateStep::symbol) != steps.end();
    };
    return is_used(exposure.pnl_rate) || is_used(exposure.margin_rate) ||
           is_used(exposure.tier_rate);
}

/// What of an account a symbol's price moves: its own exposures, those that are converted through
/// it, and those that share tiers with them. The rest stays as it is.
class MovingAccount {
public:
    MovingAccount(const AccountRow& row, const GeneralAccount& account, const GeneralMarket& market,
                  std::span<const Part> parts, SymbolId symbol)
        : row_{row}, market_{market}, symbol_{symbol} {
        moving_.rules = account.rules;
        moving_.margin_mode = account.margin_mode;
        moving_.leverage = account.leverage;
        divide(parts);
    }

    /// What holds when the symbol has moved so far. Each place is worked out once.
    struct Point {
        PointFigures figures;
        double own_fee = 0.0;    // of the symbol, all of it at the price there
        bool is_known = false;   // no amount is too large there
        bool has_level = false;  // the account may be at its stop-out there at all

        [[nodiscard]] double above_stop_out() const {
            if (!is_known) return not_a_price;
            return has_level ? figures.equity - figures.needed() : 1.0;
        }
        [[nodiscard]] double above_bankruptcy() const {
            return is_known ? figures.equity - own_fee : not_a_price;
        }
    };
    [[nodiscard]] const Point& at(double moved) {
        const auto [entry, is_new] = known_.try_emplace(moved);
        if (is_new) entry->second = point_at(moved);
        return entry->second;
    }

private:
    void divide(std::span<const Part> parts) {
        std::vector<std::string_view> scopes;
        std::vector<bool> moves(parts.size());
        for (std::size_t i = 0; i < parts.size(); ++i) {
            const Exposure& any = parts[i].exposures.front();
            moves[i] = parts[i].symbol == symbol_ || converts_through(market_, any, symbol_);
            const std::string& scope = any.instrument->tier_scope;
            if (moves[i] && !scope.empty()) scopes.push_back(scope);
        }
        for (std::size_t i = 0; i < parts.size(); ++i) {
            const Part& part = parts[i];
            const std::string_view scope = part.exposures.front().instrument->tier_scope;
            if (moves[i] || std::ranges::find(scopes, scope) != scopes.end()) {
                moving_.exposures.insert(moving_.exposures.end(), part.exposures.begin(),
                                         part.exposures.end());
                continue;
            }
            rest_.add(part.pnl, part.margin);
            if (part.fee) fees_.push_back(*part.fee);
        }
    }

    [[nodiscard]] Point point_at(double moved) const {
        const ExactSums sums = sum_exact(row_, moving_, market_.with_moved(symbol_, moved));
        Point point;
        if (!sums.is_known) return point;
        point.is_known = true;
        Sums all = rest_;
        all.add(sums.pnl, sums.margin);
        PointFigures& figures = point.figures;
        figures.equity = row_.cash.to_double(row_.digits) + all.pnl;
        ClosingFees fees{figures.equity};
        for (const ClosingFee& fee : fees_) fees.add(fee);
        for (const auto& [symbol, fee] : sums.fees) {
            fees.add(fee);
            if (symbol == symbol_) point.own_fee = fee.now();
        }
        figures.fee = fees.sum();
        const bool has_margin = all.rounded_margin > Money{};
        const double stop_out = static_cast<double>(row_.stop_out.value) / 100.0;
        const LevelMeasure measure = level_measure(has_margin, row_.count > 0, *moving_.rules);
        point.has_level = measure != LevelMeasure::none;
        figures.margin = all.margin;
        if (measure == LevelMeasure::percent) figures.level = stop_out / 100.0;
        if (measure == LevelMeasure::money) figures.reserve = stop_out;
        return point;
    }

    const AccountRow& row_;
    const GeneralMarket& market_;
    SymbolId symbol_;
    GeneralAccount moving_;
    Sums rest_;
    std::vector<ClosingFee> fees_;  // of the rest
    boost::unordered_flat_map<double, Point> known_;
};

/// The ways that the price may go: up, and down to 0 or, where that is a price, beyond.
struct Ways {
    PriceWalk up;
    PriceWalk down;
};

Ways ways_of(const GeneralMarket& market, const Part& part, double price) {
    Ways ways{.up = {.sign = 1.0}, .down = {.sign = -1.0}};
    ways.up.unit = ways.down.unit = price == 0.0 ? 1.0 : std::abs(price);
    if (!market.allows_negative(part.symbol, *part.exposures.front().instrument)) {
        ways.down.end = std::min(price, market.quote(part.symbol).bid);
        ways.down.is_to_zero = true;
    }
    return ways;
}

/// Of one symbol. A perpetual is bankrupt when nothing is left after its closing fee.
LiquidationPrices prices_of(const AccountRow& row, const GeneralAccount& account,
                            const GeneralMarket& market, std::span<const Part> parts,
                            const Part& part) {
    std::int64_t net = 0;
    for (const Exposure& exposure : part.exposures) {
        if (exposure.kind != OrderKind::position) continue;
        net += exposure.is_short ? -exposure.volume.raw() : exposure.volume.raw();
    }
    const double price = valuation_price(*account.rules, market, part.symbol, net < 0);
    const Ways ways = ways_of(market, part, price);
    if (!std::isfinite(price) || !(ways.down.end > 0.0)) return {};
    MovingAccount moving{row, account, market, parts, part.symbol};
    const auto solve = [&](auto&& f) {
        return net < 0 ? nearest_zero(f, ways.up, ways.down) : nearest_zero(f, ways.down, ways.up);
    };
    const auto bankruptcy =
        solve([&](double moved) { return moving.at(moved).above_bankruptcy(); });
    const auto stop_out = solve([&](double moved) { return moving.at(moved).above_stop_out(); });
    LiquidationPrices prices{.tick = part.exposures.front().instrument->tick_size};
    if (bankruptcy) {
        const auto& point = moving.at(*bankruptcy);
        prices.bankruptcy = price + *bankruptcy;
        prices.at_bankruptcy = {.equity = point.figures.equity, .fee = point.own_fee};
    }
    if (!stop_out) return prices;
    prices.stop_out = price + *stop_out;
    prices.at_stop_out = moving.at(*stop_out).figures;
    if (prices.tick > 0.0) {
        prices.ticks = *prices.stop_out / prices.tick;
        prices.whole_ticks = net < 0 ? std::floor(prices.ticks) : std::ceil(prices.ticks);
        prices.stop_out_tick = prices.whole_ticks * prices.tick;
    }
    return prices;
}

}  // namespace

std::vector<SymbolPrices> liquidation_prices(const AccountRow& row, const GeneralAccount& account,
                                             const GeneralMarket& market) {
    const std::vector<Part> parts = parts_of(row, account, market);
    std::vector<SymbolPrices> prices;
    for (const Part& part : parts) {
        prices.push_back({part.symbol, prices_of(row, account, market, parts, part)});
    }
    return prices;
}

}  // namespace margind
