#pragma once
#include "app/field_check.hpp"
#include "app/lint_report.hpp"
#include "margind/core/rules/rule_check.hpp"
#include "margind/core/rules/rules.hpp"
#include "wire/book_file.hpp"

namespace margind::app {

/// The rules that a group's accounts have, unless they have some of their own: the common ones with
/// what the group changes of them, or else the group Standard.
class GroupRules {
public:
    GroupRules(const wire::StoredBook& book, RuleSet common, bool has_group_rules)
        : book_{book}, common_{std::move(common)}, has_group_rules_{has_group_rules} {}

    [[nodiscard]] RuleSet of(const std::string& group) const;

private:
    const wire::StoredBook& book_;
    RuleSet common_;
    bool has_group_rules_;
};

/// Every account's rules against themselves and the pack, as far as its group's have not been told
/// of already, and what its settings have that means nothing. Names a few of each kind.
void check_accounts(const wire::StoredBook& book, const FieldCheck& fields, const GroupRules& rules,
                    RulePack pack, LintReport& report);

}  // namespace margind::app
