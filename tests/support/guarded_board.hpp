#pragma once
#include <cmath>
#include <cstdint>
#include <vector>

#include "margind/core/market/quotes.hpp"

namespace margind::test {

/// Two symbols, one with guards and the other one its reference, and a clock.
struct GuardedBoard {
    static constexpr SymbolId symbol{0};
    static constexpr SymbolId reference{1};

    explicit GuardedBoard(const GuardSettings& settings, QuoteLimits limits = {}) : quotes{limits} {
        quotes.grow(2);
        quotes.set_guard(symbol, settings, settings.ref_symbol.empty() ? SymbolId{} : reference);
    }

    TickFate tick(double bid, double ask, std::int64_t ts_ms = 0) {
        return quotes.apply({.symbol = symbol, .bid = bid, .ask = ask, .ts_ms = ts_ms}, now);
    }
    TickFate reference_tick(double bid, double ask) {
        return quotes.apply({.symbol = reference, .bid = bid, .ask = ask}, now);
    }
    void wait(std::int64_t ms) {
        now.steady_ms += ms;
        now.wall_ms += ms;
    }
    /// What a beat does; the symbols that changed by it.
    std::vector<SymbolId> beat() {
        std::vector<SymbolId> changed;
        quotes.age(now, [&](SymbolId id) { changed.push_back(id); });
        return changed;
    }
    [[nodiscard]] bool is_at(double bid, double ask) const {
        const Quote usable = quotes.usable()[symbol.value];
        return usable.bid == bid && usable.ask == ask;
    }
    [[nodiscard]] bool is_unusable() const {
        const Quote usable = quotes.usable()[symbol.value];
        return std::isnan(usable.bid) && std::isnan(usable.ask);
    }
    [[nodiscard]] GuardState state() const { return quotes.guard(symbol)->state(); }
    [[nodiscard]] std::uint64_t refused(TickFate fate) const {
        return quotes.refusals(symbol).by_fate[static_cast<std::size_t>(fate)];
    }

    QuoteBoard quotes;
    Moment now{1'000'000, 1'700'000'000'000};
};

}  // namespace margind::test
