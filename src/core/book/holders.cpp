#include "margind/core/book/holders.hpp"

#include <algorithm>

namespace margind {

/// The last of the list takes the place of the one that leaves.
void HoldersIndex::Lists::leave(const Holding& holding) {
    std::vector<std::uint32_t>& list = holders_[holding.id];
    const std::uint32_t last = list.back();
    list[holding.place] = last;
    list.pop_back();
    std::ranges::lower_bound(held_[last], holding.id, {}, &Holding::id)->place = holding.place;
}

void HoldersIndex::Lists::replace(std::uint32_t account, std::span<const std::uint32_t> wanted) {
    if (account >= held_.size()) held_.resize(account + 1);
    if (std::ranges::equal(held_[account], wanted, {}, &Holding::id)) return;
    std::vector<Holding> held;
    held.reserve(wanted.size());
    auto old = held_[account].cbegin();
    const auto end = held_[account].cend();
    for (const std::uint32_t id : wanted) {
        for (; old != end && old->id < id; ++old) leave(*old);
        if (old != end && old->id == id) {
            held.push_back(*old++);
            continue;
        }
        if (id >= holders_.size()) holders_.resize(id + 1);
        held.push_back({id, static_cast<std::uint32_t>(holders_[id].size())});
        holders_[id].push_back(account);
    }
    for (; old != end; ++old) leave(*old);
    held_[account] = std::move(held);
}

void HoldersIndex::replace(AccountId account, std::span<const std::uint32_t> symbols,
                           std::span<const std::uint32_t> rates) {
    symbols_.replace(account.value, symbols);
    rates_.replace(account.value, rates);
}

}  // namespace margind
