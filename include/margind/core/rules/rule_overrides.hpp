#pragma once
#include <cstdint>
#include <optional>

#include "margind/core/rules/rules.hpp"

namespace margind {

/// What a group, or one account, changes of the rule set. Absent = as it is.
struct RuleOverrides {
    std::optional<MarginMode> margin_mode;
    std::optional<HedgedMargin> hedged_margin;
    std::optional<ValuationPrice> valuation_price;
    std::optional<PnlConversion> pnl_conversion;
    std::optional<MarginConversion> margin_conversion;
    std::optional<PnlRounding> pnl_rounding;
    std::optional<ClosePolicy> close_policy;
    std::optional<Level> margin_call;
    std::optional<Level> stop_out;
    std::optional<LevelUnit> level_unit;
    std::optional<LevelCompare> level_compare;
    std::optional<bool> credit_in_equity;
    std::optional<bool> fully_hedged_stop_out;
    std::optional<Level> leave_gap;
    std::optional<std::int64_t> dwell_ms;
    std::optional<std::int64_t> cooldown_ms;
    std::optional<double> two_stage_ratio;
    std::optional<bool> orders_reserve_margin;
    std::optional<bool> negative_balance_protection;
    PropSettings prop;  // whose fields are optional themselves

    friend bool operator==(const RuleOverrides&, const RuleOverrides&) = default;
};

/// The rule set with these changes.
[[nodiscard]] RuleSet with(RuleSet rules, const RuleOverrides& overrides);

}  // namespace margind
