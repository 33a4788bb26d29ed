#include "wire/scenario_settings.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "margind/core/rules/instruments.hpp"
#include "wire/instrument_fields.hpp"
#include "wire/rule_fields.hpp"
#include "wire/tier_text.hpp"

namespace margind::wire {
namespace {

/// Any other option by the name it has in configuration and hashes.
void read_named_rule(std::string_view name, ScenarioWords& words, RuleSet& rules) {
    RuleOverrides overrides;
    if (!read_scenario_rule(name, words, overrides)) {
        words.fail_expected(
            "mode, call, stop, compare, leave_gap, dwell, cooldown, credit_in_equity, "
            "fully_hedged_stop_out or another option of the rules by its name");
    }
    rules = with(rules, overrides);
}

void read_rules(ScenarioWords& words, RuleSet& rules) {
    const std::string_view kind = words.take("a rule set");
    if (kind != "standard" && kind != "platform") {
        words.fail_expected("the rule set standard or platform");
        return;
    }
    rules = kind == "standard" ? standard_rules() : platform_rules();
    while (!words.is_at_end()) {
        const std::string_view word = words.take("a rule");
        if (word == "mode") {
            rules.margin_mode = words.margin_mode();
        } else if (word == "call") {
            rules.margin_call = words.level("a margin-call level");
        } else if (word == "stop") {
            rules.stop_out = words.level("a stop-out level");
        } else if (word == "compare") {
            const std::string_view compare = words.take("le or lt");
            if (compare != "le" && compare != "lt") words.fail_expected("le or lt");
            rules.level_compare = compare == "lt" ? LevelCompare::less : LevelCompare::less_equal;
        } else if (word == "leave_gap") {
            rules.leave_gap = words.level("a gap");
        } else if (word == "dwell") {
            rules.dwell_ms = words.span_ms("a dwell time");
        } else if (word == "cooldown") {
            rules.cooldown_ms = words.span_ms("a cool-down");
        } else if (word == "credit_in_equity") {
            rules.credit_in_equity = words.yes_or_no("whether credit counts");
        } else if (word == "fully_hedged_stop_out") {
            rules.fully_hedged_stop_out = words.yes_or_no("whether margin 0 can stop out");
        } else {
            read_named_rule(word, words, rules);
        }
    }
}

void read_types(ScenarioWords& words, EngineOptions& options) {
    options.types.clear();
    do {
        options.types.push_back(words.name("an account type"));
    } while (!words.is_at_end());
}

void read_digits(ScenarioWords& words, EngineOptions& options) {
    const std::string currency = words.name("a currency");
    const double digits = words.number("a number of digits");
    if (!(digits >= 0.0 && digits <= digits_max)) words.fail_expected("0 to 8 digits");
    if (words.has_failed()) return;
    options.currency_digits.emplace_back(currency, Digits{static_cast<std::uint8_t>(digits)});
}

/// Fields of a specification by the names of CONTRACT sections 1 and 5.
bool read_number(std::string_view key, ScenarioWords& words, InstrumentSpec& spec) {
    for (const auto& [name, number] : instrument_numbers) {
        if (name == key) {
            spec.*number = words.number(name);
            return true;
        }
    }
    return false;
}

bool read_text(std::string_view key, ScenarioWords& words, InstrumentSpec& spec) {
    if (key == "group") {
        spec.group = words.name(key);
        return true;
    }
    if (key == "tiers") {
        const auto tiers = parse_tiers(words.name("tiers, as in 0:1,10:2"));
        if (!tiers) words.fail_expected("tiers, as in 0:1,10:2 or 0:1/500,10:1/200");
        spec.tiers = tiers.value_or(std::vector<TierSpec>{});
        return true;
    }
    for (const auto& [name, text] : instrument_texts) {
        if (name == key) {
            spec.*text = words.name(name);
            return true;
        }
    }
    return false;
}

bool is_known_currency(std::string_view code) {
    constexpr std::string_view known[] = {"USD", "EUR", "GBP", "JPY", "CHF", "AUD", "NZD",
                                          "CAD", "SEK", "NOK", "DKK", "PLN", "CZK", "HUF",
                                          "TRY", "ZAR", "MXN", "SGD", "HKD", "CNH", "KWD"};
    return std::ranges::find(known, code) != std::end(known);
}

}  // namespace

bool read_scenario_setting(std::string_view verb, ScenarioWords& words, EngineOptions& options,
                           std::int64_t& beat_ms) {
    if (verb == "rules") {
        read_rules(words, options.rules);
    } else if (verb == "currency") {
        options.currency = words.name("a currency");
    } else if (verb == "digits") {
        read_digits(words, options);
    } else if (verb == "types") {
        read_types(words, options);
    } else if (verb == "max_age") {
        options.quotes.max_age_ms = words.span_ms("how old a price may be");
    } else if (verb == "beat") {
        beat_ms = words.span_ms("the interval of the beat");
        if (beat_ms <= 0) words.fail_expected("an interval above 0");
    } else if (verb == "armed") {
        options.is_armed = true;
    } else {
        return false;
    }
    return true;
}

bool read_scenario_rule(std::string_view name, ScenarioWords& words, RuleOverrides& rules) {
    // Whether it is an option at all is known before its value is.
    RuleOverrides any;
    if (read_rule(name, "", any) == RuleRead::no_option) return false;
    const std::string value = words.name(name);
    if (!words.has_failed() && read_rule(name, value, rules) == RuleRead::bad) {
        words.fail_expected("a value of " + std::string{name});
    }
    return true;
}

InstrumentSpec read_scenario_instrument(ScenarioWords& words) {
    InstrumentSpec spec;
    spec.group = fallback_group;
    spec.symbol = words.name("a symbol");
    if (words.take_if("missing")) {
        spec.exists = false;
        if (words.take_if("group")) spec.group = words.name("a group");
        return spec;
    }
    while (!words.is_at_end()) {
        const std::string_view key = words.take("a key");
        if (calc_mode_from(key)) {
            spec.calc_mode = key;
        } else if (key == "type") {
            spec.type = static_cast<int>(words.count("a type", 4));
        } else if (!read_number(key, words, spec) && !read_text(key, words, spec)) {
            words.fail_expected("a calc mode, or a key such as contract_size");
        }
    }
    return spec;
}

InstrumentSpec default_scenario_instrument(std::string_view group, std::string_view symbol) {
    InstrumentSpec spec;
    spec.group = group;
    spec.symbol = symbol;
    spec.exists = group == fallback_group && symbol.size() == 6 &&
                  is_known_currency(symbol.substr(0, 3)) && is_known_currency(symbol.substr(3));
    if (!spec.exists) return spec;
    spec.type = 1;
    spec.contract_size = 100'000.0;
    spec.profit = symbol.substr(3);
    return spec;
}

}  // namespace margind::wire
