#pragma once
#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <memory>
#include <vector>

namespace margind {

/// A set of dense ids of which most are not in it: some two bytes a member, and never much more
/// than a bit an id. Members are kept by blocks of 65,536 ids, each a sorted list of what is in it,
/// or bits where that is shorter (as in Roaring bitmaps: Chambi et al., 2016).
class SparseSet {
public:
    /// True when `id` was not in the set.
    bool insert(std::uint32_t id);
    /// True when it was.
    bool erase(std::uint32_t id);
    [[nodiscard]] bool contains(std::uint32_t id) const;
    [[nodiscard]] std::uint32_t count() const { return count_; }
    [[nodiscard]] bool is_empty() const { return count_ == 0; }

    /// Calls `visit(id)` for each member in id order. `visit` does not change the set.
    template <class Visit>
    void for_each(Visit visit) const {
        for (const Block& block : blocks_) {
            const std::uint32_t first = std::uint32_t{block.key} << 16;
            for (const std::uint16_t low : block.few) visit(first | low);
            if (!block.many) continue;
            for (std::uint32_t w = 0; w < block.many->size(); ++w) {
                for (std::uint64_t word = (*block.many)[w]; word != 0; word &= word - 1) {
                    visit(first | (w * 64 + static_cast<unsigned>(std::countr_zero(word))));
                }
            }
        }
    }

    /// Calls `visit(w, bits)` for ids 64 w … 64 w + 63 of which some are members: often several
    /// times in turn for one w.
    template <class Visit>
    void for_each_word(Visit visit) const {
        for (const Block& block : blocks_) {
            const std::uint32_t first = std::uint32_t{block.key} * words;
            for (const std::uint16_t low : block.few) visit(first + low / 64, 1ull << (low % 64));
            if (!block.many) continue;
            for (std::uint32_t w = 0; w < words; ++w) {
                if ((*block.many)[w] != 0) visit(first + w, (*block.many)[w]);
            }
        }
    }

private:
    static constexpr std::uint32_t words = 65'536 / 64;
    static constexpr std::uint32_t few_max = words * 4;  // as long as the bits

    struct Block {
        std::uint16_t key = 0;
        std::uint32_t count = 0;
        std::vector<std::uint16_t> few;  // sorted; empty where `many` has them
        std::unique_ptr<std::array<std::uint64_t, words>> many;

        bool insert(std::uint16_t low);
        bool erase(std::uint16_t low);
        [[nodiscard]] bool contains(std::uint16_t low) const;
        void spread();
        void gather();
    };
    using Blocks = std::vector<Block>;
    [[nodiscard]] Blocks::const_iterator find(std::uint16_t key) const {
        return std::ranges::lower_bound(blocks_, key, {}, &Block::key);
    }

    Blocks blocks_;  // by key; none is empty
    std::uint32_t count_ = 0;
};

}  // namespace margind
