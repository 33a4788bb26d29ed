#include "margind/core/base/sparse_set.hpp"

#include <utility>

namespace margind {
namespace {

constexpr std::uint64_t bit_of(std::uint16_t low) { return 1ull << (low % 64); }

/// Makes room for some more, by an eighth: there are many lists, and most have stopped growing.
void make_room(std::vector<std::uint16_t>& list) {
    if (list.size() == list.capacity()) list.reserve(list.size() + list.size() / 8 + 4);
}

}  // namespace

bool SparseSet::Block::contains(std::uint16_t low) const {
    if (many) return ((*many)[low / 64] & bit_of(low)) != 0;
    return std::ranges::binary_search(few, low);
}

bool SparseSet::Block::insert(std::uint16_t low) {
    if (contains(low)) return false;
    if (!many && few.size() == few_max) spread();
    if (many) {
        (*many)[low / 64] |= bit_of(low);
    } else {
        make_room(few);
        few.insert(std::ranges::upper_bound(few, low), low);
    }
    ++count;
    return true;
}

bool SparseSet::Block::erase(std::uint16_t low) {
    if (!contains(low)) return false;
    --count;
    if (many) {
        (*many)[low / 64] &= ~bit_of(low);
        if (count < few_max / 2) gather();
        return true;
    }
    few.erase(std::ranges::lower_bound(few, low));
    if (few.capacity() > 2 * few.size() + 16) few.shrink_to_fit();
    return true;
}

/// From the list into bits.
void SparseSet::Block::spread() {
    many = std::make_unique<std::array<std::uint64_t, words>>();
    for (const std::uint16_t low : few) (*many)[low / 64] |= bit_of(low);
    few = {};
}

/// From bits into the list.
void SparseSet::Block::gather() {
    few.reserve(count + count / 8);
    for (std::uint32_t w = 0; w < words; ++w) {
        for (std::uint64_t word = (*many)[w]; word != 0; word &= word - 1) {
            few.push_back(
                static_cast<std::uint16_t>(w * 64 + static_cast<unsigned>(std::countr_zero(word))));
        }
    }
    many.reset();
}

bool SparseSet::insert(std::uint32_t id) {
    const auto key = static_cast<std::uint16_t>(id >> 16);
    auto at = blocks_.begin() + (find(key) - blocks_.cbegin());
    if (at == blocks_.end() || at->key != key) {
        at = blocks_.insert(at, Block{.key = key, .count = 0, .few = {}, .many = {}});
    }
    const bool is_new = at->insert(static_cast<std::uint16_t>(id));
    count_ += is_new;
    return is_new;
}

bool SparseSet::erase(std::uint32_t id) {
    const auto key = static_cast<std::uint16_t>(id >> 16);
    const auto at = blocks_.begin() + (find(key) - blocks_.cbegin());
    if (at == blocks_.end() || at->key != key) return false;
    const bool was_in = at->erase(static_cast<std::uint16_t>(id));
    count_ -= was_in;
    if (at->count == 0) blocks_.erase(at);
    return was_in;
}

bool SparseSet::contains(std::uint32_t id) const {
    const auto key = static_cast<std::uint16_t>(id >> 16);
    const auto at = find(key);
    return at != blocks_.end() && at->key == key && at->contains(static_cast<std::uint16_t>(id));
}

}  // namespace margind
