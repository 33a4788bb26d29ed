#include "margind/core/book/account_rules.hpp"

#include <utility>

#include "core/base/hash.hpp"
#include "margind/core/book/own_rules.hpp"

namespace margind {

std::size_t hash_value(const OwnLevels& levels) {
    Hasher hash;
    const auto add = [&](const auto& option, std::int64_t value) {
        hash.add(std::uint64_t{option.has_value()});
        hash.add(static_cast<std::uint64_t>(value));
    };
    add(levels.margin_call, levels.margin_call.value_or(Level{}).value);
    add(levels.stop_out, levels.stop_out.value_or(Level{}).value);
    add(levels.margin_mode, std::to_underlying(levels.margin_mode.value_or(MarginMode{})));
    return static_cast<std::size_t>(hash.value());
}

void AccountRules::grow(std::uint32_t account_count) {
    indices_.resize(account_count, RuleBook::common_index);
    while (level_ids_.size() < account_count) level_ids_.push_back(levels_.take({}));
}

Causes AccountRules::keep(AccountId account, const AccountImage& image) {
    Causes causes;
    RuleOverrides own = own_rules(image, book_.common().kind, causes);
    const std::uint32_t levels =
        levels_.take({.margin_call = std::exchange(own.margin_call, std::nullopt),
                      .stop_out = std::exchange(own.stop_out, std::nullopt),
                      .margin_mode = std::exchange(own.margin_mode, std::nullopt)});
    levels_.drop(std::exchange(level_ids_[account.value], levels));
    if (own == RuleOverrides{}) {
        own_.erase(account.value);
    } else {
        own_.insert_or_assign(account.value, std::move(own));
    }
    return causes;
}

void AccountRules::put(AccountId account, RuleIndex index) {
    book_.move(std::exchange(indices_[account.value], index), index);
}

AccountTerms AccountRules::settle(AccountId account, GroupId group, GroupId fallback) {
    const OwnLevels& levels = levels_[level_ids_[account.value]];
    const auto found = own_.find(account.value);
    RuleOverrides own = found == own_.end() ? RuleOverrides{} : found->second;
    const PropSettings prop = std::exchange(own.prop, {});
    auto index = book_.resolve(group, fallback, own);
    if (!index) {
        // In a full book the entry that it had alone is the one that can be had.
        put(account, RuleBook::common_index);
        index = book_.resolve(group, fallback, own);
    }
    put(account, index.value_or(RuleBook::common_index));
    const RuleSet& rules = of(account).rules;
    return {.margin_call = levels.margin_call.value_or(rules.margin_call),
            .stop_out = levels.stop_out.value_or(rules.stop_out),
            .margin_mode = levels.margin_mode.value_or(rules.margin_mode),
            .prop = with(rules.prop, prop),
            .is_settled = index.has_value()};
}

}  // namespace margind
