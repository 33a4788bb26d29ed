#pragma once
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "margind/core/base/ids.hpp"
#include "margind/core/rules/rule_overrides.hpp"

namespace margind {

/// Which rule set an account has: an index into the book.
using RuleIndex = std::uint16_t;

/// The rule sets in use: the configured one, and what groups and accounts make of it. Equal ones
/// are one. An entry stays where it is, and what it is while an account is on it; one that no
/// account is on may become another rule set at the next `resolve`.
class RuleBook {
public:
    static constexpr RuleIndex common_index = 0;
    /// How many different sets there may be at a time.
    static constexpr std::size_t entries_max = 4'096;

    struct Entry {
        RuleSet rules;
        std::string hash;
        std::uint32_t accounts = 0;  // that are on it; those on the common one are not counted
    };

    explicit RuleBook(const RuleSet& common);

    [[nodiscard]] const Entry& entry(RuleIndex index) const { return entries_[index]; }
    [[nodiscard]] const RuleSet& common() const { return entries_.front().rules; }

    /// True once for each group that nobody has asked for yet.
    bool ask(GroupId group);
    [[nodiscard]] bool is_asked(GroupId group) const;
    /// The group's own options as received; nothing where the store has none. Of bad ones nobody
    /// can tell what they were to change.
    void apply(GroupId group, std::optional<RuleOverrides> overrides, bool are_bad);
    /// No group's options count until they have been received again.
    void distrust_all();
    /// Every group that anybody ever asked for.
    [[nodiscard]] std::vector<GroupId> asked() const;
    /// True where it is known since the last gap what the group changes.
    [[nodiscard]] bool is_known(GroupId group) const;

    /// The rule set of an account: the common one with what its group changes (`fallback`'s where
    /// the group is known to have no options), and of that what the account itself changes. Nothing
    /// where the group's are bad, or there are more different sets than can be kept. It counts as
    /// used from `move` on.
    [[nodiscard]] std::optional<RuleIndex> resolve(GroupId group, GroupId fallback,
                                                   const RuleOverrides& own);
    /// An account leaves one rule set for another. Every account starts on the common one.
    void move(RuleIndex from, RuleIndex to);

private:
    struct Group {
        bool is_asked = false;
        bool is_confirmed = false;  // received since the last gap
        bool is_bad = false;
        std::optional<RuleOverrides> overrides;
        std::optional<RuleIndex> plain;  // what its accounts without options of their own have
    };
    [[nodiscard]] const Group* find(GroupId group) const;
    Group& at(GroupId group);
    std::optional<RuleIndex> place(const RuleSet& rules);

    std::deque<Entry> entries_;
    std::vector<Group> groups_;  // by GroupId
};

}  // namespace margind
