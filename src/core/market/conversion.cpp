#include "margind/core/market/conversion.hpp"

#include <algorithm>
#include <cmath>

namespace margind {
namespace {

std::uint64_t pair_key(CurrencyId from, CurrencyId to) {
    return (std::uint64_t{from.value} << 32) | to.value;
}

/// Bid and ask of one stage. NaN in, NaN out; a price that is not positive is no rate.
RatePair stage_rate(const RateStep& step, const Quote& quote) {
    if (!(quote.bid > 0.0) || !(quote.ask > 0.0)) return {};
    if (step.is_inverse) return {1.0 / quote.ask, 1.0 / quote.bid};
    return {quote.bid, quote.ask};
}

double stage_mid(const RateStep& step, const Quote& quote) {
    const double mid = (quote.bid + quote.ask) / 2.0;
    return step.is_inverse ? 1.0 / mid : mid;
}

}  // namespace

RateId RateTable::intern(CurrencyId from, CurrencyId to) {
    const auto [entry, is_new] =
        ids_.try_emplace(pair_key(from, to), RateId{static_cast<std::uint32_t>(paths_.size())});
    if (!is_new) return entry->second;
    paths_.push_back({.from = from, .to = to});
    rates_.emplace_back();
    mids_.push_back(not_a_price);
    if (from == to) {
        paths_.back().is_resolved = true;
        rates_.back() = {1.0, 1.0};
        mids_.back() = 1.0;
        return entry->second;
    }
    intern_candidates(from, to);
    for (const CurrencyId pivot : pivots_) {
        if (pivot == from || pivot == to) continue;
        intern_candidates(from, pivot);
        intern_candidates(pivot, to);
    }
    return entry->second;
}

void RateTable::intern_candidates(CurrencyId from, CurrencyId to) {
    for (const std::string& pair : {currencies_.code(from) + currencies_.code(to),
                                    currencies_.code(to) + currencies_.code(from)}) {
        symbols_.intern(pair);
        for (const std::string& suffix : suffixes_) symbols_.intern(pair + suffix);
    }
}

SymbolId RateTable::pair_that_came(const std::string& pair, const QuoteBoard& quotes) const {
    const auto has_come = [&](SymbolId symbol) {
        return !symbol.is_none() && quotes.has_come(symbol);
    };
    if (const SymbolId bare = symbols_.find(pair); has_come(bare)) return bare;
    for (const std::string& suffix : suffixes_) {
        if (const SymbolId symbol = symbols_.find(pair + suffix); has_come(symbol)) return symbol;
    }
    return {};
}

bool RateTable::stage(CurrencyId from, CurrencyId to, const QuoteBoard& quotes,
                      RateStep& step) const {
    const std::string& left = currencies_.code(from);
    const std::string& right = currencies_.code(to);
    if (const SymbolId direct = pair_that_came(left + right, quotes); !direct.is_none()) {
        step = {direct, false};
        return true;
    }
    const SymbolId inverse = pair_that_came(right + left, quotes);
    if (!inverse.is_none()) step = {inverse, true};
    return !inverse.is_none();
}

void RateTable::choose(RatePath& path, const QuoteBoard& quotes) const {
    path.step_count = 1;
    path.is_resolved = stage(path.from, path.to, quotes, path.steps[0]);
    for (const CurrencyId pivot : pivots_) {
        if (path.is_resolved) return;
        if (pivot == path.from || pivot == path.to) continue;
        path.step_count = 2;
        path.is_resolved = stage(path.from, pivot, quotes, path.steps[0]) &&
                           stage(pivot, path.to, quotes, path.steps[1]);
    }
    if (!path.is_resolved) path.step_count = 0;
}

void RateTable::resolve(const QuoteBoard& quotes) {
    users_.assign(symbols_.size(), {});
    for (std::uint32_t id = 0; id < paths_.size(); ++id) {
        RatePath& path = paths_[id];
        if (path.from == path.to) continue;
        choose(path, quotes);
        for (std::uint8_t i = 0; i < path.step_count; ++i) {
            users_[path.steps[i].symbol.value].push_back(RateId{id});
        }
    }
}

std::vector<RateId> RateTable::outdated(const QuoteBoard& quotes) const {
    std::vector<RateId> out;
    for (std::uint32_t id = 0; id < paths_.size(); ++id) {
        RatePath path = paths_[id];
        if (path.from == path.to) continue;
        choose(path, quotes);
        const bool is_same = path.step_count == paths_[id].step_count &&
                             std::equal(path.steps.begin(), path.steps.begin() + path.step_count,
                                        paths_[id].steps.begin());
        if (!is_same) out.emplace_back(id);
    }
    return out;
}

void RateTable::refresh_one(RateId id, const QuoteOf& quote) {
    if (paths_[id.value].from == paths_[id.value].to) return;
    rates_[id.value] = rate_at(id, quote);
    mids_[id.value] = mid_at(id, quote);
}

void RateTable::refresh(std::span<const Quote> quotes) {
    const QuoteOf quote = [&](SymbolId symbol) { return quotes[symbol.value]; };
    for (std::uint32_t id = 0; id < paths_.size(); ++id) refresh_one(RateId{id}, quote);
}

void RateTable::refresh(std::span<const Quote> quotes, SymbolId symbol) {
    const QuoteOf quote = [&](SymbolId stage) { return quotes[stage.value]; };
    for (const RateId id : users(symbol)) refresh_one(id, quote);
}

RatePair RateTable::rate_at(RateId id, const QuoteOf& quote) const {
    const RatePath& path = paths_[id.value];
    if (path.from == path.to) return {1.0, 1.0};
    if (!path.is_resolved) return {};
    RatePair rate = stage_rate(path.steps[0], quote(path.steps[0].symbol));
    if (path.step_count == 2) {
        const RatePair second = stage_rate(path.steps[1], quote(path.steps[1].symbol));
        rate = {rate.bid * second.bid, rate.ask * second.ask};
    }
    const bool is_finite = std::isfinite(rate.bid) && std::isfinite(rate.ask);
    return is_finite ? rate : RatePair{};
}

double RateTable::mid_at(RateId id, const QuoteOf& quote) const {
    const RatePath& path = paths_[id.value];
    if (path.from == path.to) return 1.0;
    if (std::isnan(rate_at(id, quote).bid)) return not_a_price;
    double mid = stage_mid(path.steps[0], quote(path.steps[0].symbol));
    if (path.step_count == 2) mid *= stage_mid(path.steps[1], quote(path.steps[1].symbol));
    return mid;
}

std::span<const RateId> RateTable::users(SymbolId symbol) const {
    if (symbol.value >= users_.size()) return {};
    return users_[symbol.value];
}

}  // namespace margind
