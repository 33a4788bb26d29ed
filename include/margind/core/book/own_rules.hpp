#pragma once
#include "margind/core/base/verdict.hpp"
#include "margind/core/book/account.hpp"
#include "margind/core/rules/rule_overrides.hpp"

namespace margind {

/// What an account changes of the rules for itself. The levels that the platform keeps with it
/// (`auto_cutoff_level`, `auto_liquidation_level`) go before the options of the same meaning. In
/// the rule set `platform` levels and prop-firm limits count, and no other option. `causes` gets
/// one where a level means nothing.
[[nodiscard]] RuleOverrides own_rules(const AccountImage& image, RuleSetKind kind, Causes& causes);

}  // namespace margind
