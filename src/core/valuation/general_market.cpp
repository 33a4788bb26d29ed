#include <algorithm>
#include <cmath>

#include "margind/core/valuation/general_account.hpp"

namespace margind {

GeneralMarket GeneralMarket::with_moved(SymbolId symbol, double distance) const {
    GeneralMarket moved = *this;
    moved.moved_ = symbol;
    moved.distance_ = distance;
    return moved;
}

GeneralMarket GeneralMarket::at_worst(WorstFor figure, const QuoteOf& bounds) const {
    GeneralMarket worst = *this;
    worst.bounds_ = &bounds;
    worst.worst_for_ = figure;
    return worst;
}

Quote GeneralMarket::worst_quote(SymbolId symbol) const {
    const Quote ends = (*bounds_)(symbol);
    if (worst_for_ == WorstFor::equity) return ends;
    const double most = std::max(std::abs(ends.bid), std::abs(ends.ask));
    return {most, most};
}

Quote GeneralMarket::quote(SymbolId symbol) const {
    if (bounds_ != nullptr) return worst_quote(symbol);
    const Quote& quote = quotes_.usable()[symbol.value];
    if (symbol != moved_) return quote;
    return {quote.bid + distance_, quote.ask + distance_};
}

Marks GeneralMarket::marks(SymbolId symbol) const {
    const Marks& marks = quotes_.marks(symbol);
    if (bounds_ != nullptr && worst_for_ == WorstFor::margin && !std::isnan(marks.mark)) {
        return {marks.mid, worst_quote(symbol).ask, marks.last};
    }
    if (symbol != moved_) return marks;
    return {marks.mid + distance_, marks.mark + distance_, marks.last + distance_};
}

bool GeneralMarket::is_moved(RateId id) const {
    const RatePath& path = rates_.path(id);
    const auto steps = std::span{path.steps}.first(path.step_count);
    return !moved_.is_none() && std::ranges::find(steps, moved_, &RateStep::symbol) != steps.end();
}

RatePair GeneralMarket::rate(RateId id) const {
    if (bounds_ != nullptr) {
        const RatePair ends = rates_.rate_at(id, *bounds_);
        return worst_for_ == WorstFor::equity ? ends : RatePair{ends.ask, ends.ask};
    }
    if (!is_moved(id)) return rates_.rates()[id.value];
    return rates_.rate_at(id, [&](SymbolId symbol) { return quote(symbol); });
}

double GeneralMarket::mid(RateId id) const {
    if (bounds_ != nullptr) return rate(id).ask;
    if (!is_moved(id)) return rates_.mid(id);
    return rates_.mid_at(id, [&](SymbolId symbol) { return quote(symbol); });
}

Causes doubts_of(const GeneralAccount& account, const QuoteBoard& quotes, const RateTable& rates) {
    Causes causes;
    const GeneralMarket market{quotes, rates};
    const auto look_at = [&](const Exposure& exposure) {
        for (const RateId rate : {exposure.pnl_rate, exposure.margin_rate, exposure.tier_rate}) {
            const bool is_unknown = !rate.is_none() && std::isnan(rates.rates()[rate.value].bid);
            if (is_unknown) causes |= Cause::no_rate;
        }
        if (exposure.kind != OrderKind::position) return;
        causes |= quotes.causes(exposure.symbol);
        const Marks& marks = quotes.marks(exposure.symbol);
        const ValuationPrice price = account.rules->valuation_price;
        const bool lacks_mark = price == ValuationPrice::mark && std::isnan(marks.mark);
        const bool lacks_last = price == ValuationPrice::last && std::isnan(marks.last);
        const double close =
            valuation_price(*account.rules, market, exposure.symbol, exposure.is_short);
        const bool is_no_price = close <= 0.0 && !exposure.instrument->may_be_negative();
        if (lacks_mark || lacks_last || is_no_price) causes |= Cause::no_price;
    };
    std::ranges::for_each(account.exposures, look_at);
    std::ranges::for_each(account.isolated, look_at);
    return causes;
}

}  // namespace margind
