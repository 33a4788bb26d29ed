#pragma once
#include <string>
#include <vector>

#include "margind/core/engine/engine.hpp"
#include "support/random.hpp"

namespace margind::test {

/// What is traded by the books that are watched. Perpetuals, of which one has a mark, come last.
struct Traded {
    std::string symbol;
    std::string mode;
    double contract_size;
    std::string base;
    std::string profit;
    double price;
};

inline const std::vector<Traded>& traded() {
    static const std::vector<Traded> all{
        {"EURUSD", "forex", 100'000.0, "EUR", "USD", 1.1},
        {"GBPUSD", "forex", 100'000.0, "GBP", "USD", 1.3},
        {"USDJPY", "forex", 100'000.0, "USD", "JPY", 150.0},
        {"EURGBP", "forex", 100'000.0, "EUR", "GBP", 0.85},
        {"XAUUSD", "cfd_leverage", 100.0, "", "USD", 2'400.0},
        {"GER40", "cfd_leverage", 1.0, "", "EUR", 18'000.0},
        {"OILUSD", "cfd", 100.0, "", "USD", 70.0},
        {"BTCUSD", "perpetual_linear", 1.0, "", "USD", 60'000.0},
        {"SOLUSD", "perpetual_linear", 100.0, "", "USD", 150.0},
        {"ETHUSD", "perpetual_inverse", 10.0, "ETH", "ETH", 3'000.0},
    };
    return all;
}

/// What the books are made of: what the kernel values, or everything there is.
enum class Books { plain, of_every_kind };

inline EngineOptions options_of(Books books, Random& random) {
    EngineOptions options;
    // Of so few accounts none would be valued in bulk.
    if (random.chance(0.5)) options.sweep_min = 2;
    if (books == Books::plain) return options;
    RuleSet& rules = options.rules;
    rules.hedged_margin = random.pick({HedgedMargin::larger_leg, HedgedMargin::basic});
    rules.margin_conversion = random.pick(
        {MarginConversion::order_side, MarginConversion::open_price, MarginConversion::mid,
         MarginConversion::ask, MarginConversion::by_composition});
    rules.pnl_rounding = random.pick({PnlRounding::by_mode, PnlRounding::per_leg,
                                      PnlRounding::per_position, PnlRounding::total});
    // Not always: with them nobody is watched but at the point.
    if (random.chance(0.2)) rules.pnl_conversion = PnlConversion::mid;
    if (random.chance(0.2)) rules.valuation_price = ValuationPrice::mid;
    return options;
}

/// Bands of a perpetual whose margin falls wherever one begins.
inline std::vector<TierSpec> falling_bands() {
    std::vector<TierSpec> bands{{0.0, 0.01, {}, 0.0}};
    for (double from = 1'500.0; from < 30'000.0; from += 1'500.0) {
        const double rate = *bands.back().rate + 0.001;
        const double margin = from * *bands.back().rate - *bands.back().deduction;
        bands.push_back({from, rate, {}, from * rate - margin * 0.99});
    }
    return bands;
}

/// Bands, and what else the general valuation knows of an instrument.
inline void dress(InstrumentSpec& spec, const Traded& one, Random& random) {
    const bool is_perpetual = one.mode.starts_with("perpetual");
    if (is_perpetual) {
        if (random.chance(0.7)) spec.tiers = {{0.0, 0.01, {}, {}}, {50'000.0, 0.02, {}, {}}};
        if (random.chance(0.3)) spec.tiers = falling_bands();
        if (random.chance(0.2)) spec.taker_fee = 0.0005;
        if (random.chance(0.2)) spec.maintenance_basis = "entry";
        return;
    }
    if (random.chance(0.5)) return;
    if (random.chance(0.5)) {
        spec.tier_basis = "lots";
        spec.tiers = {{0.0, 1.0, {}, {}}, {0.5, 1.5, {}, {}}, {1.0, 3.0, {}, {}}};
        if (random.chance(0.3)) spec.tier_hedged_weight = 0.5;
        return;
    }
    spec.tier_basis = "notional";
    spec.tier_currency = random.pick({"USD", "EUR"});
    spec.tiers = {{0.0, 1.0, {}, {}}, {50'000.0, 1.5, {}, {}}, {120'000.0, 2.0, {}, {}}};
    if (random.chance(0.3)) {
        spec.tiers = {{0.0, {}, 100.0, {}}, {50'000.0, {}, 50.0, {}}, {120'000.0, {}, 20.0, {}}};
    }
    if (random.chance(0.2)) spec.tiers[2].rate = 0.5;
    if (random.chance(0.2)) spec.tier_hedged_weight = 0.5;
}

}  // namespace margind::test
