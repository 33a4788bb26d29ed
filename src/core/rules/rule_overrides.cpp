#include "margind/core/rules/rule_overrides.hpp"

namespace margind {

RuleSet with(RuleSet rules, const RuleOverrides& overrides) {
    const auto set = [](auto& option, const auto& override) {
        if (override) option = *override;
    };
    set(rules.margin_mode, overrides.margin_mode);
    set(rules.hedged_margin, overrides.hedged_margin);
    set(rules.valuation_price, overrides.valuation_price);
    set(rules.pnl_conversion, overrides.pnl_conversion);
    set(rules.margin_conversion, overrides.margin_conversion);
    set(rules.pnl_rounding, overrides.pnl_rounding);
    set(rules.close_policy, overrides.close_policy);
    set(rules.margin_call, overrides.margin_call);
    set(rules.stop_out, overrides.stop_out);
    set(rules.level_unit, overrides.level_unit);
    set(rules.level_compare, overrides.level_compare);
    set(rules.credit_in_equity, overrides.credit_in_equity);
    set(rules.fully_hedged_stop_out, overrides.fully_hedged_stop_out);
    set(rules.leave_gap, overrides.leave_gap);
    set(rules.dwell_ms, overrides.dwell_ms);
    set(rules.cooldown_ms, overrides.cooldown_ms);
    set(rules.two_stage_ratio, overrides.two_stage_ratio);
    set(rules.orders_reserve_margin, overrides.orders_reserve_margin);
    set(rules.negative_balance_protection, overrides.negative_balance_protection);
    rules.prop = with(rules.prop, overrides.prop);
    return rules;
}

}  // namespace margind
