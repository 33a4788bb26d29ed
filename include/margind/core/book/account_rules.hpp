#pragma once
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <vector>

#include "margind/core/base/ids.hpp"
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

/// The rules of every account: the configured ones, what its group changes of them, and of that
/// what the account itself changes. Single writer.
class AccountRules {
public:
    explicit AccountRules(const RuleSet& common) : book_{common} {}

    void grow(std::uint32_t account_count) {
        indices_.resize(account_count, RuleBook::common_index);
    }
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
    std::vector<RuleIndex> indices_;                               // by account
    boost::unordered_flat_map<std::uint32_t, RuleOverrides> own_;  // of those that have any
};

}  // namespace margind
