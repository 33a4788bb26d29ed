#include "adapters/memory/book_generator.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "adapters/memory/seeded_random.hpp"
#include "margind/core/base/currency.hpp"
#include "margind/core/rules/instruments.hpp"

namespace margind::memory {
namespace {

constexpr double leverages[] = {30, 50, 100, 200, 300, 400, 500};
constexpr double crypto_factor = 2.0;

double round_to(double value, Digits digits) { return round_price(value, digits.value); }

bool is_forex(const SymbolTraits& traits) { return traits.type == 1; }

std::string joined(const std::vector<std::string>& problems) {
    std::string text;
    for (const std::string& problem : problems) text += (text.empty() ? "" : "; ") + problem;
    return text;
}

}  // namespace

/// What an account's positions come to at the start prices, in its own currency.
struct BookGenerator::Figures {
    double pnl = 0.0;  // with swap and commission
    double margin = 0.0;
};

std::expected<BookGenerator, std::string> BookGenerator::make(BookOptions options) {
    BookGenerator generator{std::move(options)};
    if (auto prepared = generator.prepare(); !prepared) {
        return std::unexpected{std::move(prepared.error())};
    }
    return generator;
}

std::expected<void, std::string> BookGenerator::prepare() {
    std::vector<std::string> problems;
    const auto add = [&](std::vector<SymbolTraits>& to, const std::string& symbol) {
        auto found = symbol_traits(symbol, options_.prices);
        if (found) {
            to.push_back(std::move(*found));
        } else {
            problems.push_back(found.error());
        }
    };
    for (const std::string& symbol : options_.symbols) add(traded_, symbol);
    for (const auto* list : {&options_.symbols, &options_.types, &options_.currencies}) {
        if (list->empty()) problems.emplace_back("symbols, types and currencies must not be empty");
    }
    if (!(options_.danger >= 0.0 && options_.danger <= 1.0)) {
        problems.emplace_back("danger: expected a share from 0 to 1");
    }
    if (!problems.empty()) return std::unexpected{joined(problems)};

    quoted_ = traded_;
    std::vector<std::string> currencies = options_.currencies;
    for (const SymbolTraits& traits : traded_) {
        currencies.push_back(traits.profit);
        if (is_forex(traits)) currencies.push_back(traits.base);
    }
    std::ranges::sort(currencies);
    currencies.erase(std::ranges::unique(currencies).begin(), currencies.end());
    for (const std::string& currency : currencies) {
        usd_values_.emplace_back(currency, 1.0);
        if (currency == "USD") continue;
        const std::string pair = usd_pair(currency);
        if (std::ranges::find(quoted_, pair, &SymbolTraits::symbol) == quoted_.end()) {
            add(quoted_, pair);
            if (!problems.empty()) return std::unexpected{joined(problems)};
        }
        const double price = traits(pair).price;
        usd_values_.back().second = pair.starts_with("USD") ? 1.0 / price : price;
    }
    return {};
}

const SymbolTraits& BookGenerator::traits(const std::string& symbol) const {
    return *std::ranges::find(quoted_, symbol, &SymbolTraits::symbol);
}

double BookGenerator::usd_value(const std::string& currency) const {
    return std::ranges::find(usd_values_, currency, &std::pair<std::string, double>::first)->second;
}

std::vector<InstrumentSpec> BookGenerator::instruments() const {
    std::vector<std::string> groups = options_.groups;
    groups.emplace_back(fallback_group);
    std::ranges::sort(groups);
    groups.erase(std::ranges::unique(groups).begin(), groups.end());
    std::vector<InstrumentSpec> specs;
    for (const std::string& group : groups) {
        for (const SymbolTraits& traits : traded_) {
            InstrumentSpec spec;
            spec.group = group;
            spec.symbol = traits.symbol;
            spec.contract_size = traits.contract_size;
            spec.profit = traits.profit;
            spec.type = traits.type;
            if (traits.type == 4) spec.crypto_margin_factor = crypto_factor;
            specs.push_back(std::move(spec));
        }
    }
    return specs;
}

std::vector<std::pair<std::string, StoredPrice>> BookGenerator::prices(std::int64_t ts_ms) const {
    std::vector<std::pair<std::string, StoredPrice>> prices;
    for (const SymbolTraits& traits : quoted_) {
        prices.emplace_back(traits.symbol, StoredPrice{true, traits.bid(), traits.ask(), ts_ms});
    }
    return prices;
}

OrderImage BookGenerator::order(SeededRandom& random, std::uint32_t number) const {
    constexpr std::int64_t hundredth = Volume::per_lot / 100;
    constexpr std::int64_t steps[] = {1, 10, 100};
    // The smaller of two numbers: the first symbols are held the most.
    const auto count = static_cast<std::uint32_t>(traded_.size());
    const SymbolTraits& symbol = traded_[std::min(random.below(count), random.below(count))];
    OrderImage order;
    order.id = std::to_string(number);
    order.symbol = symbol.symbol;
    order.side = random.chance(0.5) ? Side::buy : Side::sell;
    const std::int64_t step = steps[random.below(3)];
    std::int64_t hundredths = step * (1 + random.below(9));
    if (step > 1) hundredths += random.below(static_cast<std::uint32_t>(step));
    order.volume = Volume::from_raw(hundredths * hundredth);
    order.quantity = order.volume->lots();
    order.open_price =
        round_price(symbol.price * (1.0 + random.between(-0.012, 0.012)), symbol.digits);
    return order;
}

void BookGenerator::fill_orders(SeededRandom& random, AccountImage& account) const {
    const bool is_hedged = account.margin_mode != MarginMode::netting && random.chance(0.2);
    const Digits digits = default_digits(account.currency);
    const double currency_value = usd_value(account.currency);
    for (std::uint32_t i = 0; i < options_.positions; ++i) {
        OrderImage next = order(random, i + 1);
        if (is_hedged && i % 2 == 1) {
            const OrderImage& first = account.orders.back();
            next.symbol = first.symbol;
            next.side = first.side == Side::buy ? Side::sell : Side::buy;
            next.open_price = round_price(*first.open_price * random.between(0.996, 1.004),
                                          traits(next.symbol).digits);
        }
        const double lots = *next.quantity;
        if (random.chance(0.5)) {
            next.commission = round_to(3.5 * lots / currency_value, digits);
        }
        if (random.chance(0.6)) {
            next.swap = round_to(random.between(-8.0, 2.0) * lots / currency_value, digits);
        }
        account.orders.push_back(std::move(next));
    }
}

BookGenerator::Figures BookGenerator::figures(const AccountImage& account) const {
    struct Legs {
        double long_margin = 0.0;
        double short_margin = 0.0;
    };
    Figures sum;
    std::map<std::string, Legs> legs;
    const double account_value = usd_value(account.currency);
    for (const OrderImage& order : account.orders) {
        const SymbolTraits& symbol = traits(order.symbol);
        const bool is_short = order.side == Side::sell;
        const double units = *order.quantity * symbol.contract_size;
        const double gain =
            is_short ? *order.open_price - symbol.ask() : symbol.bid() - *order.open_price;
        const double profit_rate = usd_value(symbol.profit) / account_value;
        sum.pnl +=
            gain * units * profit_rate + order.swap.value_or(0.0) - order.commission.value_or(0.0);
        double margin = units / *account.leverage;
        if (is_forex(symbol)) {
            margin *= usd_value(symbol.base) / account_value;
        } else if (symbol.type == 4) {
            margin *= *order.open_price * crypto_factor * profit_rate;
        } else {
            margin *= symbol.price * profit_rate;
        }
        Legs& of_symbol = legs[order.symbol];
        (is_short ? of_symbol.short_margin : of_symbol.long_margin) += margin;
    }
    for (const auto& [symbol, leg] : legs) {
        sum.margin += account.margin_mode == MarginMode::netting
                          ? std::abs(leg.long_margin - leg.short_margin)
                          : std::max(leg.long_margin, leg.short_margin);
    }
    return sum;
}

/// Chooses the balance so that the account starts at a margin level of its own.
void BookGenerator::set_balance(SeededRandom& random, AccountImage& account) const {
    const Digits digits = default_digits(account.currency);
    const bool is_in_danger = random.chance(options_.danger);
    const double share = random.unit();
    const double level =
        is_in_danger ? 0.55 + (1.40 - 0.55) * share : 1.6 + 18.4 * share * share * share;
    const double spare = random.between(200.0, 20'000.0) / usd_value(account.currency);
    Figures now = figures(account);
    const double cash = account.credit.value_or(0.0);
    double balance = level * now.margin - now.pnl - cash;
    if (!(balance > 0.0)) {
        // So much profit that only debt would give this level: open at the market instead.
        for (OrderImage& order : account.orders) order.open_price = traits(order.symbol).price;
        now = figures(account);
        balance = level * now.margin - now.pnl - cash;
    }
    account.balance = round_to(now.margin > 0.0 && balance > 0.0 ? balance : spare, digits);
}

AccountImage BookGenerator::account(std::uint32_t index) const {
    SeededRandom random{options_.seed, index};
    const auto types = static_cast<std::uint32_t>(options_.types.size());
    const auto currencies = static_cast<std::uint32_t>(options_.currencies.size());
    AccountImage account;
    account.key = {options_.types[index % types], std::to_string(options_.first_id + index)};
    account.currency = options_.currencies[index / types % currencies];
    if (!options_.groups.empty()) {
        account.group =
            options_.groups[random.below(static_cast<std::uint32_t>(options_.groups.size()))];
    }
    account.leverage = leverages[random.below(std::size(leverages))];
    account.margin_mode = random.chance(0.25) ? MarginMode::netting : MarginMode::hedging;
    if (random.chance(0.1)) {
        account.margin_call_level = 120.0;
        account.stop_out_level = 30.0;
    }
    if (random.chance(0.05)) {
        account.credit = round_to(random.between(10.0, 500.0) / usd_value(account.currency),
                                  default_digits(account.currency));
    }
    fill_orders(random, account);
    set_balance(random, account);
    return account;
}

}  // namespace margind::memory
