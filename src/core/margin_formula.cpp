#include "margind/core/margin_formula.hpp"

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

std::vector<double> tier_shares(const Instrument& instrument, double amount, double leverage) {
    const auto& bands = instrument.tiers;
    std::vector<double> shares;
    for (std::size_t i = 0; i < bands.size() && bands[i].from < amount; ++i) {
        const double end = i + 1 < bands.size() ? std::min(bands[i + 1].from, amount) : amount;
        const double width = end - bands[i].from;
        const bool is_capped = leverage > 0.0 && leverage < bands[i].leverage;
        const double of_band = is_capped ? leverage : bands[i].leverage;
        shares.push_back(of_band > 0.0 ? width / of_band : width * bands[i].rate);
    }
    return shares;
}

double perpetual_maintenance(const Instrument& instrument, double notional) {
    const auto& bands = instrument.tiers;
    if (bands.empty()) return notional * instrument.maintenance_margin.value_or(0.0);
    auto band = std::ranges::upper_bound(bands, notional, {}, &TierBand::from);
    if (band != bands.begin()) --band;
    return notional * band->rate - band->deduction;
}

}  // namespace margind
