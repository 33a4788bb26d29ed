#include "support/world_material.hpp"

#include <cmath>
#include <limits>

namespace margind::test {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

/// What one unit of a currency is worth in USD, roughly: only to make balances of a likely size.
double rough_usd(const std::string& currency) {
    static const std::map<std::string, double> worth{
        {"USD", 1.0}, {"EUR", 1.1},  {"GBP", 1.27}, {"JPY", 0.0067}, {"CHF", 1.1},
        {"NZD", 0.6}, {"AUD", 0.65}, {"KWD", 3.3},  {"BTC", 60'000}, {"PLN", 0.25},
    };
    return worth.at(currency);
}

/// As a decimal text with that many digits would be read.
double decimal(double value, int digits) {
    const double scale = std::pow(10.0, digits);
    return std::round(value * scale) / scale;
}

int digits_of(double price) { return price > 1'000.0 ? 2 : price > 20.0 ? 3 : 5; }

}  // namespace

Material::Material(std::uint64_t seed, RuleSetKind rules) : random_{seed ^ 0x4d61}, rules_{rules} {
    market_ = {
        {"EURUSD", {1.1, 1e-4, 100'000, "USD", 1}},   {"USDJPY", {150.0, 1e-4, 100'000, "JPY", 1}},
        {"GBPJPY", {190.0, 2e-4, 100'000, "JPY", 1}}, {"EURGBP", {0.85, 2e-4, 100'000, "GBP", 1}},
        {"NZDUSD", {0.6, 2e-4, 100'000, "USD", 1}},   {"USDCHF", {0.9, 2e-4, 100'000, "CHF", 1}},
        {"EURCHF", {0.98, 2e-4, 100'000, "CHF", 1}},  {"AUDNZD", {1.08, 3e-4, 100'000, "NZD", 1}},
        {"GBPUSD", {1.27, 1e-4, 100'000, "USD", 1}},  {"USDKWD", {0.307, 1e-3, 100'000, "KWD", 1}},
        {"XAUUSD", {2'400.0, 2e-4, 100, "USD", 2}},   {"GER40", {18'000.0, 1e-4, 1, "EUR", 3}},
        {"JPN225", {39'000.0, 2e-4, 10, "JPY", 3}},   {"BTCUSD", {60'000.0, 5e-4, 1, "USD", 4}},
        {"WTIOIL", {70.0, 1e-3, 1'000, "USD", 3}},    {"NOBODY", {10.0, 1e-3, 100, "PLN", 3}},
    };
    for (const auto& [name, symbol] : market_) names_.push_back(name);
}

EngineOptions Material::options() {
    EngineOptions options;
    options.rules = rules_ == RuleSetKind::platform ? platform_rules() : standard_rules();
    RuleSet& rules = options.rules;
    rules.leave_gap = Level{random_.chance(0.5) ? 0 : random_.between(1, 2'000)};
    rules.dwell_ms = random_.chance(0.5) ? 0 : random_.between(1, 3'000);
    rules.cooldown_ms = random_.chance(0.3) ? 0 : random_.between(1, 5'000);
    options.is_armed = random_.chance(0.5);
    if (random_.chance(0.5)) options.quotes.max_age_ms = random_.between(500, 20'000);
    if (random_.chance(0.1)) options.events_pending_max = 3;
    options.watches_between_beats = false;  // the model knows the beats alone
    options.negative_prices = {"WTIOIL"};
    if (rules_ == RuleSetKind::platform) {
        // A stamp is either there and young, or missing and old: no world lasts that long.
        rules.stored_margin_max_age_ms = 1'000'000'000'000;
        return options;
    }
    options.currency = random_.pick({"USD", "EUR", "JPY"});
    rules.margin_mode = random_.chance(0.5) ? MarginMode::hedging : MarginMode::netting;
    rules.level_compare = random_.chance(0.7) ? LevelCompare::less_equal : LevelCompare::less;
    rules.credit_in_equity = random_.chance(0.7);
    rules.fully_hedged_stop_out = random_.chance(0.5);
    return options;
}

std::string Material::some_id() { return std::to_string(random_.below(1'000'000)); }

OrderImage Material::order() {
    OrderImage order;
    order.id = some_id();
    order.symbol = random_.pick(names_);
    order.side = random_.chance(0.5) ? Side::buy : Side::sell;
    const double mid = market_.at(order.symbol).mid;
    order.open_price = decimal(mid * random_.real(0.98, 1.02), digits_of(mid));
    const std::int64_t step = random_.chance(0.9) ? 1'000'000 : 1;  // 0.01 lot, or the finest
    order.volume = Volume::from_raw(random_.between(0, 300) * step);
    order.quantity = order.volume->lots();
    if (random_.chance(0.5)) order.swap = decimal(random_.real(-30.0, 10.0), 2);
    if (random_.chance(0.5)) order.commission = decimal(random_.real(0.0, 15.0), 3);
    if (random_.chance(0.3)) order.margin = decimal(random_.real(-10.0, 500.0), 2);
    if (random_.chance(0.03)) break_order(order);
    return order;
}

void Material::break_order(OrderImage& order) {
    switch (random_.below(11)) {
        case 0: order.is_dangling = true; break;
        case 1: order.symbol.clear(); break;
        case 2: order.side = Side::other; break;
        case 3: order.open_price.reset(); break;
        case 4: order.open_price = nan; break;
        case 5: order.quantity.reset(); break;
        case 6: order.volume.reset(); break;
        case 7: order.swap = nan; break;
        case 8: order.commission = nan; break;
        case 9: order.symbol = "UNHEARD"; break;
        case 10: order.open_price = -*order.open_price; break;
    }
}

/// About what the account needs, in its own currency.
double Material::rough_margin(const AccountImage& image) const {
    double usd = 0.0;
    for (const OrderImage& order : image.orders) {
        const auto found = market_.find(order.symbol);
        if (found == market_.end()) continue;
        const Symbol& symbol = found->second;
        const double price = symbol.type == 1 ? 1.0 : symbol.mid * rough_usd(symbol.profit);
        usd += order.quantity.value_or(0.0) * symbol.lot_units * price;
    }
    const double leverage = image.leverage.value_or(1.0) > 0.0 ? *image.leverage : 1.0;
    const std::string currency = image.currency.empty() ? "USD" : image.currency;
    return usd / leverage / rough_usd(currency);
}

AccountImage Material::account(const AccountKey& key) {
    AccountImage image;
    image.key = key;
    const bool is_platform = rules_ == RuleSetKind::platform;
    if (!is_platform && random_.chance(0.8)) {
        image.currency =
            random_.pick({"USD", "USD", "EUR", "JPY", "GBP", "CHF", "NZD", "KWD", "BTC", "PLN"});
    }
    if (random_.chance(0.7)) image.group = random_.pick(groups);
    image.leverage = random_.pick({1.0, 5.0, 30.0, 100.0, 500.0});
    if (random_.chance(0.2)) image.margin_call_level = decimal(random_.real(20.0, 150.0), 2);
    if (random_.chance(0.2)) image.stop_out_level = decimal(random_.real(0.0, 80.0), 2);
    if (random_.chance(0.3)) {
        image.margin_mode = random_.chance(0.5) ? MarginMode::hedging : MarginMode::netting;
    }
    const auto count = random_.below(random_.chance(0.9) ? 5 : 30);
    for (std::uint64_t i = 0; i < count; ++i) image.orders.push_back(order());
    image.balance =
        decimal(rough_margin(image) * random_.real(0.0, 2.5) + random_.real(0.0, 9.0), 2);
    if (random_.chance(0.3)) image.credit = decimal(*image.balance * random_.real(0.0, 0.3), 2);
    if (is_platform && random_.chance(0.5)) {
        image.stored.executed = random_.chance(0.2) ? 0.0 : rough_margin(image);
        if (random_.chance(0.8)) image.stored.all = image.stored.executed;
        if (random_.chance(0.8)) image.stored.ts_ms = 1'399'999'990'000;
    }
    if (random_.chance(0.04)) break_account(image);
    return image;
}

void Material::break_account(AccountImage& image) {
    switch (random_.below(11)) {
        case 0: image.balance.reset(); break;
        case 1: image.balance = nan; break;
        case 2: image.balance = 1e300; break;
        case 3: image.balance = -*image.balance; break;
        case 4: image.credit = nan; break;
        case 5: image.leverage.reset(); break;
        case 6: image.leverage = 0.0; break;
        case 7: image.leverage = nan; break;
        case 8: image.margin_call_level = nan; break;
        case 9: image.stop_out_level = -1.0; break;
        case 10: image.exists = false; break;
    }
}

void Material::change(AccountImage& image) {
    if (random_.chance(0.1)) {
        const std::uint64_t version = image.version;
        image = account(image.key);
        image.version = version;
        return;
    }
    image.exists = true;
    switch (random_.below(7)) {
        case 0:
        case 1: image.orders.push_back(order()); break;
        case 2:
            if (!image.orders.empty()) image.orders.pop_back();
            break;
        case 3: image.orders.clear(); break;  // flat
        case 4:
            image.balance = decimal(image.balance.value_or(0.0) * random_.real(0.3, 2.0), 2);
            break;
        case 5: image.credit = decimal(random_.real(0.0, 100.0), 2); break;
        case 6: random_.shuffle(image.orders); break;
    }
    if (random_.chance(0.02)) break_account(image);
}

InstrumentSpec Material::spec(const std::string& group, const std::string& symbol) {
    InstrumentSpec spec;
    spec.group = group;
    spec.symbol = symbol;
    const auto found = market_.find(symbol);
    const bool is_fallback = group == groups[0];
    if (found == market_.end() || (!is_fallback && random_.chance(0.5)) || random_.chance(0.03)) {
        spec.exists = false;
        return spec;
    }
    const Symbol& known = found->second;
    spec.contract_size = is_fallback ? known.lot_units : known.lot_units / 2.0;
    spec.profit = known.profit;
    spec.type = known.type;
    spec.margin = 0.0;
    if (known.type == 4) spec.margin = random_.pick({1.0, 2.5});
    if (known.type == 4 && random_.chance(0.5)) spec.crypto_margin_factor = 3.0;
    if (rules_ == RuleSetKind::standard) spread_modes(spec, known);
    const double broken = group == groups[2] ? 0.3 : 0.02;
    if (random_.chance(broken)) break_spec(spec);
    return spec;
}

/// What only `standard` reads: modes by name, currencies by name, caps and rates.
void Material::spread_modes(InstrumentSpec& spec, const Symbol& symbol) {
    if (random_.chance(0.4)) {
        spec.calc_mode =
            random_.pick({"forex", "forex_no_leverage", "cfd", "cfd_leverage", "crypto", "fixed"});
        spec.base_currency = symbol.type == 1 ? spec.symbol.substr(0, 3) : "EUR";
        if (spec.calc_mode == "crypto") spec.factor = random_.pick({0.5, 1.0, 2.0});
        if (spec.calc_mode == "fixed") spec.initial_margin = random_.pick({0.0, 100.0, 1'250.5});
    }
    if (random_.chance(0.1)) spec.margin_currency = random_.pick({"USD", "EUR", "GBP"});
    if (random_.chance(0.1)) spec.profit_currency = random_.pick({"USD", "EUR", "JPY"});
    if (random_.chance(0.2)) spec.leverage = random_.pick({20.0, 200.0});
    if (random_.chance(0.1)) spec.margin_rate_long = 1.5;
    if (random_.chance(0.1)) spec.margin_rate_short = 0.75;
}

void Material::break_spec(InstrumentSpec& spec) {
    switch (random_.below(rules_ == RuleSetKind::platform ? 4 : 10)) {
        case 0: spec.contract_size.reset(); break;
        case 1: spec.contract_size = nan; break;
        case 2: spec.profit.clear(); break;
        case 3: spec.type.reset(); break;
        case 4: spec.type = 9; break;
        case 5: spec.calc_mode = "barter"; break;
        case 6: spec.contract_size = -1.0; break;
        case 7: spec.leverage = 0.0; break;
        case 8: spec.margin_rate_long = nan; break;
        case 9: spec.factor = -1.0; break;
    }
}

ModelTick Material::tick(std::int64_t wall_ms) {
    ModelTick tick;
    tick.symbol = random_.pick(names_);
    Symbol& symbol = market_.at(tick.symbol);
    const bool is_gap = random_.chance(0.02);
    symbol.mid *= 1.0 + (is_gap ? random_.real(-0.03, 0.03) : random_.real(-5e-4, 5e-4));
    const int digits = digits_of(symbol.mid);
    tick.bid = decimal(symbol.mid * (1.0 - symbol.spread / 2.0), digits);
    tick.ask = decimal(symbol.mid * (1.0 + symbol.spread / 2.0), digits);
    if (tick.bid > tick.ask) std::swap(tick.bid, tick.ask);
    if (random_.chance(0.8)) tick.ts_ms = wall_ms - random_.between(0, 5);
    if (random_.chance(0.12)) break_tick(tick, wall_ms);
    std::int64_t& newest = stamps_[tick.symbol];
    if (tick.ts_ms > newest) newest = tick.ts_ms;
    return tick;
}

void Material::break_tick(ModelTick& tick, std::int64_t wall_ms) {
    switch (random_.below(12)) {
        case 0:
        case 1: tick.bid.reset(); break;
        case 2:
        case 3: tick.ask.reset(); break;
        case 4:
        case 5: std::swap(tick.bid, tick.ask); break;  // crossed
        case 6: tick.ts_ms = stamps_[tick.symbol] - random_.between(1, 1'000); break;
        case 7: tick.bid = random_.pick({0.0, -0.0, -1.0, -37.63}); break;
        case 8: tick.ask = random_.pick({std::numeric_limits<double>::infinity(), 1e308}); break;
        case 9: tick.bid = random_.pick({1e308, 5e-324, 1e-300}); break;
        case 10: tick.ts_ms = wall_ms + random_.pick({4'000, 60'000}); break;
        case 11: tick = {.symbol = tick.symbol, .ts_ms = tick.ts_ms}; break;
    }
}

}  // namespace margind::test
