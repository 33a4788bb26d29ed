#include "margind/core/rules/margin_formula.hpp"

#include <algorithm>

namespace margind {

double margin_base(const Instrument& instrument, double lots, double open_price, double leverage,
                   MarginUse use) {
    const double units = lots * instrument.contract_size;
    switch (instrument.mode) {
        case CalcMode::forex:
        case CalcMode::cfd_leverage:
        case CalcMode::perpetual_linear:
        case CalcMode::perpetual_inverse: return units / leverage;
        case CalcMode::forex_no_leverage:
        case CalcMode::cfd: return units;
        case CalcMode::cfd_index: return units * instrument.tick_value / instrument.tick_size;
        case CalcMode::crypto: return units * std::abs(open_price) * instrument.factor / leverage;
        case CalcMode::futures:
        case CalcMode::fixed: break;
    }
    const bool is_maintenance = use == MarginUse::maintenance && instrument.maintenance_margin;
    return lots * (is_maintenance ? *instrument.maintenance_margin : instrument.initial_margin);
}

std::vector<TierShare> tier_shares(const Instrument& instrument, double amount, double leverage) {
    const auto& bands = instrument.tiers;
    std::vector<TierShare> shares;
    for (std::size_t i = 0; i < bands.size() && bands[i].from < amount; ++i) {
        TierShare& share = shares.emplace_back();
        share.from = bands[i].from;
        share.to = i + 1 < bands.size() ? std::min(bands[i + 1].from, amount) : amount;
        share.rate = bands[i].rate;
        share.is_capped = leverage > 0.0 && leverage < bands[i].leverage;
        share.leverage = share.is_capped ? leverage : bands[i].leverage;
        const double width = share.to - share.from;
        share.share = share.leverage > 0.0 ? width / share.leverage : width * share.rate;
    }
    return shares;
}

double first_share(const Instrument& instrument, double leverage) {
    const auto& bands = instrument.tiers;
    const double amount = bands.size() > 1 ? bands[1].from : 1.0;
    return tier_shares(instrument, amount, leverage).front().share / amount;
}

MaintenanceTerms maintenance_terms(const Instrument& instrument, double notional) {
    const auto& bands = instrument.tiers;
    if (bands.empty()) return {.rate = instrument.maintenance_margin.value_or(0.0)};
    auto band = std::ranges::upper_bound(bands, notional, {}, &TierBand::from);
    if (band != bands.begin()) --band;
    return {band->rate, band->deduction};
}

}  // namespace margind
