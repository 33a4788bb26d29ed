#pragma once
#include <cstdint>
#include <string_view>

#include "margind/core/engine/engine.hpp"
#include "margind/core/rules/instrument.hpp"
#include "wire/scenario_words.hpp"

namespace margind::wire {

/// Reads the rest of a line whose first word is a setting of the whole scenario (rules, currency,
/// digits, types, max_age, beat, armed). False where it is none: nothing was taken then.
bool read_scenario_setting(std::string_view verb, ScenarioWords& words, EngineOptions& options,
                           std::int64_t& beat_ms);

/// Reads the value of an option of the rules that has this name in configuration and hashes. False
/// where it is none: nothing was taken then.
bool read_scenario_rule(std::string_view name, ScenarioWords& words, RuleOverrides& rules);

/// Reads what follows the word `instrument`: a symbol, then calc mode, keys and values, or
/// `missing`.
InstrumentSpec read_scenario_instrument(ScenarioWords& words);

/// What an instrument is where the scenario does not say: a pair of well-known currencies is forex
/// with 100,000 a lot in the group `Standard`; of anything else there is no specification.
[[nodiscard]] InstrumentSpec default_scenario_instrument(std::string_view group,
                                                         std::string_view symbol);

}  // namespace margind::wire
