#include "app/config_prop.hpp"

#include <algorithm>
#include <utility>

#include "margind/core/base/currency.hpp"
#include "margind/core/prop/prop_rules.hpp"
#include "margind/core/rules/rules.hpp"

namespace margind::app {
namespace {

constexpr double amount_max = 1e15;

Field amount(std::string name, double& target, std::string why) {
    return {.name = std::move(name), .target = &target, .why = std::move(why), .most = amount_max};
}

template <class Option, std::size_t count>
Field choice(std::string name, std::string& target, std::string why,
             const std::pair<std::string_view, Option> (&options)[count]) {
    Field field{.name = std::move(name), .target = &target, .why = std::move(why)};
    for (const auto& [text, option] : options) field.choices.emplace_back(text);
    return field;
}

/// The option where it is not the default, which stands first. Names have been checked.
template <class Option, std::size_t count>
std::optional<Option> unless_default(const std::pair<std::string_view, Option> (&options)[count],
                                     const std::string& text) {
    const auto option = option_from(options, text);
    return option == options[0].second ? std::nullopt : option;
}

std::optional<double> unless_none(double value) {
    return value == 0.0 ? std::nullopt : std::optional{value};
}

}  // namespace

std::vector<Field> prop_fields(Config& config) {
    auto& prop = config.prop;
    return {
        {.name = "prop.reset_time",
         .target = &prop.reset_time,
         .why = "when a prop firm's day starts, HH:MM; empty = no daily reset"},
        {.name = "prop.reset_time_zone",
         .target = &prop.reset_time_zone,
         .why = "in this IANA time zone"},
        amount("prop.daily_loss", prop.daily_loss, "how much may be lost in a day; 0 = no limit"),
        choice("prop.daily_loss_unit", prop.daily_loss_unit,
               "of the day's reference, of the initial balance, or account currency",
               loss_unit_names),
        choice("prop.daily_loss_base", prop.daily_loss_base,
               "the figure at the reset that a day's loss is measured from", daily_loss_base_names),
        {.name = "prop.losses_only",
         .target = &prop.losses_only,
         .why = "the day's profits buy no further losses"},
        amount("prop.drawdown", prop.drawdown, "how far an account may fall in all; 0 = no limit"),
        choice("prop.drawdown_unit", prop.drawdown_unit,
               "of what it is measured from, of the initial balance, or account currency",
               loss_unit_names),
        choice("prop.drawdown_mode", prop.drawdown_mode,
               "measured from the initial balance (static) or the peak (trailing)",
               drawdown_mode_names),
        choice("prop.drawdown_base", prop.drawdown_base, "whose highest value the peak is",
               drawdown_base_names),
        choice("prop.drawdown_update", prop.drawdown_update,
               "the peak rises at once, or with the day's last figures", drawdown_update_names),
        amount("prop.drawdown_lock", prop.drawdown_lock,
               "the trailing floor never rises above this; 0 = it does"),
        amount("prop.peak_start", prop.peak_start,
               "the peak begins here; 0 = at the initial balance or the first figure"),
        amount("prop.initial_balance", prop.initial_balance,
               "what accounts began with that do not say; 0 = not known"),
        choice("prop.limit_compare", prop.limit_compare,
               "a limit is broken where the equity reaches it (le) or only below it (lt)",
               limit_compare_names),
    };
}

PropSettings prop_settings(const Config& config) {
    const auto& from = config.prop;
    PropSettings settings;
    settings.daily_loss = unless_none(from.daily_loss);
    settings.daily_loss_unit = unless_default(loss_unit_names, from.daily_loss_unit);
    settings.daily_loss_base = unless_default(daily_loss_base_names, from.daily_loss_base);
    if (from.losses_only) settings.losses_only = true;
    settings.drawdown = unless_none(from.drawdown);
    settings.drawdown_unit = unless_default(loss_unit_names, from.drawdown_unit);
    settings.drawdown_mode = unless_default(drawdown_mode_names, from.drawdown_mode);
    settings.drawdown_base = unless_default(drawdown_base_names, from.drawdown_base);
    settings.drawdown_update = unless_default(drawdown_update_names, from.drawdown_update);
    settings.drawdown_lock = unless_none(from.drawdown_lock);
    settings.peak_start = unless_none(from.peak_start);
    settings.initial_balance = unless_none(from.initial_balance);
    settings.limit_compare = unless_default(limit_compare_names, from.limit_compare);
    return settings;
}

Strings prop_problems(const Config& config) {
    PropSettings settings = prop_settings(config);
    if (settings.is_off()) return {};
    if (!settings.initial_balance) settings.initial_balance = 1.0;
    const auto own = config.currency_digits.find(config.accounts.currency);
    const bool is_own = own != config.currency_digits.end();
    const std::int64_t digits = is_own ? std::clamp<std::int64_t>(own->second, 0, digits_max)
                                       : default_digits(config.accounts.currency).value;
    const auto rules = prop_rules(settings, Digits{static_cast<std::uint8_t>(digits)});
    Strings problems;
    if (settings.daily_loss && config.prop.reset_time.empty()) {
        problems.emplace_back("prop.daily_loss: its day never ends: prop.reset_time is empty");
    }
    if (rules) return problems;
    for (const std::string& problem : rules.error()) problems.push_back("prop." + problem);
    return problems;
}

}  // namespace margind::app
