#pragma once
#include <expected>
#include <string>

#include "app/config.hpp"
#include "app/lint_report.hpp"
#include "margind/core/rules/rule_check.hpp"

namespace margind::app {

/// What a configuration's rules are held against beside themselves.
struct LintOptions {
    std::string pack = "none";  // a name of rule_pack_names
    std::string book;           // book file with groups and accounts; empty = none
};

/// Every contradiction of the rules, and whatever the pack forbids: of the configuration, as far as
/// its problems do not tell it already, of each group's options, each specification and each
/// account; or why the book cannot be read.
[[nodiscard]] std::expected<LintReport, std::string> lint(const LoadedConfig& loaded,
                                                          const LintOptions& options);

/// Prints a configuration's problems and what `lint` finds. Exit code 0 where there is nothing.
int lint_rules(const LoadedConfig& loaded, const LintOptions& options);

}  // namespace margind::app
