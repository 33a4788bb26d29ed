#include "support/reference_model_market.hpp"

#include <algorithm>
#include <cmath>

namespace margind::test {
namespace {

bool is_bad_number(const std::optional<double>& side) { return side && !std::isfinite(*side); }
bool is_finite(const TwoSides& rate) { return std::isfinite(rate.bid) && std::isfinite(rate.ask); }
bool is_not_positive(const std::optional<double>& side) { return side && *side <= 0.0; }

}  // namespace

std::string ModelMarket::tick(const ModelTick& tick, Moment now) {
    if (is_bad_number(tick.bid) || is_bad_number(tick.ask)) return "not_finite";
    if (!tick.bid && !tick.ask) return "not_finite";
    if (!negative_allowed.contains(tick.symbol) &&
        (is_not_positive(tick.bid) || is_not_positive(tick.ask))) {
        return "not_positive";
    }
    Sides& sides = sides_[tick.symbol];
    // A stamp from the future says nothing about the order of ticks.
    const bool has_stamp = tick.ts_ms > 0 && tick.ts_ms <= now.wall_ms + future_ms_max;
    if (has_stamp && tick.ts_ms < sides.ts_ms) return "late";
    if (has_stamp) sides.ts_ms = tick.ts_ms;

    sides.raw_bid = tick.bid;
    sides.raw_ask = tick.ask;
    std::int64_t age_ms = 0;
    if (tick.is_stored && has_stamp) age_ms = std::max<std::int64_t>(0, now.wall_ms - tick.ts_ms);
    if (tick.bid) sides.bid_at = now.steady_ms - age_ms;
    if (tick.ask) sides.ask_at = now.steady_ms - age_ms;
    // A side that is missing leaves the one that came last.
    if (tick.bid) sides.newest_bid = tick.bid;
    if (tick.ask) sides.newest_ask = tick.ask;
    const std::optional<double> bid = sides.newest_bid;
    const std::optional<double> ask = sides.newest_ask;
    sides.is_crossed = bid && ask && *bid > *ask;
    if (sides.is_crossed) return "crossed";

    sides.good_bid = bid;
    sides.good_ask = ask;
    return "accepted";
}

/// Whatever came before does not count. Only a good quote ends a crossed one.
void ModelMarket::distrust(Sides& sides) {
    sides.bid_at.reset();
    sides.ask_at.reset();
}

void ModelMarket::forget(const std::string& symbol) {
    Sides& sides = sides_[symbol];
    sides.raw_bid.reset();
    sides.raw_ask.reset();
    sides.is_crossed = false;
    distrust(sides);
}

void ModelMarket::distrust_all() {
    for (auto& [symbol, sides] : sides_) {
        distrust(sides);
        sides.ts_ms = 0;
    }
}

const ModelMarket::Sides* ModelMarket::find(const std::string& symbol) const {
    const auto found = sides_.find(symbol);
    return found == sides_.end() ? nullptr : &found->second;
}

CauseNames ModelMarket::causes(const std::string& symbol, Moment now) const {
    CauseNames causes;
    if (frozen_.contains(symbol)) causes.insert("frozen_price");
    const Sides* sides = find(symbol);
    if (sides != nullptr && sides->is_crossed) causes.insert("crossed_price");
    if (sides == nullptr || (!sides->good_bid && !sides->good_ask)) {
        causes.insert("no_price");
    } else if (!sides->good_bid || !sides->good_ask) {
        causes.insert("one_side_missing");
    } else if (!sides->bid_at || !sides->ask_at) {
        causes.insert("stale_price");
    } else if (max_age_ms > 0 &&
               now.steady_ms - std::min(*sides->bid_at, *sides->ask_at) > max_age_ms) {
        causes.insert("stale_price");
    }
    return causes;
}

std::optional<TwoSides> ModelMarket::usable(const std::string& symbol, Moment now) const {
    if (!causes(symbol, now).empty()) return {};
    const Sides* sides = find(symbol);
    return TwoSides{*sides->good_bid, *sides->good_ask};
}

std::optional<double> ModelMarket::raw_bid(const std::string& symbol) const {
    const Sides* sides = find(symbol);
    return sides == nullptr ? std::nullopt : sides->raw_bid;
}

std::optional<double> ModelMarket::raw_ask(const std::string& symbol) const {
    const Sides* sides = find(symbol);
    return sides == nullptr ? std::nullopt : sides->raw_ask;
}

/// A price of one side is enough, and it need not be a good one.
bool ModelMarket::has_come(const std::string& symbol) const {
    const Sides* sides = find(symbol);
    return sides != nullptr && (sides->newest_bid || sides->newest_ask);
}

/// The pair that joins two currencies: the direct one, else the inverse one, else none.
std::string ModelMarket::one_way(const std::string& from, const std::string& to) const {
    if (has_come(from + to)) return from + to;
    if (has_come(to + from)) return to + from;
    return {};
}

std::vector<std::string> ModelMarket::way(const std::string& from, const std::string& to) const {
    if (from == to) return {};
    if (const std::string pair = one_way(from, to); !pair.empty()) return {pair};
    for (const std::string& pivot : pivots) {
        if (pivot == from || pivot == to) continue;
        const std::string first = one_way(from, pivot);
        const std::string second = one_way(pivot, to);
        if (!first.empty() && !second.empty()) return {first, second};
    }
    return {};
}

/// The rate of one pair, seen from the currency that is given away.
std::optional<TwoSides> ModelMarket::stage(const std::string& symbol, const std::string& from,
                                           Moment now) const {
    const auto quote = usable(symbol, now);
    if (!quote || quote->bid <= 0.0 || quote->ask <= 0.0) return {};
    if (symbol.starts_with(from)) return quote;
    return TwoSides{1.0 / quote->ask, 1.0 / quote->bid};
}

std::optional<TwoSides> ModelMarket::rate(const std::string& from, const std::string& to,
                                          Moment now) const {
    if (from == to) return TwoSides{1.0, 1.0};
    const std::vector<std::string> pairs = way(from, to);
    if (pairs.empty()) return {};
    const auto first = stage(pairs[0], from, now);
    if (!first || pairs.size() == 1) return first && is_finite(*first) ? first : std::nullopt;
    // The second pair begins at the pivot: whatever of the first pair is not `from`.
    const std::string pivot = pairs[0].starts_with(from)
                                  ? pairs[0].substr(from.size())
                                  : pairs[0].substr(0, pairs[0].size() - from.size());
    const auto second = stage(pairs[1], pivot, now);
    if (!second) return {};
    const TwoSides both{first->bid * second->bid, first->ask * second->ask};
    return is_finite(both) ? std::optional{both} : std::nullopt;
}

}  // namespace margind::test
