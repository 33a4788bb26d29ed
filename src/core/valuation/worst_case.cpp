#include "margind/core/valuation/worst_case.hpp"

#include <algorithm>
#include <cmath>

namespace margind {
namespace {

// A product of a mean and a sum is not monotone to the last bit, and bands that are to be
// continuous are so but for a trace: what is in doubt of a margin for it.
constexpr double trace = 1e-10;
constexpr double allowance = 10.0 * trace;

/// A share of the notional less a deduction: it does not fall where one band takes over from the
/// one before.
bool is_rising(const std::vector<TierBand>& bands) {
    for (std::size_t i = 1; i < bands.size(); ++i) {
        const TierBand& before = bands[i - 1];
        const TierBand& after = bands[i];
        const double gained = after.from * (after.rate - before.rate);
        const double deducted = after.deduction - before.deduction;
        if (!(gained >= deducted - trace * after.from * before.rate)) return false;
    }
    return true;
}

/// Each further unit needs as much margin as the one before, or more.
bool is_progressive(const std::vector<TierBand>& bands) {
    const bool has_own = bands.front().leverage > 0.0;
    for (std::size_t i = 1; i < bands.size(); ++i) {
        const TierBand& before = bands[i - 1];
        const TierBand& after = bands[i];
        if (after.rate < before.rate || after.leverage > before.leverage) return false;
        if ((after.leverage > 0.0) != has_own) return false;
    }
    return true;
}

bool is_monotone(const Instrument& instrument) {
    if (instrument.mode == CalcMode::perpetual_inverse) return false;  // its P/L is of 1 / price
    if (instrument.is_perpetual() && instrument.taker_fee > 0.0) return false;
    if (instrument.tiers.empty()) return true;
    if (instrument.is_perpetual()) return is_rising(instrument.tiers);
    if (!instrument.tier_scope.empty()) return false;
    if (instrument.tier_basis == TierBasis::lots) return true;
    // What is covered, at the bid and at the ask, counts against what is not.
    return !instrument.tier_hedged_weight && is_progressive(instrument.tiers);
}

bool has_bands(const GeneralAccount& account) {
    return std::ranges::any_of(account.exposures, [](const Exposure& exposure) {
        return !exposure.instrument->tiers.empty();
    });
}

}  // namespace

bool has_worst_case(const GeneralAccount& account) {
    const RuleSet& rules = *account.rules;
    return account.isolated.empty() && rules.valuation_price == ValuationPrice::closing_side &&
           rules.pnl_conversion == PnlConversion::worst_side &&
           std::ranges::all_of(account.exposures, [](const Exposure& exposure) {
               return is_monotone(*exposure.instrument);
           });
}

Valuation worst_case(const AccountRow& row, const GeneralAccount& account,
                     const GeneralMarket& market, const QuoteOf& bounds) {
    const GeneralMarket least = market.at_worst(WorstFor::equity, bounds);
    const GeneralMarket most = market.at_worst(WorstFor::margin, bounds);
    Valuation worst = value_general(row, account, least).totals;
    const Valuation costly = value_general(row, account, most).totals;
    worst.causes |= costly.causes;
    double margin = static_cast<double>(costly.margin.minor());
    if (has_bands(account)) margin += 1.0 + margin * allowance;
    if (!(margin < minor_limit)) worst.causes |= Cause::overflow;
    if (!worst.causes.none()) return worst;
    worst.margin = Money::from_minor(static_cast<std::int64_t>(std::ceil(margin)));
    return worst;
}

}  // namespace margind
