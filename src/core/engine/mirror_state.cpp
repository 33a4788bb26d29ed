#include "margind/core/engine/mirror_state.hpp"

namespace margind {

void MirrorState::grow(std::uint32_t accounts, std::uint32_t symbols) {
    accounts_.grow(accounts);
    reading_.grow(accounts);
    prices_.grow(symbols);
    if (since_ms_.size() < accounts) since_ms_.resize(accounts, 0);
    if (again_ms_.size() < accounts) again_ms_.resize(accounts, 0);
}

void MirrorState::want(AccountId account, std::int64_t since_ms) {
    const auto since = static_cast<std::uint32_t>(since_ms);
    if (!is_pending(account)) since_ms_[account.value] = since;
    if (accounts_.insert(account.value)) again_ms_[account.value] = since;
}

void MirrorState::received(AccountId account) {
    reading_.erase(account.value);
    // Wanted again meanwhile: that wish is younger than the reading that has just come.
    if (accounts_.contains(account.value)) since_ms_[account.value] = again_ms_[account.value];
    // Nobody is waited for any more: the order of a gap has done its work.
    if (!order_.empty() && wanted_accounts() == 0) set_order({});
}

void MirrorState::set_order(std::vector<AccountId> most_endangered_first) {
    order_ = std::move(most_endangered_first);
    order_next_ = 0;
}

void MirrorState::take_one(AccountId account) {
    accounts_.erase(account.value);
    reading_.insert(account.value);
}

Need MirrorState::take(std::uint32_t accounts_max) {
    Need need;
    const auto take_into = [&](AccountId account) {
        take_one(account);
        need.accounts.push_back(account);
    };
    for (; order_next_ < order_.size() && need.accounts.size() < accounts_max; ++order_next_) {
        if (accounts_.contains(order_[order_next_].value)) take_into(order_[order_next_]);
    }
    std::uint32_t next = accounts_.is_empty() ? AccountId::none_value : accounts_.next(0);
    while (next != AccountId::none_value && need.accounts.size() < accounts_max) {
        take_into(AccountId{next});
        next = accounts_.next(next + 1);
    }
    need.instruments.swap(instruments_);
    prices_.for_each([&](std::uint32_t symbol) { need.prices.push_back(SymbolId{symbol}); });
    prices_.clear();
    return need;
}

void MirrorState::give_back(const Need& need) {
    for (const AccountId account : need.accounts) {
        if (reading_.erase(account.value)) accounts_.insert(account.value);
    }
    for (const InstrumentKey& key : need.instruments) instruments_.push_back(key);
    for (const SymbolId symbol : need.prices) prices_.insert(symbol.value);
    order_next_ = 0;
}

}  // namespace margind
