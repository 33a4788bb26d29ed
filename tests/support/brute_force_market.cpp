#include "support/brute_force_market.hpp"

#include <stdexcept>

namespace margind::test {

DayMarket::DayMarket(const Day& day) {
    std::vector<Newest> newest;
    const auto learn = [&](const std::string& symbol) {
        if (index_.try_emplace(symbol, index_.size()).second) newest.emplace_back();
    };
    for (const auto& [symbol, sides] : day.start_prices) learn(symbol);
    for (const DayTick& tick : day.ticks) learn(tick.symbol);
    if (index_.size() > 32) throw std::length_error{"a day has at most 32 symbols"};
    columns_.resize(index_.size());

    const std::int64_t start_ms = day.start_ms();
    std::uint32_t changed = 0;
    for (const auto& [symbol, sides] : day.start_prices) {
        newest[index_.at(symbol)] = {sides, start_ms, false};
        changed |= bit(symbol);
    }
    std::int64_t next_ms = start_ms + day.beat_ms;
    for (const DayTick& tick : day.ticks) {
        for (; next_ms <= tick.time_ms; next_ms += day.beat_ms) {
            beat(next_ms, day.max_age_ms, newest, changed);
            changed = 0;
        }
        newest[index_.at(tick.symbol)] = {tick.sides, tick.time_ms, false};
        changed |= bit(tick.symbol);
    }
    beat(next_ms, day.max_age_ms, newest, changed);
}

/// A row where something is new at this beat.
void DayMarket::beat(std::int64_t beat_ms, std::int64_t max_age_ms, std::vector<Newest>& newest,
                     std::uint32_t changed) {
    for (std::size_t symbol = 0; symbol < newest.size(); ++symbol) {
        Newest& one = newest[symbol];
        const bool is_stale = max_age_ms > 0 && beat_ms - one.arrived_ms > max_age_ms;
        if (is_stale != one.is_stale) changed |= 1u << symbol;
        one.is_stale = is_stale;
    }
    if (changed == 0) return;
    rows_.push_back({beat_ms, changed});
    for (std::size_t symbol = 0; symbol < newest.size(); ++symbol) {
        const Newest& one = newest[symbol];
        columns_[symbol].push_back(one.is_stale ? DaySides{} : one.sides);
    }
}

/// Multiplies a conversion by the pair of two currencies; false where there is none.
bool DayMarket::stage(const std::string& from, const std::string& to,
                      Conversion& conversion) const {
    const bool is_direct = has(from + to);
    if (!is_direct && !has(to + from)) return false;
    const std::string pair = is_direct ? from + to : to + from;
    conversion.symbols |= bit(pair);
    const Column& quotes = prices(pair);
    for (std::size_t row = 0; row < quotes.size(); ++row) {
        const DaySides quote = quotes[row];
        const DaySides rate = is_direct ? quote : DaySides{1.0 / quote.ask, 1.0 / quote.bid};
        conversion.column[row].bid *= rate.bid;
        conversion.column[row].ask *= rate.ask;
    }
    return true;
}

const DayMarket::Conversion& DayMarket::conversion(const std::string& from, const std::string& to) {
    const auto [found, is_new] = conversions_.try_emplace({from, to});
    Conversion& conversion = found->second;
    if (!is_new) return conversion;
    const Conversion one{Column(rows_.size(), DaySides{1.0, 1.0}), 0};
    conversion = one;
    if (from == to || stage(from, to, conversion)) return conversion;
    for (const char* pivot : {"USD", "EUR"}) {
        conversion = one;
        if (pivot == from || pivot == to) continue;
        if (stage(from, pivot, conversion) && stage(pivot, to, conversion)) return conversion;
    }
    conversion = {Column(rows_.size()), 0};
    return conversion;
}

}  // namespace margind::test
