#include "adapters/memory/market_simulator.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "margind/core/base/assert.hpp"
#include "margind/core/base/decimal.hpp"
#include "wire/feed_time.hpp"

namespace margind::memory {
namespace {

constexpr double day_ms = 86'400'000.0;
constexpr double shaken_spread = 5.0;

}  // namespace

std::expected<Shock, std::string> parse_shock(std::string_view text) {
    const auto fail = [&] {
        return std::unexpected{"'" + std::string{text} +
                               "': expected [SYMBOL:][-]PERCENT%@TIME, as in -3%@10s"};
    };
    Shock shock;
    std::string_view rest = text;
    if (const std::size_t colon = rest.find(':'); colon != std::string_view::npos) {
        shock.symbol = rest.substr(0, colon);
        rest.remove_prefix(colon + 1);
        if (shock.symbol.empty()) return fail();
    }
    const std::size_t percent = rest.find("%@");
    if (percent == std::string_view::npos) return fail();
    const auto change = parse_real(rest.substr(0, percent));
    const auto after_ms = wire::parse_span_ms(rest.substr(percent + 2));
    if (!change || !after_ms || !(*change > -90.0 && *change < 900.0)) return fail();
    shock.change = *change / 100.0;
    shock.after_ms = *after_ms;
    return shock;
}

MarketSimulator::MarketSimulator(MarketOptions options, std::int64_t start_ms)
    : options_{std::move(options)}, random_{options_.seed}, start_ms_{start_ms} {
    MARGIND_ASSERT(!options_.symbols.empty());
    MARGIND_ASSERT(options_.ticks_per_second > 0.0);
    for (const SymbolTraits& traits : options_.symbols) {
        const std::uint32_t base = asset(traits.base, traits.volatility);
        pairs_.push_back({base, asset(traits.profit, 0.0)});
    }
    std::ranges::sort(options_.shocks, {}, [](const Shock& shock) {
        return std::pair{shock.after_ms, std::string_view{shock.symbol}};
    });
}

/// The asset's index; a volatility of 0 means that it is only met as the currency of a price.
std::uint32_t MarketSimulator::asset(const std::string& code, double volatility) {
    constexpr double currency_volatility = 0.003;
    auto found = std::ranges::find(assets_, code, &Asset::code);
    if (found == assets_.end()) found = assets_.insert(found, Asset{.code = code});
    const double daily = std::max(volatility, currency_volatility) * options_.volatility;
    found->deviation = std::max(found->deviation, daily / std::sqrt(day_ms));
    return static_cast<std::uint32_t>(found - assets_.begin());
}

void MarketSimulator::move(Asset& asset, double at_ms) {
    const double elapsed = at_ms - asset.moved_ms;
    if (!(elapsed > 0.0)) return;
    asset.value *= 1.0 + asset.deviation * std::sqrt(elapsed) * random_.normal();
    asset.moved_ms = at_ms;
}

void MarketSimulator::quote(std::uint32_t symbol, double at_ms) {
    const SymbolTraits& traits = options_.symbols[symbol];
    Pair& pair = pairs_[symbol];
    move(assets_[pair.base], at_ms);
    move(assets_[pair.profit], at_ms);
    pair.spread += 0.05 * (1.0 - pair.spread) + 0.05 * random_.normal();
    pair.spread = std::clamp(pair.spread, 0.3, shaken_spread);
    const double middle = traits.price * assets_[pair.base].value / assets_[pair.profit].value;
    const double point = price_point(traits.digits);
    const double half = std::max(traits.spread * pair.spread, point) / 2.0;
    const double bid = std::max(round_price(middle - half, traits.digits), point);
    const double ask = std::max(round_price(middle + half, traits.digits), bid);
    ticks_.push_back({symbol, bid, ask, start_ms_ + static_cast<std::int64_t>(at_ms)});
}

void MarketSimulator::shake(const Shock& shock, double at_ms) {
    const auto found = std::ranges::find(options_.symbols, shock.symbol, &SymbolTraits::symbol);
    const bool is_first = shock.symbol.empty() || found == options_.symbols.end();
    const auto index =
        is_first ? std::size_t{0} : static_cast<std::size_t>(found - options_.symbols.begin());
    // The dollar stands still where it can: a shock of USDJPY is one of the yen.
    const bool shakes_profit = assets_[pairs_[index].base].code == "USD";
    const std::uint32_t shaken = shakes_profit ? pairs_[index].profit : pairs_[index].base;
    const double factor = 1.0 + shock.change;
    assets_[shaken].value *= shakes_profit ? 1.0 / factor : factor;
    for (std::uint32_t i = 0; i < pairs_.size(); ++i) {
        if (pairs_[i].base != shaken && pairs_[i].profit != shaken) continue;
        pairs_[i].spread = shaken_spread;
        quote(i, at_ms);
    }
}

std::span<const SimulatedTick> MarketSimulator::step(std::int64_t now_ms) {
    ticks_.clear();
    const double elapsed_ms = static_cast<double>(now_ms - start_ms_);
    const double interval_ms = 1'000.0 / options_.ticks_per_second;
    for (;;) {
        const double tick_ms = static_cast<double>(tick_count_ + 1) * interval_ms;
        const double shock_ms = next_shock_ < options_.shocks.size()
                                    ? static_cast<double>(options_.shocks[next_shock_].after_ms)
                                    : elapsed_ms + 1.0;
        if (std::min(tick_ms, shock_ms) > elapsed_ms) break;
        if (shock_ms <= tick_ms) {
            shake(options_.shocks[next_shock_++], shock_ms);
            continue;
        }
        ++tick_count_;
        quote(random_.below(static_cast<std::uint32_t>(pairs_.size())), tick_ms);
    }
    return ticks_;
}

}  // namespace margind::memory
