// Progressive margins.
#include <algorithm>
#include <boost/unordered/unordered_flat_map.hpp>
#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

#include "core/valuation/general_valuation.hpp"

namespace margind {
namespace {

/// The larger of two amounts; one in doubt before one that is known.
double larger(double a, double b) {
    if (std::isnan(a) || std::isnan(b)) return not_a_price;
    return std::max(a, b);
}

struct TierSetHash {
    std::size_t operator()(const Instrument* instrument) const {
        return instrument->tier_scope_hash;
    }
};

struct SameTierSet {
    bool operator()(const Instrument* a, const Instrument* b) const {
        return a->tier_scope == b->tier_scope;
    }
};

}  // namespace

/// How far a side reaches into the tiers: lots, or notional in their currency. An order reaches
/// into them as well, but covers nothing before it is a position.
double GeneralValuation::tier_amount(const Holding& holding, const Leg& leg) const {
    const Instrument& instrument = *holding.instrument;
    const bool is_by_notional = instrument.tier_basis == TierBasis::notional;
    const auto reach = [&](const Leg& side) {
        return is_by_notional ? side.notional_of_all() : side.lots();
    };
    if (!instrument.tier_hedged_weight) return reach(leg);
    const auto& [buys, sells] = holding.legs;
    const double covered = is_by_notional ? std::min(buys.notional, sells.notional)
                                          : std::min(buys.position_lots(), sells.position_lots());
    const double reached = larger(reach(buys), reach(sells));
    double open = reached - covered;
    // Two sums of products that are the same amount differ by a trace, which reaches nowhere.
    constexpr double trace = 1e-12;
    if (is_by_notional && std::abs(open) < trace * reached) open = 0.0;
    return open + covered * *instrument.tier_hedged_weight;
}

/// Symbols that reach into their tiers together, by their places.
std::vector<std::vector<std::size_t>> tier_sets(const std::vector<Holding>& holdings) {
    std::vector<std::vector<std::size_t>> sets;
    boost::unordered_flat_map<const Instrument*, std::size_t, TierSetHash, SameTierSet> known;
    for (std::size_t i = 0; i < holdings.size(); ++i) {
        if (holdings[i].instrument->tier_scope.empty()) continue;
        const auto [found, is_new] = known.try_emplace(holdings[i].instrument, sets.size());
        if (is_new) sets.emplace_back();
        sets[found->second].push_back(i);
    }
    return sets;
}

/// Each reaches into them with its larger side, beside the others.
void GeneralValuation::join_tiers(std::vector<Holding>& holdings,
                                  const std::vector<std::size_t>& set) const {
    std::vector<double> amounts;
    for (const std::size_t i : set) {
        const Holding& holding = holdings[i];
        amounts.push_back(
            larger(tier_amount(holding, holding.legs[0]), tier_amount(holding, holding.legs[1])));
    }
    // The others are those before it and those after it. To take its own amount from a sum of all
    // would leave a trace of it there, and all of it where it is in doubt.
    double sum = 0.0;
    for (std::size_t i = 0; i < set.size(); ++i) {
        holdings[set[i]].beside = sum;
        sum += amounts[i];
    }
    sum = 0.0;
    for (std::size_t i = set.size(); i-- > 0;) {
        holdings[set[i]].beside += sum;
        sum += amounts[i];
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
    if (report.figures != nullptr) add_figure(report.figures->before_tiers, total);
    if (instrument.tiers.empty() || instrument.is_perpetual()) return total;
    const double leverage = capped_leverage(instrument);
    const double own = tier_amount(holding, leg);
    TierWorkings tiers;
    tiers.own = own;
    Figure margin = figure(own);  // unknown, or nothing
    if (own == 0.0 && total.exact != 0.0) {
        // What is covered counts for nothing: as the first of it would.
        tiers.share_sum = first_share(instrument, leverage);
        margin = figure(total.exact * tiers.share_sum);
    }
    if (own > 0.0) {
        tiers.amount = own + holding.beside;
        tiers.each = total.exact / tiers.amount;
        tiers.shares = tier_shares(instrument, tiers.amount, leverage);
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

/// What single margins come to where the tiers make `after` of their sum. `is_short`: of one side.
void GeneralValuation::stretch_exposures(const Holding& holding, std::optional<bool> is_short,
                                         const Figure& before, const Figure& after,
                                         Report report) const {
    const Instrument& instrument = *holding.instrument;
    if (report.figures == nullptr || instrument.tiers.empty() || instrument.is_perpetual()) return;
    if (before.exact == 0.0) return;
    const double stretch = after.exact / before.exact;
    for (std::size_t i = holding.first; i < holding.last; ++i) {
        if (is_short && account_.exposures[i].is_short != *is_short) continue;
        auto& margin = report.figures->exposures[i].margin;
        if (!margin) continue;
        const Figure stretched = figure(margin->to_double(row_.digits) * stretch);
        margin = stretched.money.fits ? std::optional{stretched.money.money} : std::nullopt;
    }
}

}  // namespace margind
