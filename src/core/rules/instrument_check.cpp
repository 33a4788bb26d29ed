// What of a specification contradicts itself, changes nothing, or is forbidden by a rule pack.
#include <string>

#include "core/base/check_text.hpp"
#include "core/rules/instrument_basics.hpp"
#include "core/rules/rule_packs.hpp"
#include "margind/core/rules/asset_class.hpp"
#include "margind/core/rules/leverage_limit.hpp"
#include "margind/core/rules/rule_check.hpp"

namespace margind {
namespace {

void check_side(const InstrumentSpec& spec, const Instrument& instrument, RulePack pack,
                bool is_short, std::string_view asset_class, double cap, RuleFindings& findings) {
    const auto most = leverage_limit(spec, instrument, is_short);
    if (most && *most <= cap * (1.0 + 1e-12)) return;
    std::string text = "leverage: " + (most ? shortest(*most) : std::string{"no limit"});
    text += is_short ? " short, " : " long, ";
    text.append(to_string(pack)).append(" allows ").append(shortest(cap)).append(" for ");
    text.append(asset_class);
    if (!most) text.append(" (").append(most.error()).append(")");
    findings.push_back(std::move(text));
}

void check_leverage(const InstrumentSpec& spec, const Instrument& instrument, RulePack pack,
                    RuleFindings& findings) {
    const std::string_view asset_class = asset_class_of(spec, major_currencies(pack));
    const std::string who{to_string(pack)};
    if (asset_class.empty()) {
        findings.push_back("asset_class: not set, so " + who + " cannot be held against it");
        return;
    }
    const std::string what{asset_class};
    const auto cap = leverage_cap(pack, asset_class);
    if (!cap) {
        findings.push_back("asset_class: " + who + " has no leverage for " + what);
    } else if (*cap == 0.0) {
        findings.push_back("asset_class: " + who + " allows no " + what + " to retail clients");
    } else {
        for (const bool is_short : {false, true}) {
            check_side(spec, instrument, pack, is_short, asset_class, *cap, findings);
        }
    }
}

void check_volumes(const Instrument& instrument, RuleFindings& findings) {
    const std::int64_t step = instrument.volume_step.raw();
    const std::int64_t most = instrument.volume_max.raw();
    if (most == 0) return;
    if (most < step) {
        findings.emplace_back("volume_max: below volume_step");
    } else if (most % step != 0) {
        findings.push_back("volume_max: " + shortest(instrument.volume_max.lots()) +
                           " is no multiple of volume_step " +
                           shortest(instrument.volume_step.lots()));
    }
}

/// An amount in one currency is taken as one in another, as it stands.
void check_currencies(const InstrumentSpec& spec, const Instrument& instrument,
                      RuleFindings& findings) {
    const std::string& margin = instrument.margin_currency;
    const auto taken = [&](const std::string& amount, std::string_view in) {
        findings.push_back("margin_currency: " + margin + ", but " + amount + " is in " +
                           std::string{in} + " and is not converted");
    };
    if (instrument.is_forex()) {
        const std::string_view base = base_currency_of(spec);
        if (!base.empty() && margin != base) taken("the volume", base);
    } else if (instrument.uses_price() || instrument.mode == CalcMode::crypto) {
        if (margin != instrument.profit_currency) taken("the price", instrument.profit_currency);
    }
}

void check_tiers(const InstrumentSpec& spec, const Instrument& instrument, RuleFindings& findings) {
    for (std::size_t i = 1; i < instrument.tiers.size(); ++i) {
        const TierBand& below = instrument.tiers[i - 1];
        const TierBand& band = instrument.tiers[i];
        const bool falls =
            instrument.has_own_leverage() ? band.leverage > below.leverage : band.rate < below.rate;
        if (falls) {
            findings.push_back("tiers: the band from " + shortest(band.from) +
                               " asks for less than the one below");
        }
    }
    const auto idle = [&](bool is_set, const char* option, const char* where) {
        if (is_set) findings.push_back(std::string{option} + ": changes nothing " + where);
    };
    const bool is_set = !spec.tier_scope.empty() && spec.tier_scope != spec.symbol;
    if (instrument.tiers.empty()) {
        const char* where = "without tiers";
        idle(!spec.tier_basis.empty(), "tier_basis", where);
        idle(!spec.tier_currency.empty(), "tier_currency", where);
        idle(is_set, "tier_scope", where);
        idle(spec.tier_hedged_weight.has_value(), "tier_hedged_weight", where);
        return;
    }
    if (instrument.is_perpetual()) {
        const char* where = "for a perpetual: its bands are of its own notional";
        const bool is_other = instrument.tier_currency != instrument.margin_currency;
        idle(spec.tier_basis == "lots", "tier_basis", where);
        idle(is_other, "tier_currency", where);
        idle(is_set, "tier_scope", where);
        idle(spec.tier_hedged_weight.has_value(), "tier_hedged_weight", where);
        idle(spec.maintenance_margin.has_value(), "maintenance_margin", "beside tiers");
    } else if (instrument.tier_basis == TierBasis::lots) {
        idle(!spec.tier_currency.empty(), "tier_currency", "where tiers go by lots");
    }
}

/// Options that the mode of the specification does not look at.
void check_idle(const InstrumentSpec& spec, const Instrument& instrument, RuleFindings& findings) {
    const std::string where =
        ": changes nothing in the mode " + std::string{to_string(instrument.mode)};
    const auto idle = [&](bool is_set, const char* option) {
        if (is_set) findings.push_back(option + where);
    };
    const bool is_per_lot =
        instrument.mode == CalcMode::fixed || instrument.mode == CalcMode::futures;
    const bool is_perpetual = instrument.is_perpetual();
    idle(is_perpetual && spec.hedged_margin, "hedged_margin");
    idle(!is_per_lot && spec.initial_margin.value_or(0.0) != 0.0, "initial_margin");
    idle(!is_per_lot && !is_perpetual && spec.maintenance_margin.value_or(0.0) != 0.0,
         "maintenance_margin");
    idle(!is_perpetual && !spec.maintenance_basis.empty(), "maintenance_basis");
    idle(!is_perpetual && spec.maintenance_fraction, "maintenance_fraction");
    idle(!is_perpetual && spec.taker_fee.value_or(0.0) != 0.0, "taker_fee");
    idle(instrument.mode != CalcMode::crypto && spec.factor, "factor");
    idle(spec.leverage && !instrument.uses_leverage() && !instrument.has_own_leverage(),
         "leverage");
}

}  // namespace

RuleFindings check_instrument(const InstrumentSpec& spec, RulePack pack) {
    RuleFindings findings;
    const auto instrument = derive_instrument(spec);
    if (!instrument) {
        findings.push_back(instrument.error());
        return findings;
    }
    check_volumes(*instrument, findings);
    if (instrument->maintenance_margin && !instrument->is_perpetual() &&
        *instrument->maintenance_margin > instrument->initial_margin) {
        findings.push_back("maintenance_margin: " + shortest(*instrument->maintenance_margin) +
                           " is above initial_margin " + shortest(instrument->initial_margin));
    }
    check_currencies(spec, *instrument, findings);
    check_tiers(spec, *instrument, findings);
    check_idle(spec, *instrument, findings);
    if (pack == RulePack::none) return findings;
    check_leverage(spec, *instrument, pack, findings);
    if (has_close_out(pack) && instrument->has_maintenance()) {
        findings.push_back("maintenance_margin: levels are measured by it, " +
                           std::string{to_string(pack)} + " measures by the initial margin");
    }
    return findings;
}

}  // namespace margind
