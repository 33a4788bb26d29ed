// Lines of an explanation: how a margin goes through its tiers. Source: docs/formulas.md §9.
#include "core/explain/formula_names.hpp"
#include "core/explain/formula_steps.hpp"

namespace margind {
namespace {

std::string_view formula_of(const Instrument& instrument) {
    if (instrument.has_own_leverage()) return formula::tiers_leverage;
    return instrument.tier_basis == TierBasis::notional ? formula::tiers_notional
                                                        : formula::tiers_lots;
}

/// "(20 - 10) * 2 (rate)"
std::string share_text(const TierShare& share) {
    const std::string width = "(" + number(share.to) + " - " + number(share.from) + ")";
    if (share.leverage > 0.0) {
        return width + " / " + number(share.leverage) +
               (share.is_capped ? " (leverage of the account)" : " (leverage)");
    }
    return width + " * " + number(share.rate) + " (rate)";
}

/// How far each exposure of a side reaches, as the sum that it is.
std::string reach_text(const FigureSource& source, const HoldingWorkings& workings, bool is_short) {
    const Holding& holding = workings.holding;
    const Leg& leg = holding.legs[is_short ? 1 : 0];
    const bool is_by_notional = holding.instrument->tier_basis == TierBasis::notional;
    std::vector<std::string> parts;
    const auto add = [&](const MarginWorkings& margin, double counted) {
        std::string& part =
            parts.emplace_back(is_by_notional ? number(margin.tier_notional * margin.tier_rate)
                                              : plain_lots(margin.volume));
        if (counted != 1.0) part += " * " + number(counted) + " (what counts)";
    };
    if (workings.net && leg.position_raw > 0) add(*workings.net, 1.0);
    const bool is_netting = source.account.margin_mode == MarginMode::netting;
    for (std::size_t i = holding.first; i < holding.last; ++i) {
        const Exposure& exposure = source.account.exposures[i];
        const bool is_order = exposure.kind != OrderKind::position;
        if (exposure.is_short != is_short || (is_netting && !is_order)) continue;
        add(workings.exposures[i - holding.first], is_order ? leg.pending_share : 1.0);
    }
    const std::string total = number(is_by_notional ? leg.notional_of_all() : leg.lots());
    return leg.pending_share == 1.0 ? sum_to(parts, total) : sum_of(parts) + " = " + total;
}

/// Both sides together: the larger one, or by the weight of what positions cover.
void add_joint_amount(const HoldingWorkings& workings, const TierWorkings& tiers,
                      const std::string& amount, const std::string& unit, Steps& steps) {
    const Instrument& instrument = *workings.holding.instrument;
    const bool is_by_notional = instrument.tier_basis == TierBasis::notional;
    const auto& [buys, sells] = workings.holding.legs;
    const auto pair = [](double a, double b) { return "(" + number(a) + ", " + number(b) + ")"; };
    const std::string both = is_by_notional ? pair(buys.notional_of_all(), sells.notional_of_all())
                                            : pair(buys.lots(), sells.lots());
    const std::string total = " = " + number(tiers.own) + " " + unit;
    if (!instrument.tier_hedged_weight) {
        steps.push_back(step(amount, formula_of(instrument), "max" + both + total));
        return;
    }
    const std::string covered =
        "min" +
        (is_by_notional ? pair(buys.notional, sells.notional)
                        : pair(buys.position_lots(), sells.position_lots())) +
        " (positions)";
    steps.push_back(step(amount, formula::tiers_hedged,
                         "max" + both + " - " + covered + " + " + covered + " * " +
                             number(*instrument.tier_hedged_weight) + total));
}

}  // namespace

void add_tier_steps(const FigureSource& source, const HoldingWorkings& workings,
                    const SideWorkings& side, const Leg* leg, const std::string& subject,
                    Steps& steps) {
    const Holding& holding = workings.holding;
    const Instrument& instrument = *holding.instrument;
    const TierWorkings& tiers = *side.tiers;
    const CurrencyText money = source.money();
    if (tiers.own == 0.0) {
        if (side.total.exact == 0.0) return;
        steps.push_back(step(
            subject, formula::tiers_hedged,
            number(side.total.exact) + " * " + number(tiers.share_sum) +
                " (first band) = " + money.rounded(side.margin.exact, side.margin.money.money)));
        return;
    }
    if (!(tiers.amount > 0.0)) return;  // unknown
    const std::string_view formula = formula_of(instrument);
    const bool is_by_notional = instrument.tier_basis == TierBasis::notional;
    const std::string unit = is_by_notional ? instrument.tier_currency : "lots";
    const std::string amount = subject + ", amount";
    const auto add_reach = [&](const std::string& of, bool is_short) {
        steps.push_back(step(of, formula, reach_text(source, workings, is_short) + " " + unit));
    };
    if (leg != nullptr && !instrument.tier_hedged_weight) {
        add_reach(amount, leg == &holding.legs[1]);
    } else {
        add_reach(amount + " long", false);
        add_reach(amount + " short", true);
        add_joint_amount(workings, tiers, amount, unit, steps);
    }
    if (!instrument.tier_scope.empty()) {
        steps.push_back(step(amount, formula::tiers_scope,
                             number(tiers.own) + " + " + number(holding.beside) +
                                 " (other symbols) = " + number(tiers.amount) + " " + unit));
    }
    const std::string each = number(tiers.each);
    steps.push_back(step(subject + ", of one", formula,
                         number(side.total.exact) + " / " + number(tiers.amount) + " = " + each));
    std::vector<std::string> shares;
    for (std::size_t i = 0; i < tiers.shares.size(); ++i) {
        const TierShare& share = tiers.shares[i];
        const Figure& part = tiers.parts[i];
        shares.push_back(number(share.share));
        steps.push_back(step(subject + ", tier " + std::to_string(i + 1), formula,
                             share_text(share) + " = " + shares.back() + " * " + each + " = " +
                                 money.rounded(part.exact, part.money.money)));
    }
    steps.push_back(step(subject, formula,
                         each + " * (" + sum_of(shares) +
                             ") = " + money.rounded(side.margin.exact, side.margin.money.money)));
}

}  // namespace margind
