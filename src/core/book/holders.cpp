#include "margind/core/book/holders.hpp"

#include <algorithm>
#include <span>

namespace margind {
namespace {

using Ids = std::span<const std::uint32_t>;

void change_in(std::vector<SparseSet>& sets, std::uint32_t account, Ids before, Ids after) {
    for (const std::uint32_t id : before) {
        if (!std::ranges::binary_search(after, id)) sets[id].erase(account);
    }
    if (!after.empty() && after.back() >= sets.size()) sets.resize(after.back() + 1);
    for (const std::uint32_t id : after) {
        if (!std::ranges::binary_search(before, id)) sets[id].insert(account);
    }
}

const SparseSet& set_of(const std::vector<SparseSet>& sets, std::uint32_t id) {
    static const SparseSet nobody;
    return id < sets.size() ? sets[id] : nobody;
}

}  // namespace

void HoldersIndex::change(AccountId account, const Holdings& before, const Holdings& after) {
    change_in(by_symbol_, account.value, before.symbols, after.symbols);
    change_in(by_rate_, account.value, before.rates, after.rates);
}

const SparseSet& HoldersIndex::of_symbol(SymbolId symbol) const {
    return set_of(by_symbol_, symbol.value);
}

const SparseSet& HoldersIndex::of_rate(RateId rate) const { return set_of(by_rate_, rate.value); }

}  // namespace margind
