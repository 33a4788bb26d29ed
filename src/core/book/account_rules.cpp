#include "margind/core/book/account_rules.hpp"

#include <utility>

#include "margind/core/book/own_rules.hpp"

namespace margind {

Causes AccountRules::keep(AccountId account, const AccountImage& image) {
    Causes causes;
    const RuleOverrides own = own_rules(image, book_.common().kind, causes);
    if (own == RuleOverrides{}) {
        own_.erase(account.value);
    } else {
        own_.insert_or_assign(account.value, own);
    }
    return causes;
}

void AccountRules::put(AccountId account, RuleIndex index) {
    book_.move(std::exchange(indices_[account.value], index), index);
}

AccountTerms AccountRules::settle(AccountId account, GroupId group, GroupId fallback) {
    const auto found = own_.find(account.value);
    RuleOverrides own = found == own_.end() ? RuleOverrides{} : found->second;
    const auto margin_call = std::exchange(own.margin_call, std::nullopt);
    const auto stop_out = std::exchange(own.stop_out, std::nullopt);
    const auto margin_mode = std::exchange(own.margin_mode, std::nullopt);
    const PropSettings prop = std::exchange(own.prop, {});
    auto index = book_.resolve(group, fallback, own);
    if (!index) {
        // In a full book the entry that it had alone is the one that can be had.
        put(account, RuleBook::common_index);
        index = book_.resolve(group, fallback, own);
    }
    put(account, index.value_or(RuleBook::common_index));
    const RuleSet& rules = of(account).rules;
    return {.margin_call = margin_call.value_or(rules.margin_call),
            .stop_out = stop_out.value_or(rules.stop_out),
            .margin_mode = margin_mode.value_or(rules.margin_mode),
            .prop = with(rules.prop, prop),
            .is_settled = index.has_value()};
}

}  // namespace margind
