// Instruments of every calc mode.
#include <algorithm>
#include <cmath>

#include "support/exact_material.hpp"

namespace margind::test::exact {
namespace {

constexpr CalcMode plain_modes[] = {CalcMode::forex,  CalcMode::forex_no_leverage,
                                    CalcMode::cfd,    CalcMode::cfd_leverage,
                                    CalcMode::crypto, CalcMode::fixed};
constexpr CalcMode other_modes[] = {CalcMode::cfd_index, CalcMode::futures,
                                    CalcMode::perpetual_linear, CalcMode::perpetual_inverse};
constexpr Decimal contract_sizes[] = {{1, 0},   {10, 0},    {25, 0},      {100, 0},
                                      {625, 1}, {1'000, 0}, {100'000, 0}, {1, 1}};

double middle_of(const ExactQuote& quote) {
    return (quote.bid.nearest() + quote.ask.nearest()) / 2.0;
}

std::string margin_currency(const ExactInstrument& instrument,
                            const std::vector<ExactQuote>& quotes) {
    if (!instrument.margin_currency.empty()) return instrument.margin_currency;
    if (!instrument.is_forex()) return instrument.profit_currency;
    if (!instrument.base_currency.empty()) return instrument.base_currency;
    return quotes[instrument.quote].symbol.substr(0, 3);
}

}  // namespace

CalcMode ExactMaterial::choose_mode(bool is_pair) {
    if (is_pair && random_.chance(0.8)) {
        return random_.chance(0.8) ? CalcMode::forex : CalcMode::forex_no_leverage;
    }
    return is_plain_ || random_.chance(0.5) ? random_.pick(plain_modes) : random_.pick(other_modes);
}

/// The first ones are currency pairs, which convert as well.
void ExactMaterial::make_instrument(std::size_t number) {
    constexpr std::size_t pair_instruments = 5;
    ExactInstrument instrument;
    const bool is_pair = number < pair_instruments;
    instrument.mode = choose_mode(is_pair);
    if (is_pair) {
        // Not twice the same one: a step through all pairs.
        const std::size_t step = pairs_ / pair_instruments;
        instrument.quote = number * step + random_.below(step);
        const std::string symbol = market_.quotes[instrument.quote].symbol;
        instrument.profit_currency = symbol.substr(3, 3);
        instrument.contract_size =
            one_of({{100'000, 0}, {100'000, 0}, {100'000, 0}, {1'000, 0}, {1, 0}});
        if (random_.chance(0.2)) instrument.base_currency = symbol.substr(0, 3);
    } else {
        instrument.quote = market_.quotes.size();
        double middle = std::pow(10.0, random_.real(-3.0, 5.0));
        const bool may_be_negative =
            instrument.mode == CalcMode::cfd || instrument.mode == CalcMode::cfd_leverage ||
            instrument.mode == CalcMode::cfd_index || instrument.mode == CalcMode::fixed;
        if (may_be_negative && random_.chance(0.1)) middle = -middle;
        add_quote("SYMBOL" + std::to_string(number), middle,
                  static_cast<int>(random_.between(3, 8)));
        instrument.profit_currency = any_currency();
        instrument.base_currency = any_currency();
        instrument.contract_size = random_.pick(contract_sizes);
    }
    if (random_.chance(0.15)) instrument.margin_currency = any_currency();
    choose_margins(instrument);
    choose_rates(instrument);
    if (!is_plain_ && random_.chance(0.25)) choose_tiers(instrument);
    if (instrument.is_perpetual() && instrument.tiers.empty()) {
        instrument.maintenance_margin = one_of({{5, 3}, {1, 2}, {4, 3}, {25, 3}, {33, 4}});
    }
    market_.instruments.push_back(std::move(instrument));
}

void ExactMaterial::choose_margins(ExactInstrument& instrument) {
    const int tick_places = market_.quotes[instrument.quote].bid.places;
    if (instrument.mode == CalcMode::cfd_index ||
        (instrument.mode == CalcMode::futures && random_.chance(0.5))) {
        const std::int64_t tick = random_.pick({1, 5, 25});
        instrument.tick_size = Decimal{tick, tick_places};
        const Decimal share = one_of({{1, 0}, {1, 0}, {5, 1}, {10, 0}, {3, 0}, {333, 3}});
        instrument.tick_value = Decimal{tick * share.digits, tick_places + share.places};
    }
    if (instrument.mode == CalcMode::crypto && random_.chance(0.7)) {
        instrument.factor = one_of({{5, 1}, {1, 0}, {25, 1}, {333, 3}});
    }
    if (random_.chance(0.2) && Instrument{.mode = instrument.mode}.uses_leverage()) {
        instrument.leverage = one_of({{20, 0}, {200, 0}, {333, 1}, {3, 0}});
    }
    if (instrument.is_perpetual()) {
        instrument.is_maintenance_at_entry = random_.chance(0.3);
    }
    if (instrument.is_per_lot()) {
        const double lot =
            lot_usd(instrument) / rough_usd(margin_currency(instrument, market_.quotes));
        const double share = random_.real(0.005, 0.2);
        instrument.initial_margin = decimal(lot * share, random_.pick({0, 2, 2, 3}));
        if (!is_plain_ && random_.chance(0.5)) {
            instrument.maintenance_margin = decimal(lot * share * 0.8, 2);
        }
    }
    if (!is_plain_ && random_.chance(0.4)) {
        const Decimal size = instrument.contract_size;
        instrument.hedged_margin = one_of({{0, 0}, size, {size.digits * 5, size.places + 1}});
        if (instrument.is_per_lot()) {
            instrument.hedged_margin = decimal(instrument.initial_margin->nearest() * 0.7, 2);
        }
        if (instrument.is_perpetual()) instrument.hedged_margin.reset();  // never covered
    }
}

void ExactMaterial::choose_rates(ExactInstrument& instrument) {
    const auto maybe = [&](std::optional<Decimal>& rate, double chance) {
        if (!random_.chance(chance)) return;
        rate = one_of({{115, 2}, {75, 2}, {15, 1}, {2, 0}, {333, 3}, {10'001, 4}, {0, 0}});
    };
    for (ExactRates& rates : instrument.rates) {
        maybe(rates.position, 0.2);
        if (is_plain_) continue;
        maybe(rates.maintenance, 0.1);
        maybe(rates.limit, 0.1);
        maybe(rates.stop, 0.1);
        maybe(rates.stop_limit, 0.1);
    }
}

void ExactMaterial::choose_tiers(ExactInstrument& instrument) {
    if (instrument.is_perpetual()) return choose_maintenance_tiers(instrument);
    const bool is_by_lots = random_.chance(0.5);
    instrument.tier_basis = is_by_lots ? TierBasis::lots : TierBasis::notional;
    const bool has_leverages = random_.chance(0.5);
    if (has_leverages) instrument.leverage.reset();
    if (random_.chance(0.3)) {
        instrument.tier_hedged_weight = one_of({{5, 1}, {25, 2}, {1, 0}});
    }
    if (!is_by_lots && random_.chance(0.4)) instrument.tier_currency = any_currency();
    std::int64_t from = 0;
    const std::int64_t bands = random_.between(1, 4);
    for (std::int64_t i = 0; i < bands; ++i) {
        ExactTier& tier = instrument.tiers.emplace_back();
        tier.from = is_by_lots ? Decimal{from, random_.pick({0, 1, 2})} : Decimal{from, 0};
        if (has_leverages) {
            tier.leverage = Decimal{random_.pick({500, 200, 100, 33, 20}), 0};
        } else {
            tier.rate = Decimal{random_.between(1, 8) * 5, 1};
        }
        // Far enough from the last one that it also rises with two places against none.
        from = from * 100 + random_.between(1, is_by_lots ? 9 : 20'000);
    }
}

/// Two or three instruments with bands go through those of one of them together.
void ExactMaterial::share_tiers() {
    std::vector<std::size_t> set;
    for (std::size_t i = 0; i < market_.instruments.size() && set.size() < 3; ++i) {
        const ExactInstrument& one = market_.instruments[i];
        if (!one.is_perpetual() && !one.tiers.empty()) set.push_back(i);
    }
    if (set.size() < 2) return;
    const ExactInstrument first = market_.instruments[set[0]];
    for (const std::size_t i : set) {
        ExactInstrument& one = market_.instruments[i];
        one.tiers = first.tiers;
        one.tier_basis = first.tier_basis;
        one.tier_currency = first.tier_currency.empty() ? "USD" : first.tier_currency;
        one.tier_hedged_weight = first.tier_hedged_weight;
        one.tier_scope = set;
        if (first.tiers.front().leverage) one.leverage.reset();
    }
}

/// Deductions that leave no jump, some of them written out.
void ExactMaterial::choose_maintenance_tiers(ExactInstrument& instrument) {
    instrument.tier_basis = TierBasis::notional;
    const bool has_leverages = random_.chance(0.4);
    const bool has_deductions = !has_leverages && random_.chance(0.5);
    std::int64_t from = 0;
    std::int64_t rate = random_.between(2, 20);  // thousandths
    std::int64_t deduction = 0;
    const std::int64_t bands = random_.between(1, 4);
    for (std::int64_t i = 0; i < bands; ++i) {
        ExactTier& tier = instrument.tiers.emplace_back();
        tier.from = Decimal{from, 0};
        const std::int64_t next_rate = rate + random_.between(1, 40);
        const std::int64_t next_from = from * 5 + random_.between(100, 200'000);
        if (has_leverages) {
            tier.leverage = Decimal{random_.pick({50, 25, 20, 10, 3}), 0};
        } else {
            tier.rate = Decimal{rate, 3};
            if (has_deductions && i > 0) tier.deduction = Decimal{deduction, 3};
        }
        deduction += next_from * (next_rate - rate);
        rate = next_rate;
        from = next_from;
    }
}

/// About what a lot is worth, by its P/L or by its margin, whichever is more.
double ExactMaterial::lot_usd(const ExactInstrument& instrument) const {
    const ExactQuote& quote = market_.quotes[instrument.quote];
    const double price = std::abs(middle_of(quote));
    const double units = instrument.contract_size.nearest();
    const double profit_usd = rough_usd(instrument.profit_currency);
    const double margin_usd = rough_usd(margin_currency(instrument, market_.quotes));
    if (instrument.is_forex()) return units * std::max(price * profit_usd, margin_usd);
    const double usd = std::max(profit_usd, margin_usd);
    if (instrument.mode == CalcMode::perpetual_inverse) return units / price * usd;
    const bool has_ticks = instrument.tick_size && instrument.tick_value;
    if (!has_ticks) return units * price * usd;
    const double tick_worth = instrument.tick_value->nearest() / instrument.tick_size->nearest();
    return (instrument.mode == CalcMode::futures ? tick_worth : units * std::max(1.0, tick_worth)) *
           price * usd;
}

}  // namespace margind::test::exact
