#include "support/exact_margin.hpp"

#include <algorithm>
#include <cstdlib>
#include <stdexcept>

namespace margind::test::exact {
namespace {

/// An order without a rate of its own has that of its side, and so has what is held.
Ratio margin_rate(const ExactInstrument& instrument, OrderKind kind, bool is_short,
                  MarginNeed need) {
    const ExactRates& rates = instrument.rates[is_short ? 1 : 0];
    const Ratio side = rates.position ? Ratio{*rates.position} : Ratio{1};
    const auto own = [&](const std::optional<Decimal>& rate) { return rate ? Ratio{*rate} : side; };
    switch (kind) {
        case OrderKind::position: break;
        case OrderKind::limit: return own(rates.limit);
        case OrderKind::stop: return own(rates.stop);
        case OrderKind::stop_limit: return own(rates.stop_limit);
    }
    return need == MarginNeed::to_keep ? own(rates.maintenance) : side;
}

/// A perpetual's tiers are of the notional that a side must keep margin for; others of its volume.
bool has_bands(const ExactInstrument& instrument) {
    return !instrument.is_perpetual() && !instrument.tiers.empty();
}

bool has_leverage_bands(const ExactInstrument& instrument) {
    return has_bands(instrument) && instrument.tiers.front().leverage;
}

/// Maintenance margin of a perpetual's position, its part of what all of its side's must keep: of
/// them notional × rate − deduction, where a deduction that is not given leaves no jump at its
/// band's bound.
Ratio perpetual_maintenance(const ExactInstrument& instrument, const Ratio& notional,
                            const Ratio& of_side) {
    if (instrument.tiers.empty()) return notional * instrument.maintenance_margin.value();
    const Ratio fraction = instrument.maintenance_fraction.value_or(Decimal{5, 1});
    const auto rate_of = [&](const ExactTier& tier) {
        return tier.rate ? Ratio{*tier.rate} : fraction / tier.leverage.value();
    };
    Ratio deduction;
    Ratio margin;
    for (std::size_t i = 0; i < instrument.tiers.size(); ++i) {
        const ExactTier& tier = instrument.tiers[i];
        if (of_side < Ratio{tier.from}) break;
        const Ratio rate = rate_of(tier);
        if (i > 0) deduction += (rate - rate_of(instrument.tiers[i - 1])) * tier.from;
        if (tier.deduction) deduction = *tier.deduction;
        margin = notional * rate - deduction * notional / of_side;
    }
    return margin;
}

}  // namespace

Ratio ExactMargin::leverage_of(const ExactInstrument& instrument) const {
    const Ratio own = account_.leverage;
    if (!instrument.leverage) return own;
    return std::min(own, Ratio{*instrument.leverage});
}

/// The table of docs/formulas.md §2 without the price.
Ratio ExactMargin::before_price(const Symbol& symbol, const Holding& holding) const {
    const ExactInstrument& instrument = *symbol.instrument;
    const Ratio units = lots_of(holding.raw) * instrument.contract_size;
    // Bands with leverages divide by their own, not by the account's.
    const Ratio leverage = has_leverage_bands(instrument) ? Ratio{1} : leverage_of(instrument);
    switch (instrument.mode) {
        case CalcMode::forex:
        case CalcMode::cfd_leverage:
        case CalcMode::perpetual_linear:
        case CalcMode::perpetual_inverse: return units / leverage;
        case CalcMode::forex_no_leverage:
        case CalcMode::cfd: return units;
        case CalcMode::cfd_index:
            return units * instrument.tick_value.value() / instrument.tick_size.value();
        case CalcMode::crypto: {
            const Ratio factor = instrument.factor ? Ratio{*instrument.factor} : Ratio{1};
            return units * holding.price.magnitude() * factor / leverage;
        }
        case CalcMode::futures:
        case CalcMode::fixed: {
            const bool is_kept =
                holding.kind == OrderKind::position && symbol.need == MarginNeed::to_keep;
            const auto& kept = instrument.maintenance_margin;
            return lots_of(holding.raw) *
                   (is_kept && kept ? *kept : instrument.initial_margin.value());
        }
    }
    throw std::logic_error{"a calc_mode that the oracle does not know"};
}

Ratio ExactMargin::at_price(const Symbol& symbol, const Ratio& amount, const Ratio& price) const {
    switch (symbol.instrument->mode) {
        case CalcMode::cfd:
        case CalcMode::cfd_leverage:
        case CalcMode::cfd_index:
        case CalcMode::perpetual_linear: return amount * price.magnitude();
        case CalcMode::perpetual_inverse: return amount / price.magnitude();
        default: return amount;
    }
}

/// The side to open, live; by another valuation price that one; of a perpetual the mark.
Ratio ExactMargin::price_of(const Symbol& symbol, const Holding& holding) const {
    if (holding.kind != OrderKind::position) return holding.price;
    const ExactQuote& quote = market_.quotes[symbol.instrument->quote];
    if (symbol.instrument->is_perpetual() && quote.mark) return *quote.mark;
    switch (account_.rules.valuation_price) {
        case ValuationPrice::closing_side: break;
        case ValuationPrice::mid: return exact_mid(quote);
        case ValuationPrice::mark: return quote.mark.value();
        case ValuationPrice::last: return quote.last.value();
    }
    return quote.opening(holding.is_short);
}

Ratio ExactMargin::notional(const Symbol& symbol, const Ratio& lots, const Ratio& price) const {
    return at_price(symbol, lots * symbol.instrument->contract_size, price);
}

Ratio ExactMargin::conversion(const Symbol& symbol, const Holding& holding) const {
    const ExactRate& rate = *symbol.rate;
    switch (account_.rules.margin_conversion) {
        case MarginConversion::order_side: break;
        case MarginConversion::open_price:
            if (const auto own = rate.at_own_price(symbol.instrument->quote, holding.price)) {
                return *own;
            }
            break;
        case MarginConversion::mid: return rate.mid;
        case MarginConversion::ask: return rate.ask;
        case MarginConversion::by_composition:
            if (symbol.is_mixed) return rate.mid;
            return holding.is_short ? rate.ask : rate.bid;
    }
    return holding.is_short ? rate.bid : rate.ask;
}

/// What a perpetual's position counts for in its maintenance margin.
Ratio ExactMargin::kept_notional(const Symbol& symbol, const Holding& holding) const {
    const bool is_at_entry = symbol.instrument->is_maintenance_at_entry;
    return notional(symbol, lots_of(holding.raw),
                    is_at_entry ? holding.price : price_of(symbol, holding));
}

Ratio ExactMargin::without_rounding(const Symbol& symbol, const Holding& holding) const {
    const ExactInstrument& instrument = *symbol.instrument;
    const Ratio rate = margin_rate(instrument, holding.kind, holding.is_short, symbol.need);
    const bool is_kept = holding.kind == OrderKind::position && symbol.need == MarginNeed::to_keep;
    const Ratio price = price_of(symbol, holding);
    Ratio amount;
    if (instrument.is_perpetual() && is_kept) {
        const Ratio own = kept_notional(symbol, holding);
        Ratio of_side = own;
        if (!symbol.is_netting) {
            of_side = Ratio{};
            for (const ExactOrder& order : account_.orders) {
                if (order.instrument != symbol.index || !order.is_position()) continue;
                if (order.is_short != holding.is_short) continue;
                of_side += kept_notional(
                    symbol, {order.kind, order.is_short, order.volume.raw(), order.price});
            }
        }
        amount = perpetual_maintenance(instrument, own, of_side);
    } else {
        amount = at_price(symbol, before_price(symbol, holding), price);
    }
    return amount * rate * conversion(symbol, holding);
}

/// How far a holding reaches into the bands.
Ratio ExactMargin::reach_of(const Symbol& symbol, const Holding& holding) const {
    const ExactInstrument& instrument = *symbol.instrument;
    if (instrument.tier_basis == TierBasis::lots) return lots_of(holding.raw);
    return notional(symbol, lots_of(holding.raw), price_of(symbol, holding)) *
           conversions_.rate(symbol.terms->margin, symbol.terms->tier)->mid;
}

/// Σ (part of the amount in the band × rate of the band).
Ratio ExactMargin::in_bands(const ExactInstrument& instrument, const Ratio& amount) const {
    Ratio sum;
    for (std::size_t i = 0; i < instrument.tiers.size(); ++i) {
        const ExactTier& tier = instrument.tiers[i];
        if (amount <= Ratio{tier.from}) break;
        const bool is_last = i + 1 == instrument.tiers.size();
        const Ratio end = is_last ? amount : std::min(amount, Ratio{instrument.tiers[i + 1].from});
        const Ratio part = end - Ratio{tier.from};
        sum += tier.rate ? part * *tier.rate
                         : part / std::min(Ratio{tier.leverage.value()}, leverage_of(instrument));
    }
    return sum;
}

/// A leg's own amount for the bands, where hedged volume counts with its weight.
Ratio ExactMargin::reach(const Symbol& symbol, const Leg& leg) {
    const auto& weight = symbol.instrument->tier_hedged_weight;
    if (!weight) return leg.reach;
    const Ratio covered = std::min(symbol.legs[0].held_reach, symbol.legs[1].held_reach);
    return std::max(symbol.legs[0].reach, symbol.legs[1].reach) - covered + covered * *weight;
}

Ratio ExactMargin::largest_reach(const Symbol& symbol) {
    return std::max(reach(symbol, symbol.legs[0]), reach(symbol, symbol.legs[1]));
}

std::int64_t ExactMargin::stretched(const Symbol& symbol, const Ratio& margin, const Ratio& own,
                                    const Ratio& beside) {
    if (own.sign() < 0) return 0;
    if (own.sign() == 0) {
        // All of it is covered, and counts for nothing: by the first band, as the least of it.
        const auto& tiers = symbol.instrument->tiers;
        const Ratio least = tiers.size() > 1 ? Ratio{tiers[1].from} : Ratio{1};
        return money_.of(margin * in_bands(*symbol.instrument, least) / least);
    }
    const Ratio amount = own + beside;
    return money_.of(margin / amount * in_bands(*symbol.instrument, amount));
}

void ExactMargin::add(Symbol& symbol, const Holding& holding) {
    Leg& leg = symbol.legs[holding.is_short ? 1 : 0];
    if (symbol.has_bands) {
        const Ratio reach = reach_of(symbol, holding);
        leg.reach += reach;
        if (holding.kind == OrderKind::position) leg.held_reach += reach;
    }
    // Basic hedging takes positions together: basic_parts.
    if (symbol.is_basic && holding.kind == OrderKind::position) return;
    const Ratio exact = without_rounding(symbol, holding);
    leg.exact += exact;
    if (!symbol.has_bands) leg.rounded += money_.of(exact);
}

void ExactMargin::add_each(Symbol& symbol) {
    for (const ExactOrder& order : account_.orders) {
        if (order.instrument != symbol.index || !counts(order)) continue;
        const Holding holding{order.kind, order.is_short, order.volume.raw(), order.price};
        add(symbol, holding);
        if (!order.is_position()) continue;
        Leg& leg = symbol.legs[order.is_short ? 1 : 0];
        leg.raw += holding.raw;
        leg.open_value += Ratio{holding.raw} * holding.price;
    }
}

/// One position of the net volume; orders against it count for what exceeds it.
void ExactMargin::add_net(Symbol& symbol) {
    const bool is_short = symbol.held[1] > symbol.held[0];
    const std::int64_t net = std::abs(symbol.held[0] - symbol.held[1]);
    Ratio value;
    std::int64_t against = 0;
    for (const ExactOrder& order : account_.orders) {
        if (order.instrument != symbol.index || !counts(order)) continue;
        if (order.is_position() && order.is_short == is_short) {
            value += Ratio{order.volume.raw()} * order.price;
        }
        if (!order.is_position() && order.is_short != is_short) against += order.volume.raw();
    }
    if (net > 0) {
        const Ratio mean_price = value / symbol.held[is_short ? 1 : 0];
        add(symbol, {OrderKind::position, is_short, net, mean_price});
    }
    for (const ExactOrder& order : account_.orders) {
        if (order.instrument != symbol.index || order.is_position() || !counts(order)) continue;
        add(symbol, {order.kind, order.is_short, order.volume.raw(), order.price});
    }
    // Of the other side a share counts, rounded once more.
    Leg& other = symbol.legs[is_short ? 0 : 1];
    if (against == 0 || net == 0) return;
    const Ratio share = Ratio{std::max<std::int64_t>(0, against - net)} / against;
    other.exact = other.exact * share;
    other.reach = other.reach * share;
    if (!symbol.has_bands) other.rounded = money_.of(other.exact);
}

/// What the smaller side covers at the mean price and rate of all, the rest at those of the larger.
std::vector<Ratio> ExactMargin::basic_parts(const Symbol& symbol) const {
    const ExactInstrument& instrument = *symbol.instrument;
    const auto& [buys, sells] = symbol.legs;
    const bool is_short = sells.raw > buys.raw;
    const std::int64_t covered = std::min(buys.raw, sells.raw);
    const auto amount_of = [&](const Holding& holding) {
        return at_price(symbol, before_price(symbol, holding), holding.price);
    };
    const auto conversion_of = [&](const Holding& holding) {
        const auto own = symbol.rate->at_own_price(instrument.quote, holding.price);
        return own ? *own : conversion(symbol, holding);
    };
    const auto rate_of = [&](bool is_sale) {
        return margin_rate(instrument, OrderKind::position, is_sale, symbol.need);
    };
    std::vector<Ratio> parts;
    if (covered > 0) {
        Holding all{.raw = covered};
        all.price = (buys.open_value + sells.open_value) / (buys.raw + sells.raw);
        Ratio amount = amount_of(all);
        if (instrument.hedged_margin) {
            amount = instrument.is_per_lot()
                         ? lots_of(covered) * *instrument.hedged_margin
                         : amount * *instrument.hedged_margin / instrument.contract_size;
        }
        Holding sold = all;
        sold.is_short = true;
        const Ratio rate = (rate_of(false) + rate_of(true)) / 2;
        parts.push_back(amount * rate * (conversion_of(all) + conversion_of(sold)) / 2);
    }
    const Leg& larger = is_short ? sells : buys;
    if (larger.raw > covered) {
        const Holding open{
            .is_short = is_short, .raw = larger.raw - covered, .price = larger.mean_price()};
        parts.push_back(amount_of(open) * rate_of(is_short) * conversion_of(open));
    }
    return parts;
}

ExactMargin::Symbol ExactMargin::prepare(std::size_t instrument, MarginNeed need) {
    Symbol symbol{.index = instrument, .instrument = &market_.instruments[instrument]};
    symbol.need = need;
    symbol.terms = &conversions_.terms(instrument);
    symbol.rate = &*conversions_.rate(symbol.terms->margin, market_.index(account_.currency));
    for (const ExactOrder& order : account_.orders) {
        if (order.instrument != instrument || !order.is_position()) continue;
        symbol.held[order.is_short ? 1 : 0] += order.volume.raw();
    }
    symbol.has_bands = has_bands(*symbol.instrument);
    symbol.is_netting = account_.margin_mode == MarginMode::netting;
    symbol.is_basic = !symbol.is_netting && account_.rules.hedged_margin == HedgedMargin::basic;
    symbol.is_mixed = !symbol.is_netting && symbol.held[0] > 0 && symbol.held[1] > 0;
    symbol.is_netting ? add_net(symbol) : add_each(symbol);
    return symbol;
}

std::int64_t ExactMargin::of_symbol(const Symbol& symbol, const Ratio& beside) {
    const auto& [buys, sells] = symbol.legs;
    if (symbol.is_basic) {
        Ratio exact = buys.exact + sells.exact;  // the orders
        std::int64_t rounded = buys.rounded + sells.rounded;
        for (const Ratio& part : basic_parts(symbol)) {
            exact += part;
            if (!symbol.has_bands) rounded += money_.of(part);
        }
        return symbol.has_bands ? stretched(symbol, exact, largest_reach(symbol), beside) : rounded;
    }
    if (!symbol.has_bands) return std::max(buys.rounded, sells.rounded);
    return std::max(stretched(symbol, buys.exact, reach(symbol, buys), beside),
                    stretched(symbol, sells.exact, reach(symbol, sells), beside));
}

std::int64_t ExactMargin::of_all(MarginNeed need, std::vector<ExactSymbol>& symbols) {
    std::vector<std::size_t> held;
    for (const ExactOrder& order : account_.orders) {
        if (counts(order)) held.push_back(order.instrument);
    }
    std::ranges::sort(held);
    const auto repeats = std::ranges::unique(held);
    held.erase(repeats.begin(), repeats.end());
    std::vector<Symbol> all;
    for (const std::size_t instrument : held) all.push_back(prepare(instrument, need));
    symbols.clear();
    std::int64_t sum = 0;
    for (const Symbol& symbol : all) {
        // Symbols of one set reach into its bands together, each with its larger side.
        Ratio beside;
        for (const Symbol& other : all) {
            if (other.index == symbol.index) continue;
            const auto& set = symbol.instrument->tier_scope;
            if (std::ranges::find(set, other.index) != set.end()) beside += largest_reach(other);
        }
        symbols.push_back({symbol.index, of_symbol(symbol, beside)});
        sum += symbols.back().margin;
    }
    return sum;
}

}  // namespace margind::test::exact
