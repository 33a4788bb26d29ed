#include "app/account_check.hpp"

#include <algorithm>
#include <map>
#include <string_view>

#include "margind/core/book/own_rules.hpp"
#include "margind/core/rules/instruments.hpp"

namespace margind::app {
namespace {

/// What has been found of a group's rules.
struct Group {
    RuleSet rules;
    RuleFindings findings;
};

}  // namespace

RuleSet GroupRules::of(const std::string& group) const {
    if (!has_group_rules_) return common_;
    auto found = book_.instruments.find({group, std::string{whole_group}});
    if (found == book_.instruments.end()) {
        found = book_.instruments.find({std::string{fallback_group}, std::string{whole_group}});
    }
    return found == book_.instruments.end() ? common_ : with(common_, found->second.rules);
}

void check_accounts(const wire::StoredBook& book, const FieldCheck& fields, const GroupRules& rules,
                    RulePack pack, LintReport& report) {
    std::map<std::string_view, Group> groups;
    const auto group_of = [&](const std::string& name) -> const Group& {
        const auto known = groups.find(name);
        if (known != groups.end()) return known->second;
        const RuleSet own = rules.of(name);
        return groups.emplace(name, Group{own, check_rules(own, pack)}).first->second;
    };
    for (const AccountImage& image : book.accounts) {
        const std::string where = image.key.text();
        report.add_alike(where, fields.of_account(image.key));
        const Group& group = group_of(image.group);
        Causes causes;
        const RuleOverrides own = own_rules(image, group.rules.kind, causes);
        if (own == RuleOverrides{}) continue;
        RuleFindings findings = check_rules(with(group.rules, own), pack);
        std::erase_if(findings, [&](const std::string& finding) {
            return std::ranges::find(group.findings, finding) != group.findings.end();
        });
        report.add_alike(where, findings);
    }
    report.end_section("accounts");
}

}  // namespace margind::app
