// Accounts.
#include <algorithm>
#include <cmath>

#include "support/exact_material.hpp"

namespace margind::test::exact {

Volume ExactMaterial::volume(double lots) {
    const double limit = std::min(lots * static_cast<double>(Volume::per_lot), 9e15);
    const std::int64_t raw = std::max<std::int64_t>(1, static_cast<std::int64_t>(limit));
    std::int64_t step = random_.pick({Volume::per_lot / 100, Volume::per_lot / 100,
                                      Volume::per_lot / 100, Volume::per_lot, std::int64_t{1}});
    while (step > raw) step /= 10;
    return Volume::from_raw(raw / step * step);
}

void ExactMaterial::add_order(ExactAccount& account, std::size_t instrument) {
    const ExactInstrument& known = market_.instruments[instrument];
    const ExactQuote& quote = market_.quotes[known.quote];
    const bool is_extreme = options_.magnitude == Magnitude::extreme;
    const double usd = std::pow(10.0, random_.real(1.0, is_extreme ? 14.0 : 6.5));
    ExactOrder& order = account.orders.emplace_back();
    order.instrument = instrument;
    order.is_short = random_.chance(0.5);
    order.volume = volume(usd / lot_usd(known));
    const double away = is_extreme ? 0.5 : 0.03;
    const auto middle = static_cast<double>(quote.bid.digits);
    order.price = {std::llround(middle * (1.0 + random_.real(-away, away))), quote.bid.places};
    if (order.price.digits == 0) order.price.digits = 1;
    const int digits = market_.digits(account.currency);
    if (!is_plain_ && random_.chance(0.15)) {
        order.kind = random_.pick({OrderKind::limit, OrderKind::stop, OrderKind::stop_limit});
        return;
    }
    const double cent = 1.0 / rough_usd(account.currency);
    const int finer = random_.chance(0.1) ? digits + 1 : digits;  // rounded when it is read
    if (random_.chance(0.3)) order.swap = decimal(random_.real(-30.0, 10.0) * cent, finer);
    if (random_.chance(0.3)) order.commission = decimal(random_.real(0.0, 15.0) * cent, finer);
    if (!is_plain_ && random_.chance(0.02)) {
        order.given_pnl = decimal(random_.real(-3'000.0, 3'000.0) * cent, digits);
    }
}

ExactAccount ExactMaterial::account() {
    ExactAccount account;
    account.rules = random_.chance(0.5) ? market_.rules : some_rules();
    account.currency = any_currency();
    account.leverage =
        one_of({{100, 0}, {30, 0}, {500, 0}, {1, 0}, {5, 0}, {200, 0}, {333, 1}, {7, 0}});
    account.margin_mode = random_.chance(0.6) ? MarginMode::hedging : MarginMode::netting;
    const std::uint64_t count = random_.chance(0.95) ? random_.below(6) : random_.below(25);
    std::size_t instrument = random_.below(market_.instruments.size());
    double usd = 0.0;
    for (std::uint64_t i = 0; i < count; ++i) {
        // Often another one of the same symbol: hedges, nets and tiers.
        if (random_.chance(0.5)) instrument = random_.below(market_.instruments.size());
        add_order(account, instrument);
        const ExactInstrument& known = market_.instruments[instrument];
        usd += lot_usd(known) * account.orders.back().volume.lots();
        // Nobody's rules say what basic hedging makes of maintenance tiers.
        if (known.is_perpetual()) account.rules.hedged_margin = HedgedMargin::larger_leg;
    }
    const double own =
        (usd * random_.real(0.1, 2.0) + random_.real(0.0, 9.0)) / rough_usd(account.currency);
    const int digits = market_.digits(account.currency);
    account.balance = decimal(std::min(own, std::pow(10.0, 15 - digits)), digits);
    if (random_.chance(0.2)) account.credit = decimal(account.balance.nearest() * 0.1, digits);
    return account;
}

}  // namespace margind::test::exact
