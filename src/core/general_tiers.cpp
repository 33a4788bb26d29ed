// Progressive margins.
#include <algorithm>
#include <string>

#include "core/general_valuation.hpp"

namespace margind {
namespace {

/// The larger of two amounts; one in doubt before one that is known.
double larger(double a, double b) {
    if (std::isnan(a) || std::isnan(b)) return not_a_price;
    return std::max(a, b);
}

}  // namespace

/// How far a side reaches into the tiers: lots, or notional in their currency.
double GeneralValuation::tier_amount(const Holding& holding, const Leg& leg) const {
    const Instrument& instrument = *holding.instrument;
    const auto reach = [&](const Leg& side) {
        return instrument.tier_basis == TierBasis::notional ? side.notional_of_all() : side.lots();
    };
    if (!instrument.tier_hedged_weight) return reach(leg);
    const double buys = reach(holding.legs[0]);
    const double sells = reach(holding.legs[1]);
    const double covered = std::min(buys, sells);
    return larger(buys, sells) - covered + covered * *instrument.tier_hedged_weight;
}

/// Symbols of one set reach into its tiers together, each with its larger side.
void GeneralValuation::join_tier_scopes(std::vector<Holding>& holdings) const {
    const auto amount = [&](const Holding& holding) {
        return larger(tier_amount(holding, holding.legs[0]), tier_amount(holding, holding.legs[1]));
    };
    for (Holding& holding : holdings) {
        const auto& scope = holding.instrument->tier_scope;
        if (scope.size() < 2) continue;
        for (const Holding& other : holdings) {
            if (other.symbol == holding.symbol || other.instrument->tier_scope != scope) continue;
            holding.beside += amount(other);
        }
    }
}

/// The side that reaches further into the tiers; one in doubt before one that is known.
const Leg& GeneralValuation::further_leg(const Holding& holding) const {
    const double buys = tier_amount(holding, holding.legs[0]);
    const double sells = tier_amount(holding, holding.legs[1]);
    return std::isnan(sells) || sells > buys ? holding.legs[1] : holding.legs[0];
}

/// A margin so far without tiers, where there are any. `leg` says how far it reaches into them.
Figure GeneralValuation::through_tiers(const Holding& holding, const Leg& leg, const Figure& total,
                                       Report report, SideWorkings* side) const {
    const Instrument& instrument = *holding.instrument;
    if (side != nullptr) side->total = side->margin = total;
    if (instrument.tiers.empty() || instrument.is_perpetual()) return total;
    const double own = tier_amount(holding, leg);
    TierWorkings tiers;
    tiers.own = own;
    Figure margin = figure(own);  // unknown, or nothing
    if (own == 0.0) margin = total;
    if (own > 0.0) {
        tiers.amount = own + holding.beside;
        tiers.each = total.exact / tiers.amount;
        tiers.shares = tier_shares(instrument, tiers.amount, account_.leverage);
        for (const TierShare& share : tiers.shares) {
            tiers.share_sum += share.share;
            if (report.figures == nullptr && side == nullptr) continue;
            tiers.parts.push_back(figure(tiers.each * share.share));
            add_part(report, holding, "tier " + std::to_string(tiers.parts.size()),
                     tiers.parts.back());
        }
        margin = figure(tiers.each * tiers.share_sum);
    }
    if (side != nullptr) {
        side->margin = margin;
        side->tiers = std::move(tiers);
    }
    return margin;
}

}  // namespace margind
