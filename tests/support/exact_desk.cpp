#include "support/exact_desk.hpp"

#include <algorithm>

namespace margind::test::exact {
namespace {

std::optional<double> real(const std::optional<Decimal>& decimal) {
    return decimal ? std::optional{decimal->nearest()} : std::nullopt;
}

double or_none(const std::optional<Decimal>& decimal) {
    return decimal ? decimal->nearest() : not_a_price;
}

EngineOptions options_of(const ExactMarket& market) {
    EngineOptions options;
    options.rules = market.rules;
    options.types = {"live"};
    options.pivots = market.pivots;
    options.suffixes = market.suffixes;
    for (const ExactCurrency& currency : market.currencies) {
        options.currency_digits.emplace_back(currency.code,
                                             Digits{static_cast<std::uint8_t>(currency.digits)});
    }
    for (const ExactQuote& quote : market.quotes) {
        if (quote.bid.digits <= 0) options.negative_prices.push_back(quote.symbol);
    }
    return options;
}

void set_rates(InstrumentSpec& spec, const ExactInstrument& instrument) {
    const auto& [buys, sells] = instrument.rates;
    spec.margin_rate_long = real(buys.position);
    spec.margin_rate_short = real(sells.position);
    spec.margin_rate_maintenance_long = real(buys.maintenance);
    spec.margin_rate_maintenance_short = real(sells.maintenance);
    spec.margin_rate_buy_limit = real(buys.limit);
    spec.margin_rate_sell_limit = real(sells.limit);
    spec.margin_rate_buy_stop = real(buys.stop);
    spec.margin_rate_sell_stop = real(sells.stop);
    spec.margin_rate_buy_stop_limit = real(buys.stop_limit);
    spec.margin_rate_sell_stop_limit = real(sells.stop_limit);
}

InstrumentSpec spec_of(const ExactMarket& market, const ExactInstrument& instrument) {
    InstrumentSpec spec{.group = "Standard", .symbol = market.quotes[instrument.quote].symbol};
    spec.calc_mode = to_string(instrument.mode);
    spec.contract_size = instrument.contract_size.nearest();
    spec.base_currency = instrument.base_currency;
    spec.profit_currency = instrument.profit_currency;
    spec.margin_currency = instrument.margin_currency;
    spec.tick_size = real(instrument.tick_size);
    spec.tick_value = real(instrument.tick_value);
    spec.initial_margin = real(instrument.initial_margin);
    spec.maintenance_margin = real(instrument.maintenance_margin);
    spec.maintenance_fraction = real(instrument.maintenance_fraction);
    spec.maintenance_basis = instrument.is_maintenance_at_entry ? "entry" : "";
    spec.hedged_margin = real(instrument.hedged_margin);
    spec.factor = real(instrument.factor);
    spec.leverage = real(instrument.leverage);
    set_rates(spec, instrument);
    for (const ExactTier& tier : instrument.tiers) {
        spec.tiers.push_back(
            {tier.from.nearest(), real(tier.rate), real(tier.leverage), real(tier.deduction)});
    }
    spec.tier_basis = instrument.tier_basis == TierBasis::lots ? "lots" : "notional";
    spec.tier_currency = instrument.tier_currency;
    spec.tier_hedged_weight = real(instrument.tier_hedged_weight);
    for (const std::size_t other : instrument.tier_scope) {
        spec.tier_scope += (spec.tier_scope.empty() ? "" : ",") + market.symbol(other);
    }
    return spec;
}

/// What an account's rules say other than those of all.
RuleOverrides overrides_of(const RuleSet& all, const RuleSet& own) {
    RuleOverrides out;
    const auto override_with = [](auto& option, const auto& of_all, const auto& of_own) {
        if (of_all != of_own) option = of_own;
    };
    override_with(out.hedged_margin, all.hedged_margin, own.hedged_margin);
    override_with(out.valuation_price, all.valuation_price, own.valuation_price);
    override_with(out.pnl_conversion, all.pnl_conversion, own.pnl_conversion);
    override_with(out.margin_conversion, all.margin_conversion, own.margin_conversion);
    override_with(out.pnl_rounding, all.pnl_rounding, own.pnl_rounding);
    override_with(out.credit_in_equity, all.credit_in_equity, own.credit_in_equity);
    override_with(out.orders_reserve_margin, all.orders_reserve_margin, own.orders_reserve_margin);
    return out;
}

OrderImage order_of(const ExactMarket& market, const ExactOrder& order, std::string id) {
    OrderImage image{.id = std::move(id), .kind = order.kind};
    image.symbol = market.symbol(order.instrument);
    image.side = order.is_short ? Side::sell : Side::buy;
    image.open_price = order.price.nearest();
    image.volume = order.volume;
    image.quantity = order.volume.lots();
    image.swap = real(order.swap);
    image.commission = real(order.commission);
    image.given_pnl = real(order.given_pnl);
    return image;
}

}  // namespace

AccountImage image_of(std::size_t number, const ExactMarket& market, const ExactAccount& account) {
    AccountImage image{.key = {"live", std::to_string(number)}, .currency = account.currency};
    image.balance = account.balance.nearest();
    image.credit = real(account.credit);
    image.leverage = account.leverage.nearest();
    image.margin_mode = account.margin_mode;
    image.rules = overrides_of(market.rules, account.rules);
    for (std::size_t i = 0; i < account.orders.size(); ++i) {
        image.orders.push_back(order_of(market, account.orders[i], std::to_string(i)));
    }
    return image;
}

ExactDesk::ExactDesk(const ExactMarket& market) : engine_{options_of(market)} {
    for (const ExactInstrument& instrument : market.instruments) {
        engine_.apply(spec_of(market, instrument));
    }
    quote(market);
}

void ExactDesk::give(std::size_t number, const ExactMarket& market, const ExactAccount& account) {
    give(number, image_of(number, market, account));
}

void ExactDesk::give(std::size_t number, const AccountImage& image) {
    engine_.apply(image, now_);
    if (ids_.size() <= number) ids_.resize(number + 1);
    ids_[number] = engine_.find_account(image.key);
}

void ExactDesk::quote(const ExactMarket& market) {
    for (const ExactQuote& quote : market.quotes) {
        PriceTick tick{.symbol = engine_.intern_symbol(quote.symbol)};
        tick.bid = quote.bid.nearest();
        tick.ask = quote.ask.nearest();
        tick.marks = {or_none(quote.mid), or_none(quote.mark), or_none(quote.last)};
        engine_.apply(tick, now_);
    }
}

void ExactDesk::beat() {
    now_.steady_ms += 200;
    now_.wall_ms += 200;
    engine_.recompute(now_);
    engine_.confirm_events(engine_.events().size());
}

Valuation ExactDesk::figures(std::size_t number) const {
    const Snapshot snapshot = engine_.snapshot(ids_.at(number), now_);
    Valuation out = std::get<StandardFigures>(snapshot.figures).valuation;
    out.causes |= snapshot.causes;
    return out;
}

std::uint64_t ExactDesk::fingerprint(std::size_t number) const {
    return engine_.snapshot(ids_.at(number), now_).fingerprint;
}

Explanation ExactDesk::explain(std::size_t number) const {
    return engine_.explain(ids_.at(number), now_);
}

}  // namespace margind::test::exact
