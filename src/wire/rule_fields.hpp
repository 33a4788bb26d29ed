#pragma once
#include <string_view>

#include "margind/core/rules/rule_overrides.hpp"

namespace margind::wire {

enum class RuleRead : unsigned char {
    read,      // it is an option of the rules, and is kept
    bad,       // it is one, and its value means nothing
    no_option  // it is none
};

/// Reads an option of the rules by the name it has in configuration, hashes, scenarios and
/// documents: `margin_call_level 100`, `hedged_margin_mode basic`, `dwell_ms 500`.
[[nodiscard]] RuleRead read_rule(std::string_view name, std::string_view value,
                                 RuleOverrides& rules);

}  // namespace margind::wire
