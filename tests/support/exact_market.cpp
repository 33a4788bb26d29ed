#include "support/exact_market.hpp"

#include <algorithm>
#include <stdexcept>

namespace margind::test::exact {

std::size_t ExactMarket::index(const std::string& currency) const {
    const auto found = std::ranges::find(currencies, currency, &ExactCurrency::code);
    if (found == currencies.end()) throw std::invalid_argument{"no such currency: " + currency};
    return static_cast<std::size_t>(found - currencies.begin());
}

std::optional<Ratio> ExactRate::at_own_price(std::size_t quote, const Ratio& price) const {
    if (own_quote != quote) return std::nullopt;
    return is_inverse ? Ratio{1} / price : price;
}

/// The quote of a pair by its bare name, else with the first suffix that has one.
const ExactQuote* ExactConversions::pair(const std::string& name) const {
    const auto find = [&](const std::string& symbol) -> const ExactQuote* {
        const auto found = std::ranges::find(market_.quotes, symbol, &ExactQuote::symbol);
        return found == market_.quotes.end() ? nullptr : &*found;
    };
    if (const ExactQuote* bare = find(name)) return bare;
    for (const std::string& suffix : market_.suffixes) {
        if (const ExactQuote* other = find(name + suffix)) return other;
    }
    return nullptr;
}

/// The pair as quoted, else the pair turned round, where what the client pays is bought at the bid.
std::optional<ExactRate> ExactConversions::stage(const std::string& from,
                                                 const std::string& to) const {
    for (const bool is_inverse : {false, true}) {
        const ExactQuote* quote = pair(is_inverse ? to + from : from + to);
        if (quote == nullptr) continue;
        ExactRate rate;
        rate.own_quote = static_cast<std::size_t>(quote - market_.quotes.data());
        rate.is_inverse = is_inverse;
        const Ratio middle = (Ratio{quote->bid} + Ratio{quote->ask}) / 2;
        rate.bid = is_inverse ? Ratio{1} / quote->ask : Ratio{quote->bid};
        rate.ask = is_inverse ? Ratio{1} / quote->bid : Ratio{quote->ask};
        rate.mid = is_inverse ? Ratio{1} / middle : middle;
        return rate;
    }
    return std::nullopt;
}

std::optional<ExactRate> ExactConversions::find(const std::string& from,
                                                const std::string& to) const {
    if (from == to) return ExactRate{};
    if (auto direct = stage(from, to)) return direct;
    for (const std::string& pivot : market_.pivots) {
        if (pivot == from || pivot == to) continue;
        const auto first = stage(from, pivot);
        const auto second = stage(pivot, to);
        if (!first || !second) continue;
        ExactRate rate;
        rate.bid = first->bid * second->bid;
        rate.ask = first->ask * second->ask;
        rate.mid = first->mid * second->mid;
        return rate;
    }
    return std::nullopt;
}

ExactConversions::ExactConversions(const ExactMarket& market) : market_{market} {
    for (const ExactCurrency& from : market.currencies) {
        for (const ExactCurrency& to : market.currencies) {
            rates_.push_back(find(from.code, to.code));
        }
    }
    for (const ExactInstrument& one : market.instruments) terms_.push_back(find_terms(one));
}

/// The margin currency is the one that is named; else of forex its base; else the profit currency.
ExactTerms ExactConversions::find_terms(const ExactInstrument& instrument) const {
    const std::string& symbol = market_.quotes[instrument.quote].symbol;
    const std::string base =
        instrument.base_currency.empty() ? symbol.substr(0, 3) : instrument.base_currency;
    ExactTerms terms;
    terms.profit = market_.index(instrument.profit_currency);
    terms.margin = !instrument.margin_currency.empty() ? market_.index(instrument.margin_currency)
                   : instrument.is_forex()             ? market_.index(base)
                                                       : terms.profit;
    const std::string& tier = instrument.tier_currency;
    terms.tier = tier.empty() ? terms.margin : market_.index(tier);
    return terms;
}

}  // namespace margind::test::exact
