#include "margind/core/rules/leverage_limit.hpp"

#include <algorithm>
#include <limits>

#include "core/rules/instrument_basics.hpp"

namespace margind {
namespace {

using NoLimit = std::unexpected<std::string_view>;

/// True where the amount that becomes the margin is the notional in the margin's own currency: else
/// their ratio goes with a rate.
bool is_in_margin_currency(const InstrumentSpec& spec, const Instrument& instrument) {
    const std::string_view margin = instrument.margin_currency;
    if (!instrument.is_forex()) return margin == instrument.profit_currency;
    const std::string_view base = base_currency_of(spec);
    return margin == base || (base.empty() && margin != instrument.profit_currency);
}

/// What a unit of notional costs in a band, without the margin rate and the mode's own factor.
double cost_in(const TierBand& band, const Instrument& instrument) {
    constexpr double none = std::numeric_limits<double>::infinity();
    const double cap = instrument.leverage_cap > 0.0 ? instrument.leverage_cap : none;
    if (band.leverage > 0.0) return 1.0 / std::min(band.leverage, cap);
    return instrument.uses_leverage() ? band.rate / cap : band.rate;
}

/// The least that a unit of notional costs on average, over all amounts: a progressive margin is
/// the mean of its bands as far as they are reached, and tends to the last one.
double least_cost(const Instrument& instrument) {
    const auto& bands = instrument.tiers;
    if (bands.empty() || instrument.is_perpetual()) return cost_in({}, instrument);
    double least = cost_in(bands.back(), instrument);
    double sum = 0.0;
    for (std::size_t i = 0; i + 1 < bands.size(); ++i) {
        const double end = bands[i + 1].from;
        sum += cost_in(bands[i], instrument) * (end - bands[i].from);
        least = std::min(least, sum / end);
    }
    return least;
}

/// By what a mode's margin differs from the notional, leverage and tiers apart.
double mode_factor(const Instrument& instrument) {
    if (instrument.mode == CalcMode::cfd_index) return instrument.tick_value / instrument.tick_size;
    return instrument.mode == CalcMode::crypto ? instrument.factor : 1.0;
}

}  // namespace

std::expected<double, std::string_view> leverage_limit(const InstrumentSpec& spec,
                                                       const Instrument& instrument,
                                                       bool is_short) {
    const double rate = instrument.rates(is_short).position;
    if (!(rate > 0.0)) return NoLimit{"a margin rate of 0 holds nothing"};
    if (instrument.mode == CalcMode::futures || instrument.mode == CalcMode::fixed) {
        return NoLimit{"a margin per lot does not follow the price"};
    }
    if (!is_in_margin_currency(spec, instrument)) {
        return NoLimit{"its margin_currency is not that of its notional"};
    }
    const bool is_capped = instrument.leverage_cap > 0.0 || instrument.has_own_leverage();
    if (instrument.uses_leverage() && !is_capped) {
        return NoLimit{"nothing caps the account's leverage"};
    }
    return 1.0 / (least_cost(instrument) * mode_factor(instrument) * rate);
}

}  // namespace margind
