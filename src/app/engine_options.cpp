#include "app/engine_options.hpp"

#include "app/config_prop.hpp"

namespace margind::app {
namespace {

Level level(double percent, Level fallback) {
    return percent < 0.0 ? fallback : Level{round_half_away(percent * 100.0)};
}

RuleSet rule_set(const Config& config) {
    const bool is_platform = config.rules.set == "platform";
    RuleSet rules = is_platform ? platform_rules() : standard_rules();
    rules.margin_mode =
        config.rules.margin_mode == "netting" ? MarginMode::netting : MarginMode::hedging;
    rules.margin_call = level(config.rules.margin_call_level, rules.margin_call);
    rules.stop_out = level(config.rules.stop_out_level, rules.stop_out);
    rules.level_compare =
        config.rules.level_compare == "lt" ? LevelCompare::less : LevelCompare::less_equal;
    rules.credit_in_equity = config.rules.credit_in_equity;
    rules.fully_hedged_stop_out = config.rules.fully_hedged_stop_out;
    rules.leave_gap = level(config.rules.leave_gap, Level{0});
    rules.dwell_ms = config.rules.dwell_ms;
    rules.cooldown_ms = config.rules.cooldown_ms;
    rules.version = static_cast<std::uint32_t>(config.rules.version);
    // The names have been checked when they were read.
    rules.hedged_margin = *option_from(hedged_margin_names, config.rules.hedged_margin_mode);
    rules.valuation_price = *option_from(valuation_price_names, config.rules.valuation_price);
    rules.pnl_conversion = *option_from(pnl_conversion_names, config.rules.pnl_conversion);
    rules.margin_conversion = *option_from(margin_conversion_names, config.rules.margin_conversion);
    rules.pnl_rounding = *option_from(pnl_rounding_names, config.rules.pnl_rounding);
    rules.close_policy = *option_from(close_policy_names, config.rules.close_policy);
    rules.level_unit = *option_from(level_unit_names, config.rules.level_unit);
    rules.two_stage_ratio = config.rules.two_stage_ratio;
    rules.orders_reserve_margin = config.rules.orders_reserve_margin;
    rules.negative_balance_protection = config.rules.negative_balance_protection;
    rules.prop = prop_settings(config);
    return rules;
}

}  // namespace

EngineOptions engine_options(const Config& config) {
    EngineOptions options;
    options.rules = rule_set(config);
    options.has_group_rules = config.rules.per_group && config.rules.set == "standard";
    options.types = config.accounts.types;
    options.currency = config.accounts.currency;
    options.pivots = config.conversion.pivots;
    options.suffixes = config.conversion.suffixes;
    for (const auto& [code, digits] : config.currency_digits) {
        options.currency_digits.emplace_back(code, Digits{static_cast<std::uint8_t>(digits)});
    }
    options.negative_prices = config.quotes.allow_negative;
    options.quotes = {config.quotes.max_age_ms, config.quotes.future_ms_max,
                      config.quotes.confirm_ticks, config.quotes.confirm_ms,
                      config.quotes.freeze_after_ms};
    options.image_overdue_ms = config.mirror.image_overdue_ms;
    options.accounts_max = static_cast<std::uint32_t>(config.limits.accounts_max);
    options.symbols_max = static_cast<std::uint32_t>(config.limits.symbols_max);
    options.events_pending_max = static_cast<std::uint32_t>(config.limits.events_pending_max);
    options.is_armed = config.stop_out.mode == "armed";
    if (config.stop_out.trigger == "touch") options.trigger = StopOutTrigger::touch;
    if (config.stop_out.trigger == "persist_ms") options.persist_ms = config.stop_out.persist_ms;
    options.watches_between_beats = config.stop_out.watch;
    options.shard_index = static_cast<std::uint32_t>(config.shard.index);
    options.shard_count = static_cast<std::uint32_t>(config.shard.count);
    return options;
}

// As above, what they are made of has been checked when it was read.
SessionCalendar session_calendar(const Config& config) {
    return SessionCalendar::make(config.sessions).value();
}

std::optional<DailyReset> daily_reset(const Config& config) {
    if (config.prop.reset_time.empty()) return std::nullopt;
    const std::chrono::minutes time = parse_time_of_day(config.prop.reset_time).value();
    constexpr std::chrono::hours hour{1};
    return DailyReset{TimeZone::find(config.prop.reset_time_zone).value(),
                      static_cast<int>(time / hour),
                      static_cast<int>(time % hour / std::chrono::minutes{1})};
}

}  // namespace margind::app
