#include "margind/core/rule_check.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <span>

#include "margind/core/prop_rules.hpp"

namespace margind {
namespace {

using std::string_view_literals::operator""sv;

std::string number(double value) {
    std::array<char, 32> text{};
    const auto written = std::to_chars(text.data(), text.data() + text.size(), value);
    return {text.data(), written.ptr};
}

std::string percent(Level level) { return number(static_cast<double>(level.value) / 100.0); }

// Currencies whose pairs count as major ones.
constexpr std::array esma_majors{"USD"sv, "EUR"sv, "JPY"sv, "GBP"sv, "CAD"sv, "CHF"sv};
constexpr std::array nfa_majors{"USD"sv, "GBP"sv, "CHF"sv, "CAD"sv, "JPY"sv, "EUR"sv,
                                "AUD"sv, "NZD"sv, "SEK"sv, "NOK"sv, "DKK"sv};

struct Cap {
    std::string_view asset_class;
    double leverage;  // 0 = may not be sold to retail clients
};
constexpr Cap esma_caps[] = {
    {"forex_major", 30.0}, {"forex_minor", 20.0}, {"index_major", 20.0},
    {"gold", 20.0},        {"index_minor", 10.0}, {"commodity", 10.0},
    {"equity", 5.0},       {"other", 5.0},        {"crypto", 2.0},
};
constexpr Cap fca_caps[] = {
    {"forex_major", 30.0},     {"forex_minor", 20.0}, {"index_major", 20.0}, {"gold", 20.0},
    {"index_minor", 10.0},     {"commodity", 10.0},   {"equity", 5.0},       {"other", 5.0},
    {"government_bond", 30.0}, {"crypto", 0.0},
};
constexpr Cap nfa_caps[] = {
    {"forex_major", 50.0},
    {"forex_minor", 20.0},
};

std::string_view name_of(RulePack pack) {
    for (const auto& [name, known] : rule_pack_names) {
        if (known == pack) return name;
    }
    return "none";
}

std::span<const Cap> caps_of(RulePack pack) {
    switch (pack) {
        case RulePack::none: break;
        case RulePack::esma: return esma_caps;
        case RulePack::fca: return fca_caps;
        case RulePack::nfa: return nfa_caps;
    }
    return {};
}

/// The class that a specification says, or that follows from its currencies.
std::string asset_class_of(const InstrumentSpec& spec, const Instrument& instrument,
                           RulePack pack) {
    if (!spec.asset_class.empty()) return spec.asset_class;
    if (instrument.mode == CalcMode::crypto) return "crypto";
    if (!instrument.is_forex()) return {};
    const auto is_major = [&](std::string_view currency) {
        const std::span<const std::string_view> majors =
            pack == RulePack::nfa ? std::span<const std::string_view>{nfa_majors}
                                  : std::span<const std::string_view>{esma_majors};
        return std::ranges::find(majors, currency) != majors.end();
    };
    const bool are_major =
        is_major(instrument.profit_currency) && is_major(instrument.margin_currency);
    return are_major ? "forex_major" : "forex_minor";
}

/// The most notional that a unit of margin carries on one side; nothing where that follows from no
/// setting of the instrument.
std::optional<double> leverage_at_most(const Instrument& instrument, double rate) {
    if (!(rate > 0.0)) return std::nullopt;
    double leverage = 1.0;
    if (instrument.has_own_leverage()) {
        for (const TierBand& band : instrument.tiers) leverage = std::max(leverage, band.leverage);
        return leverage / rate;
    }
    if (instrument.uses_leverage()) {
        if (instrument.leverage_cap <= 0.0) return std::nullopt;
        leverage = instrument.leverage_cap;
    } else if (!instrument.uses_price() && !instrument.is_forex()) {
        return std::nullopt;  // a margin per lot: its notional follows the price
    }
    double least_rate = rate;
    for (const TierBand& band : instrument.tiers) {
        if (!instrument.is_perpetual()) least_rate = std::min(least_rate, rate * band.rate);
    }
    if (instrument.mode == CalcMode::crypto) least_rate *= instrument.factor;
    return leverage / least_rate;
}

void check_leverage(const InstrumentSpec& spec, const Instrument& instrument, RulePack pack,
                    RuleFindings& findings) {
    const std::string asset_class = asset_class_of(spec, instrument, pack);
    const auto caps = caps_of(pack);
    const auto cap = std::ranges::find(caps, asset_class, &Cap::asset_class);
    const std::string who{name_of(pack)};
    if (asset_class.empty()) {
        findings.push_back("asset_class: not set, so " + who + " cannot be held against it");
    } else if (cap == caps.end()) {
        findings.push_back("asset_class: " + who + " has no leverage for " + asset_class);
    } else if (cap->leverage == 0.0) {
        findings.push_back("asset_class: " + who + " allows no " + asset_class +
                           " to retail clients");
    } else {
        for (const bool is_short : {false, true}) {
            const auto most = leverage_at_most(instrument, instrument.rates(is_short).position);
            if (most && *most <= cap->leverage * (1.0 + 1e-12)) continue;
            findings.push_back("leverage: " + (most ? number(*most) : std::string{"no limit"}) +
                               (is_short ? " short" : " long") + ", " + who + " allows " +
                               number(cap->leverage) + " for " + asset_class);
        }
    }
}

/// Half of the *initial* margin, and nobody owes more than he paid in.
void check_close_out(const RuleSet& rules, std::string_view who, RuleFindings& findings) {
    const std::string name{who};
    if (rules.level_unit == LevelUnit::money) {
        findings.push_back("level_unit: " + name +
                           " closes out at 50 percent of the margin, not at "
                           "an amount of money");
    } else if (rules.stop_out < Level{5'000}) {
        findings.push_back("stop_out_level: " + percent(rules.stop_out) + ", " + name +
                           " closes out at 50 or above");
    }
    if (rules.credit_in_equity) {
        findings.push_back("credit_in_equity: true, " + name + " allows no bonus in the margin");
    }
    if (!rules.negative_balance_protection) {
        findings.push_back("negative_balance_protection: false, " + name + " demands it");
    }
}

/// The platform's figures know levels and their timing, and no other option.
bool is_plain_platform(RuleSet rules) {
    const RuleSet own = platform_rules();
    rules.margin_call = own.margin_call;
    rules.stop_out = own.stop_out;
    rules.leave_gap = own.leave_gap;
    rules.dwell_ms = own.dwell_ms;
    rules.cooldown_ms = own.cooldown_ms;
    rules.negative_balance_protection = own.negative_balance_protection;
    rules.prop = own.prop;
    return rules == own;
}

/// What is wrong with the prop-firm limits in any currency, and for every account: one may bring
/// the initial balance that these rules need.
void check_prop(PropSettings prop, RuleFindings& findings) {
    if (prop.is_off()) return;
    if (!prop.initial_balance) prop.initial_balance = 1.0;
    const auto in_cents = prop_rules(prop, Digits{2});
    if (in_cents || prop_rules(prop, Digits{digits_max})) return;
    findings.insert(findings.end(), in_cents.error().begin(), in_cents.error().end());
}

void check_contradictions(const RuleSet& rules, RuleFindings& findings) {
    if (rules.stop_out > rules.margin_call) {
        findings.push_back("stop_out_level: " + percent(rules.stop_out) +
                           " is above margin_call_level " + percent(rules.margin_call));
    }
    if (rules.level_unit == LevelUnit::money && rules.two_stage_ratio > 0.0) {
        findings.push_back("two_stage_ratio: a share of a level in percent; level_unit is money");
    }
    if (rules.margin_mode == MarginMode::netting && rules.hedged_margin == HedgedMargin::basic) {
        findings.push_back(
            "hedged_margin_mode: basic changes nothing where margin_mode is netting");
    }
    if (rules.margin_mode == MarginMode::netting &&
        rules.close_policy == ClosePolicy::hedge_preserving) {
        findings.push_back(
            "close_policy: hedge_preserving, but margin_mode netting leaves no hedges");
    }
    if (rules.margin_mode == MarginMode::netting && rules.fully_hedged_stop_out) {
        findings.push_back("fully_hedged_stop_out: true, but margin_mode netting leaves no hedges");
    }
    if (rules.kind == RuleSetKind::platform && !is_plain_platform(rules)) {
        findings.emplace_back("rules: options of the rule set standard change nothing in platform");
    }
    check_prop(rules.prop, findings);
}

}  // namespace

RuleFindings check_rules(const RuleSet& rules, RulePack pack) {
    RuleFindings findings;
    check_contradictions(rules, findings);
    if (pack == RulePack::esma || pack == RulePack::fca) {
        check_close_out(rules, name_of(pack), findings);
    }
    if (pack == RulePack::nfa && rules.margin_mode != MarginMode::netting) {
        findings.push_back("margin_mode: hedging, nfa allows no offsetting positions (netting)");
    }
    if (pack == RulePack::nfa && rules.close_policy != ClosePolicy::fifo) {
        findings.push_back("close_policy: nfa demands first in, first out (fifo)");
    }
    return findings;
}

RuleFindings check_instrument(const InstrumentSpec& spec, RulePack pack) {
    RuleFindings findings;
    const auto instrument = derive_instrument(spec);
    if (!instrument) {
        findings.push_back(instrument.error());
        return findings;
    }
    if (instrument->volume_max.raw() > 0 && instrument->volume_max < instrument->volume_step) {
        findings.emplace_back("volume_max: below volume_step");
    }
    if (instrument->maintenance_margin && !instrument->is_perpetual() &&
        *instrument->maintenance_margin > instrument->initial_margin) {
        findings.push_back("maintenance_margin: " + number(*instrument->maintenance_margin) +
                           " is above initial_margin " + number(instrument->initial_margin));
    }
    for (std::size_t i = 1; i < instrument->tiers.size(); ++i) {
        const TierBand& below = instrument->tiers[i - 1];
        const TierBand& band = instrument->tiers[i];
        const bool falls = instrument->has_own_leverage() ? band.leverage > below.leverage
                                                          : band.rate < below.rate;
        if (falls) {
            findings.push_back("tiers: the band from " + number(band.from) +
                               " asks for less than the one below");
        }
    }
    if (pack == RulePack::none) return findings;
    check_leverage(spec, *instrument, pack, findings);
    const bool is_retail = pack == RulePack::esma || pack == RulePack::fca;
    if (is_retail && instrument->has_maintenance()) {
        findings.push_back("maintenance_margin: levels are measured by it, " +
                           std::string{name_of(pack)} + " measures by the initial margin");
    }
    return findings;
}

}  // namespace margind
