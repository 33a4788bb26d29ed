#include "margind/core/rules/rule_check.hpp"

#include <string>

#include "core/base/check_text.hpp"
#include "core/rules/rule_packs.hpp"
#include "margind/core/prop/prop_rules.hpp"

namespace margind {
namespace {

std::string percent(Level level) { return shortest(static_cast<double>(level.value) / 100.0); }

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
    if (has_close_out(pack)) check_close_out(rules, to_string(pack), findings);
    if (pack == RulePack::nfa && rules.margin_mode != MarginMode::netting) {
        findings.push_back("margin_mode: hedging, nfa allows no offsetting positions (netting)");
    }
    if (pack == RulePack::nfa && rules.close_policy != ClosePolicy::fifo) {
        findings.push_back("close_policy: nfa demands first in, first out (fifo)");
    }
    return findings;
}

}  // namespace margind
