#include "margind/core/holders.hpp"

#include <algorithm>

namespace margind {

const HoldersIndex::Set& HoldersIndex::at(const std::vector<Set>& sets, std::uint32_t id) {
    static const Set nobody;
    return id < sets.size() ? sets[id] : nobody;
}

void HoldersIndex::exchange(std::vector<Set>& sets, std::vector<std::uint32_t>& held,
                            std::span<const std::uint32_t> wanted, std::uint32_t account) {
    if (std::ranges::equal(held, wanted)) return;
    for (const std::uint32_t id : held) {
        if (!std::ranges::binary_search(wanted, id)) sets[id].erase(account);
    }
    for (const std::uint32_t id : wanted) {
        if (id >= sets.size()) sets.resize(id + 1);
        sets[id].insert(account);
    }
    held.assign(wanted.begin(), wanted.end());
}

void HoldersIndex::replace(AccountId account, std::span<const std::uint32_t> symbols,
                           std::span<const std::uint32_t> rates) {
    if (account.value >= held_symbols_.size()) {
        held_symbols_.resize(account.value + 1);
        held_rates_.resize(account.value + 1);
    }
    exchange(symbols_, held_symbols_[account.value], symbols, account.value);
    exchange(rates_, held_rates_[account.value], rates, account.value);
}

}  // namespace margind
