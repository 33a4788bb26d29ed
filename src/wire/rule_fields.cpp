#include "wire/rule_fields.hpp"

#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <utility>

#include "margind/core/base/decimal.hpp"
#include "margind/core/base/exact_scaling.hpp"

namespace margind::wire {
namespace {

template <class Value>
RuleRead keep(std::optional<Value>& option, const std::optional<Value>& value) {
    if (!value) return RuleRead::bad;
    option = value;
    return RuleRead::read;
}

template <class Option, std::size_t count>
RuleRead choose(std::optional<Option>& option, std::string_view value,
                const std::pair<std::string_view, Option> (&names)[count]) {
    return keep(option, option_from(names, value));
}

/// One choice under two names, which a hash may have in any order: they have to agree.
template <std::size_t count>
RuleRead choose_conversion(std::optional<MarginConversion>& option, std::string_view value,
                           const std::pair<std::string_view, MarginConversion> (&names)[count]) {
    const auto chosen = option_from(names, value);
    if (option && chosen != option) return RuleRead::bad;
    return keep(option, chosen);
}

std::optional<bool> truth(std::string_view text) {
    if (text == "true" || text == "1" || text == "yes") return true;
    if (text == "false" || text == "0" || text == "no") return false;
    return std::nullopt;
}

/// A number of 0 or above.
std::optional<double> natural(std::string_view text, double max) {
    const auto number = parse_real(text);
    const bool is_good = number && *number >= 0.0 && *number <= max;
    return is_good ? number : std::nullopt;
}

/// A level of 0 or above with at most two decimals.
std::optional<Level> level(std::string_view text) {
    const auto number = parse_real(text);
    return number ? level_from_real(*number) : std::nullopt;
}

std::optional<std::int64_t> duration(std::string_view text) {
    constexpr double duration_max = 1e15;
    const auto number = natural(text, duration_max);
    const bool is_whole = number && std::trunc(*number) == *number;
    return is_whole ? std::optional{static_cast<std::int64_t>(*number)} : std::nullopt;
}

RuleRead read_prop_rule(std::string_view name, std::string_view value, PropSettings& prop) {
    const auto amount = [&](std::optional<double>& option) {
        constexpr double amount_max = 1e15;
        return keep(option, natural(value, amount_max));
    };
    if (name == "daily_loss") return amount(prop.daily_loss);
    if (name == "daily_loss_unit") return choose(prop.daily_loss_unit, value, loss_unit_names);
    if (name == "daily_loss_base") {
        return choose(prop.daily_loss_base, value, daily_loss_base_names);
    }
    if (name == "losses_only") return keep(prop.losses_only, truth(value));
    if (name == "drawdown") return amount(prop.drawdown);
    if (name == "drawdown_unit") return choose(prop.drawdown_unit, value, loss_unit_names);
    if (name == "drawdown_mode") return choose(prop.drawdown_mode, value, drawdown_mode_names);
    if (name == "drawdown_base") return choose(prop.drawdown_base, value, drawdown_base_names);
    if (name == "drawdown_update") {
        return choose(prop.drawdown_update, value, drawdown_update_names);
    }
    if (name == "drawdown_lock") return amount(prop.drawdown_lock);
    if (name == "peak_start") return amount(prop.peak_start);
    if (name == "initial_balance") return amount(prop.initial_balance);
    if (name == "limit_compare") return choose(prop.limit_compare, value, limit_compare_names);
    return RuleRead::no_option;
}

}  // namespace

RuleRead read_rule(std::string_view name, std::string_view value, RuleOverrides& rules) {
    if (name == "margin_mode") return choose(rules.margin_mode, value, margin_mode_names);
    if (name == "hedged_margin_mode") {
        return choose(rules.hedged_margin, value, hedged_margin_names);
    }
    if (name == "valuation_price") {
        return choose(rules.valuation_price, value, valuation_price_names);
    }
    if (name == "pnl_conversion") return choose(rules.pnl_conversion, value, pnl_conversion_names);
    if (name == "margin_conversion") {
        return choose_conversion(rules.margin_conversion, value, margin_conversion_names);
    }
    if (name == "exposure_conversion") {
        return choose_conversion(rules.margin_conversion, value, exposure_conversion_names);
    }
    if (name == "pnl_rounding") return choose(rules.pnl_rounding, value, pnl_rounding_names);
    if (name == "close_policy") return choose(rules.close_policy, value, close_policy_names);
    if (name == "level_unit") return choose(rules.level_unit, value, level_unit_names);
    if (name == "level_compare") return choose(rules.level_compare, value, level_compare_names);
    if (name == "margin_call_level") return keep(rules.margin_call, level(value));
    if (name == "stop_out_level") return keep(rules.stop_out, level(value));
    if (name == "leave_gap") return keep(rules.leave_gap, level(value));
    if (name == "dwell_ms") return keep(rules.dwell_ms, duration(value));
    if (name == "cooldown_ms") return keep(rules.cooldown_ms, duration(value));
    if (name == "two_stage_ratio") return keep(rules.two_stage_ratio, natural(value, 1.0));
    if (name == "credit_in_equity") return keep(rules.credit_in_equity, truth(value));
    if (name == "fully_hedged_stop_out") return keep(rules.fully_hedged_stop_out, truth(value));
    if (name == "orders_reserve_margin") return keep(rules.orders_reserve_margin, truth(value));
    if (name == "negative_balance_protection") {
        return keep(rules.negative_balance_protection, truth(value));
    }
    return read_prop_rule(name, value, rules.prop);
}

}  // namespace margind::wire
