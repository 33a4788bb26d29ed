#include "margind/core/rules/rule_book.hpp"

#include <algorithm>

#include "margind/core/base/assert.hpp"

namespace margind {

RuleBook::RuleBook(const RuleSet& common) {
    entries_.push_back({.rules = common, .hash = rules_hash(common)});
}

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
    const std::optional<RuleIndex> resolved = place(rules);
    if (is_plain) at(group).plain = resolved;
    return resolved;
}

/// The entry of these rules: the one that they have, also if nobody is on it, else one that nobody
/// is on, else a new one.
std::optional<RuleIndex> RuleBook::place(const RuleSet& rules) {
    const auto index_of = [&](std::deque<Entry>::iterator entry) {
        return static_cast<RuleIndex>(entry - entries_.begin());
    };
    const auto known = std::ranges::find(entries_, rules, &Entry::rules);
    if (known != entries_.end()) return index_of(known);
    const auto unused =
        std::ranges::find(entries_.begin() + 1, entries_.end(), 0u, &Entry::accounts);
    Entry entry{.rules = rules, .hash = rules_hash(rules)};
    if (unused != entries_.end()) {
        const RuleIndex reused = index_of(unused);
        for (Group& group : groups_) {
            if (group.plain == reused) group.plain.reset();
        }
        *unused = std::move(entry);
        return reused;
    }
    if (entries_.size() >= entries_max) return std::nullopt;
    entries_.push_back(std::move(entry));
    return static_cast<RuleIndex>(entries_.size() - 1);
}

void RuleBook::move(RuleIndex from, RuleIndex to) {
    if (to != common_index) ++entries_[to].accounts;
    if (from == common_index) return;
    MARGIND_ASSERT(entries_[from].accounts > 0);
    --entries_[from].accounts;
}

}  // namespace margind
