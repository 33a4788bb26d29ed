#pragma once
#include <string>

#include "app/config.hpp"
#include "margind/core/rule_check.hpp"

namespace margind::app {

/// What a configuration's rules are held against beside themselves.
struct LintOptions {
    std::string pack = "none";  // a name of rule_pack_names
    std::string book;           // book file with the groups' specifications; empty = none
};

/// Prints every contradiction of the rules, and whatever the pack forbids: of the configuration, of
/// each group's options, of each specification. Exit code 0 where there is none.
int lint_rules(const Config& config, const LintOptions& options);

}  // namespace margind::app
