// A market: its rules, currencies and quotes.
#include "support/exact_material.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace margind::test::exact {
namespace {

struct KnownCurrency {
    const char* code;
    int digits;
    double usd;
};
constexpr KnownCurrency known_currencies[] = {
    {"USD", 2, 1.0},     {"EUR", 2, 1.1},  {"GBP", 2, 1.27}, {"CHF", 2, 1.12},
    {"JPY", 0, 0.00667}, {"KWD", 3, 3.26}, {"PLN", 2, 0.25}, {"BTC", 8, 60'000.0},
};

/// One of an option's values, the default as often as all others together.
template <class Option, std::size_t count>
Option some_of(Random& random, const std::pair<std::string_view, Option> (&values)[count]) {
    return values[random.chance(0.5) ? 0 : random.below(count)].second;
}

}  // namespace

double rough_usd(const std::string& currency) {
    const auto known = std::ranges::find_if(
        known_currencies, [&](const KnownCurrency& one) { return currency == one.code; });
    if (known == std::end(known_currencies)) throw std::invalid_argument{"unknown " + currency};
    return known->usd;
}

/// With fewer places where a double would not hold the number.
Decimal ExactMaterial::decimal(double value, int places) {
    constexpr double digits_max = 1e15;
    while (places > 0 && std::abs(value) * std::pow(10.0, places) >= digits_max) --places;
    return {std::llround(value * std::pow(10.0, places)), places};
}

// Streams of neighbouring seeds are the same numbers, one later: a drawn seed starts elsewhere.
ExactMaterial::ExactMaterial(std::uint64_t seed, MaterialOptions options)
    : options_{options}, random_{Random{seed}.next()} {
    constexpr std::size_t instruments = 14;
    const bool is_by_chance = options_.demands == Demands::either;
    is_plain_ = is_by_chance ? random_.chance(0.4) : options_.demands == Demands::plain;
    has_marks_ = !is_plain_ && random_.chance(0.7);
    market_.rules = some_rules();
    if (random_.chance(0.2)) market_.suffixes = {".m", "_x"};
    make_currencies();
    make_pairs();
    for (std::size_t i = 0; i < instruments; ++i) make_instrument(i);
    if (!is_plain_ && random_.chance(0.3)) share_tiers();
}

std::string ExactMaterial::any_currency() { return random_.pick(market_.currencies).code; }

RuleSet ExactMaterial::some_rules() {
    RuleSet rules;
    // Levels that are hardly ever reached: what is tested here is figures, not states.
    rules.margin_call = Level{2};
    rules.stop_out = Level{1};
    rules.credit_in_equity = random_.chance(0.7);
    if (is_plain_) return rules;
    if (random_.chance(0.3)) rules.hedged_margin = HedgedMargin::basic;
    rules.valuation_price = has_marks_            ? some_of(random_, valuation_price_names)
                            : random_.chance(0.3) ? ValuationPrice::mid
                                                  : ValuationPrice::closing_side;
    rules.pnl_conversion = some_of(random_, pnl_conversion_names);
    rules.margin_conversion = some_of(random_, margin_conversion_names);
    rules.pnl_rounding = some_of(random_, pnl_rounding_names);
    rules.orders_reserve_margin = random_.chance(0.9);
    return rules;
}

void ExactMaterial::make_currencies() {
    for (const KnownCurrency& known : known_currencies) {
        ExactCurrency& currency = market_.currencies.emplace_back();
        currency.code = known.code;
        currency.digits = known.digits;
        if (known.digits == 2 && random_.chance(0.05)) currency.digits = random_.pick({0, 3, 4});
    }
}

/// Every currency gets a way to every other: by the dollar, or by the euro where all do.
void ExactMaterial::make_pairs() {
    const bool is_by_euro = random_.chance(0.15);
    const std::string pivot = is_by_euro ? "EUR" : "USD";
    const auto add_pair = [&](std::string left, std::string right) {
        if (random_.chance(0.4)) std::swap(left, right);
        const double middle = rough_usd(left) / rough_usd(right) * random_.real(0.95, 1.05);
        const bool is_suffixed = !market_.suffixes.empty() && random_.chance(0.5);
        const std::string suffix = is_suffixed ? random_.pick(market_.suffixes) : "";
        add_quote(left + right + suffix, middle, random_.chance(0.8) ? 6 : 9);
    };
    const auto& all = market_.currencies;
    for (const ExactCurrency& one : all) {
        if (one.code != pivot) add_pair(one.code, pivot);
    }
    for (std::size_t a = 0; a < all.size(); ++a) {
        for (std::size_t b = a + 1; b < all.size(); ++b) {
            const bool is_there = all[a].code == pivot || all[b].code == pivot;
            if (!is_there && random_.chance(0.25)) add_pair(all[a].code, all[b].code);
        }
    }
    pairs_ = market_.quotes.size();
}

/// `figures`: how many digits a price has.
void ExactMaterial::add_quote(const std::string& symbol, double middle, int figures) {
    const int before = static_cast<int>(std::floor(std::log10(std::abs(middle)))) + 1;
    const int places = std::clamp(figures - before, 0, 12);
    ExactQuote& quote = market_.quotes.emplace_back();
    quote.symbol = symbol;
    set_quote(quote, std::llround(middle * std::pow(10.0, places)), places);
}

void ExactMaterial::set_quote(ExactQuote& quote, std::int64_t middle, int places) {
    const auto distance = [&] { return random_.between(0, random_.chance(0.9) ? 20 : 500); };
    std::int64_t bid = middle - distance();
    if (middle > 0) bid = std::max<std::int64_t>(1, bid);
    quote.bid = {bid, places};
    quote.ask = {std::max(bid, middle + distance()), places};
    // Other prices are worked out by the feed and may be finer.
    const int finer = random_.pick({0, 0, 1, 3});
    const auto between = [&] {
        const auto scale = static_cast<std::int64_t>(std::llround(std::pow(10.0, finer)));
        return Decimal{random_.between(quote.bid.digits * scale, quote.ask.digits * scale),
                       places + finer};
    };
    if (random_.chance(0.3)) quote.mid = between();
    if (has_marks_) {
        quote.mark = between();
        quote.last = between();
    }
}

void ExactMaterial::move_prices() {
    for (ExactQuote& quote : market_.quotes) {
        const auto middle = static_cast<double>(quote.bid.digits + quote.ask.digits) / 2.0;
        const double moved = middle * (1.0 + random_.real(-0.005, 0.005));
        std::int64_t digits = std::llround(moved);
        if (middle > 0.0) digits = std::max<std::int64_t>(1, digits);
        const int places = quote.bid.places;
        const ExactQuote before = quote;
        quote = {.symbol = before.symbol};
        set_quote(quote, digits, places);
    }
}

}  // namespace margind::test::exact
