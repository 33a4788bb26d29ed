#include "margind/core/rule_book.hpp"

#include <algorithm>

namespace margind {
namespace {

constexpr std::size_t entries_max = 4'096;

}  // namespace

RuleBook::RuleBook(const RuleSet& common) { entries_.push_back({common, rules_hash(common)}); }

const RuleBook::Group* RuleBook::find(GroupId group) const {
    return group.value < groups_.size() ? &groups_[group.value] : nullptr;
}

RuleBook::Group& RuleBook::at(GroupId group) {
    if (groups_.size() <= group.value) groups_.resize(group.value + 1);
    return groups_[group.value];
}

bool RuleBook::ask(GroupId group) {
    Group& asked = at(group);
    if (asked.is_asked) return false;
    asked.is_asked = true;
    return true;
}

bool RuleBook::is_asked(GroupId group) const {
    const Group* known = find(group);
    return known != nullptr && known->is_asked;
}

void RuleBook::apply(GroupId group, std::optional<RuleOverrides> overrides, bool are_bad) {
    for (Group& any : groups_) any.plain.reset();  // it may be the fallback of many
    at(group) = {.is_asked = true,
                 .is_confirmed = true,
                 .is_bad = are_bad,
                 .overrides = std::move(overrides)};
}

void RuleBook::distrust_all() {
    for (Group& group : groups_) group.is_confirmed = false;
}

std::vector<GroupId> RuleBook::asked() const {
    std::vector<GroupId> all;
    for (std::uint32_t id = 0; id < groups_.size(); ++id) {
        if (groups_[id].is_asked) all.push_back(GroupId{id});
    }
    return all;
}

bool RuleBook::is_known(GroupId group) const {
    const Group* known = find(group);
    return known != nullptr && known->is_confirmed;
}

std::optional<RuleIndex> RuleBook::resolve(GroupId group, GroupId fallback,
                                           const RuleOverrides& own) {
    const bool is_plain = own == RuleOverrides{};
    if (is_plain && at(group).plain) return at(group).plain;
    const Group* of_group = find(group);
    if (of_group == nullptr || !of_group->overrides) of_group = find(fallback);
    if (of_group != nullptr && of_group->is_bad) return std::nullopt;
    RuleSet rules = common();
    if (of_group != nullptr && of_group->overrides) rules = with(rules, *of_group->overrides);
    rules = with(rules, own);
    const auto known = std::ranges::find(entries_, rules, &Entry::rules);
    const auto index = static_cast<std::size_t>(known - entries_.begin());
    if (index >= entries_max) return std::nullopt;
    if (known == entries_.end()) entries_.push_back({rules, rules_hash(rules)});
    const auto resolved = static_cast<RuleIndex>(index);
    if (is_plain) at(group).plain = resolved;
    return resolved;
}

}  // namespace margind
