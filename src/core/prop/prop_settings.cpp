#include "margind/core/prop/prop_settings.hpp"

#include <string>
#include <utility>

#include "margind/core/base/exact_scaling.hpp"
#include "margind/core/prop/prop_rules.hpp"

namespace margind {
namespace {

/// Turns settings into rules one by one; what is wrong with any of them is in `problems`.
class Reader {
public:
    Reader(const PropSettings& settings, Digits digits) : settings_{settings}, digits_{digits} {}

    PropRules read() {
        PropRules rules;
        rules.daily_loss = size("daily_loss", settings_.daily_loss, settings_.daily_loss_unit);
        rules.daily_loss_base = settings_.daily_loss_base.value_or(rules.daily_loss_base);
        rules.losses_only = settings_.losses_only.value_or(false);
        rules.drawdown = size("drawdown", settings_.drawdown, settings_.drawdown_unit);
        rules.drawdown_mode = settings_.drawdown_mode.value_or(rules.drawdown_mode);
        rules.drawdown_base = settings_.drawdown_base.value_or(rules.drawdown_base);
        rules.drawdown_update = settings_.drawdown_update.value_or(rules.drawdown_update);
        rules.drawdown_lock = money("drawdown_lock", settings_.drawdown_lock);
        rules.peak_start = money("peak_start", settings_.peak_start);
        rules.initial_balance = money("initial_balance", settings_.initial_balance);
        rules.limit_compare = settings_.limit_compare.value_or(rules.limit_compare);
        return rules;
    }

    std::vector<std::string> problems;

private:
    std::optional<LossLimit> size(const std::string& key, std::optional<double> value,
                                  std::optional<LossUnit> unit) {
        if (!value || *value == 0.0) return std::nullopt;
        LossLimit limit{.unit = unit.value_or(LossUnit::percent), .share = {}, .money = {}};
        if (limit.unit == LossUnit::money) {
            limit.money = money(key, value).value_or(Money{});
        } else if (const auto hundredths = scaled_exactly(*value, 100.0)) {
            limit.share = Level{*hundredths};
        } else {
            problems.push_back(key + ": expected a percentage with at most two decimals");
        }
        return limit;
    }

    std::optional<Money> money(const std::string& key, std::optional<double> value) {
        if (!value || *value == 0.0) return std::nullopt;
        const auto minor = scaled_exactly(*value, scale(digits_));
        if (minor) return Money::from_minor(*minor);
        problems.push_back(key + ": expected an amount that fits, with at most " +
                           std::to_string(digits_.value) + " decimals");
        return std::nullopt;
    }

    const PropSettings& settings_;
    Digits digits_;
};

}  // namespace

PropSettings with(PropSettings settings, const PropSettings& overrides) {
    const auto set = [](auto& option, const auto& override) {
        if (override) option = override;
    };
    set(settings.daily_loss, overrides.daily_loss);
    set(settings.daily_loss_unit, overrides.daily_loss_unit);
    set(settings.daily_loss_base, overrides.daily_loss_base);
    set(settings.losses_only, overrides.losses_only);
    set(settings.drawdown, overrides.drawdown);
    set(settings.drawdown_unit, overrides.drawdown_unit);
    set(settings.drawdown_mode, overrides.drawdown_mode);
    set(settings.drawdown_base, overrides.drawdown_base);
    set(settings.drawdown_update, overrides.drawdown_update);
    set(settings.drawdown_lock, overrides.drawdown_lock);
    set(settings.peak_start, overrides.peak_start);
    set(settings.initial_balance, overrides.initial_balance);
    set(settings.limit_compare, overrides.limit_compare);
    return settings;
}

std::expected<PropRules, std::vector<std::string>> prop_rules(const PropSettings& settings,
                                                              Digits digits) {
    Reader reader{settings, digits};
    PropRules rules = reader.read();
    // What single values make of the whole says nothing while one of them is wrong.
    if (reader.problems.empty()) reader.problems = problems_of(rules);
    if (!reader.problems.empty()) return std::unexpected(std::move(reader.problems));
    return rules;
}

}  // namespace margind
