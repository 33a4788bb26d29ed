#include "margind/core/rules/rules.hpp"

#include <array>

#include "core/base/hash.hpp"

namespace margind {
namespace {

void add(Hasher& hash, const std::optional<double>& number) {
    hash.add(std::uint64_t{number.has_value()});
    hash.add(number.value_or(0.0));
}

template <class Option>
void add(Hasher& hash, const std::optional<Option>& option) {
    hash.add(option ? static_cast<std::uint64_t>(*option) + 1 : std::uint64_t{0});
}

/// Nothing where they say nothing, as in most rule sets.
void add(Hasher& hash, const PropSettings& prop) {
    if (prop == PropSettings{}) return;
    add(hash, prop.daily_loss);
    add(hash, prop.daily_loss_unit);
    add(hash, prop.daily_loss_base);
    add(hash, prop.losses_only);
    add(hash, prop.drawdown);
    add(hash, prop.drawdown_unit);
    add(hash, prop.drawdown_mode);
    add(hash, prop.drawdown_base);
    add(hash, prop.drawdown_update);
    add(hash, prop.drawdown_lock);
    add(hash, prop.peak_start);
    add(hash, prop.initial_balance);
    add(hash, prop.limit_compare);
}

}  // namespace

RuleSet standard_rules() { return {}; }

RuleSet platform_rules() {
    RuleSet rules;
    rules.kind = RuleSetKind::platform;
    rules.margin_call = Level{5'000};
    rules.stop_out = Level{1'000};
    return rules;
}

std::string_view to_string(RuleSetKind kind) {
    return kind == RuleSetKind::platform ? "platform" : "standard";
}

std::string rules_hash(const RuleSet& rules) {
    Hasher hash;
    hash.add(to_string(rules.kind));
    for (const std::int64_t field : {std::int64_t{rules.version},
                                     static_cast<std::int64_t>(rules.margin_mode),
                                     rules.margin_call.value,
                                     rules.stop_out.value,
                                     static_cast<std::int64_t>(rules.level_compare),
                                     std::int64_t{rules.credit_in_equity},
                                     std::int64_t{rules.fully_hedged_stop_out},
                                     rules.leave_gap.value,
                                     rules.dwell_ms,
                                     rules.cooldown_ms,
                                     rules.stored_margin_max_age_ms,
                                     static_cast<std::int64_t>(rules.hedged_margin),
                                     static_cast<std::int64_t>(rules.valuation_price),
                                     static_cast<std::int64_t>(rules.pnl_conversion),
                                     static_cast<std::int64_t>(rules.margin_conversion),
                                     static_cast<std::int64_t>(rules.pnl_rounding),
                                     static_cast<std::int64_t>(rules.close_policy),
                                     static_cast<std::int64_t>(rules.level_unit),
                                     std::int64_t{rules.orders_reserve_margin},
                                     std::int64_t{rules.negative_balance_protection}}) {
        hash.add(static_cast<std::uint64_t>(field));
    }
    hash.add(rules.two_stage_ratio);
    add(hash, rules.prop);
    return to_hex(hash.value());
}

}  // namespace margind
