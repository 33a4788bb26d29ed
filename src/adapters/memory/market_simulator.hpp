#pragma once
#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/memory/market_catalog.hpp"
#include "adapters/memory/seeded_random.hpp"

namespace margind::memory {

/// A sudden move: at so many ms after the start the symbol's price changes by this share, and with
/// it every symbol of the same currency.
struct Shock {
    std::string symbol;   // empty: the first one
    double change = 0.0;  // −0.03 is a fall of 3 %
    std::int64_t after_ms = 0;
};

/// "3%@10s", "-3%@1m", "XAUUSD:-4.5%@10s".
[[nodiscard]] std::expected<Shock, std::string> parse_shock(std::string_view text);

struct MarketOptions {
    std::uint64_t seed = 1;
    std::vector<SymbolTraits> symbols;
    double ticks_per_second = 1'000.0;
    double volatility = 1.0;  // times what the catalogue says
    std::vector<Shock> shocks;
};

struct SimulatedTick {
    std::uint32_t symbol = 0;  // index into the symbols
    double bid = 0.0;
    double ask = 0.0;
    std::int64_t ts_ms = 0;
};

/// A made-up market: every currency and asset walks at random, pairs follow from them (so they are
/// correlated and free of arbitrage), spreads widen and come back. The same seed and the same
/// options give the same ticks, whatever the step. Pure: no clock, no thread.
class MarketSimulator {
public:
    /// Precondition: at least one symbol, and a rate above 0.
    MarketSimulator(MarketOptions options, std::int64_t start_ms);

    /// All ticks due after the last step up to `now_ms`; valid until the next step.
    std::span<const SimulatedTick> step(std::int64_t now_ms);
    [[nodiscard]] const std::string& symbol(std::uint32_t index) const {
        return options_.symbols[index].symbol;
    }
    [[nodiscard]] std::uint64_t tick_count() const { return tick_count_; }

private:
    struct Asset {
        std::string code;
        double value = 1.0;      // against its value at the start
        double deviation = 0.0;  // in the square root of a millisecond
        double moved_ms = 0.0;
    };
    struct Pair {
        std::uint32_t base = 0;
        std::uint32_t profit = 0;
        double spread = 1.0;  // times the spread at rest
    };
    std::uint32_t asset(const std::string& code, double volatility);
    void move(Asset& asset, double at_ms);
    void shake(const Shock& shock, double at_ms);
    void quote(std::uint32_t symbol, double at_ms);

    MarketOptions options_;
    SeededRandom random_;
    std::int64_t start_ms_;
    std::vector<Asset> assets_;
    std::vector<Pair> pairs_;
    std::size_t next_shock_ = 0;
    std::uint64_t tick_count_ = 0;  // of the regular ticks
    std::vector<SimulatedTick> ticks_;
};

}  // namespace margind::memory
