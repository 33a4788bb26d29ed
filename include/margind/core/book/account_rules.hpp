#pragma once
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "margind/core/base/ids.hpp"
#include "margind/core/base/level.hpp"
#include "margind/core/base/shared_values.hpp"
#include "margind/core/base/verdict.hpp"
#include "margind/core/book/account.hpp"
#include "margind/core/rules/rule_book.hpp"

namespace margind {

/// What of the rules stays with the account, so that accounts which differ in nothing else share a
/// rule set.
struct AccountTerms {
    Level margin_call;
    Level stop_out;
    MarginMode margin_mode = MarginMode::hedging;
    PropSettings prop;
    bool is_settled = true;  // false: the configured rules stand in for a set that cannot be had
};

/// What many accounts set for themselves, and nothing else of the rules.
struct OwnLevels {
    std::optional<Level> margin_call;
    std::optional<Level> stop_out;
    std::optional<MarginMode> margin_mode;

    friend bool operator==(const OwnLevels&, const OwnLevels&) = default;
    friend std::size_t hash_value(const OwnLevels& levels);
};

/// The rules of every account: the configured ones, what its group changes of them, and of that
/// what the account itself changes. Single writer.
class AccountRules {
public:
    explicit AccountRules(const RuleSet& common) : book_{common} {}

    void grow(std::uint32_t account_count);
    [[nodiscard]] RuleBook& book() { return book_; }
    [[nodiscard]] const RuleBook& book() const { return book_; }
    [[nodiscard]] const RuleBook::Entry& of(AccountId account) const {
        return book_.entry(indices_[account.value]);
    }

    /// What an account changes for itself, from the next `settle` on; a cause where it means
    /// nothing.
    Causes keep(AccountId account, const AccountImage& image);
    /// The rules an account has now, by what is known of its group (`fallback`'s options stand in
    /// for a group without any). What pointed at the rules that it had before must be made again.
    AccountTerms settle(AccountId account, GroupId group, GroupId fallback);

private:
    void put(AccountId account, RuleIndex index);

    RuleBook book_;
    SharedValues<OwnLevels> levels_;
    // By account.
    std::vector<RuleIndex> indices_;
    std::vector<std::uint32_t> level_ids_;
    boost::unordered_flat_map<std::uint32_t, RuleOverrides> own_;  // those with other options
};

}  // namespace margind
