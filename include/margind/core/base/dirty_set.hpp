#pragma once
#include <algorithm>
#include <bit>
#include <cstdint>
#include <vector>

#include "margind/core/base/ids.hpp"
#include "margind/core/base/sparse_set.hpp"

namespace margind {

/// A set of dense ids as bits: marking twice is marking once, and iteration is in id order.
class BitSet {
public:
    void grow(std::uint32_t count) {
        if (words_.size() * 64 < count) words_.resize((count + 63) / 64, 0);
    }
    /// True when `id` was not in the set.
    bool insert(std::uint32_t id) {
        std::uint64_t& word = words_[id / 64];
        const std::uint64_t bit = 1ull << (id % 64);
        const bool is_new = (word & bit) == 0;
        word |= bit;
        count_ += is_new;
        return is_new;
    }
    void insert_all(const SparseSet& ids) {
        ids.for_each_word([this](std::uint32_t w, std::uint64_t bits) {
            std::uint64_t& word = words_[w];
            count_ += static_cast<std::uint32_t>(std::popcount(bits & ~word));
            word |= bits;
        });
    }
    bool erase(std::uint32_t id) {
        std::uint64_t& word = words_[id / 64];
        const std::uint64_t bit = 1ull << (id % 64);
        const bool was_in = (word & bit) != 0;
        word &= ~bit;
        count_ -= was_in;
        return was_in;
    }
    void set(std::uint32_t id, bool is_in) {
        std::uint64_t& word = words_[id / 64];
        const unsigned place = id % 64;
        const bool was_in = ((word >> place) & 1) != 0;
        word ^= std::uint64_t{was_in != is_in} << place;
        count_ += static_cast<std::uint32_t>(is_in) - static_cast<std::uint32_t>(was_in);
    }
    [[nodiscard]] bool contains(std::uint32_t id) const {
        return id / 64 < words_.size() && ((words_[id / 64] >> (id % 64)) & 1) != 0;
    }
    [[nodiscard]] std::uint32_t count() const { return count_; }
    [[nodiscard]] bool is_empty() const { return count_ == 0; }

    /// Calls `visit(id)` for each member in id order. `visit` may erase the member it is given.
    template <class Visit>
    void for_each(Visit visit) const {
        for (std::size_t w = 0; w < words_.size(); ++w) {
            for (std::uint64_t word = words_[w]; word != 0; word &= word - 1) {
                visit(id_of(w, word));
            }
        }
    }
    /// The same for the members that are in `within` as well.
    template <class Visit>
    void for_each_in(const BitSet& within, Visit visit) const {
        const std::size_t words = std::min(words_.size(), within.words_.size());
        for (std::size_t w = 0; w < words; ++w) {
            for (std::uint64_t word = words_[w] & within.words_[w]; word != 0; word &= word - 1) {
                visit(id_of(w, word));
            }
        }
    }
    /// The first member at or after `from`, or `Id::none_value`.
    [[nodiscard]] std::uint32_t next(std::uint32_t from) const { return next_in(*this, from); }
    /// The same among the members that are in `within` as well.
    [[nodiscard]] std::uint32_t next_in(const BitSet& within, std::uint32_t from) const {
        const std::size_t words = std::min(words_.size(), within.words_.size());
        std::size_t w = from / 64;
        if (w >= words) return AccountId::none_value;
        std::uint64_t word = words_[w] & within.words_[w] & (~0ull << (from % 64));
        while (word == 0) {
            if (++w == words) return AccountId::none_value;
            word = words_[w] & within.words_[w];
        }
        return id_of(w, word);
    }
    void clear() {
        if (count_ == 0) return;
        words_.assign(words_.size(), 0);
        count_ = 0;
    }

    /// What is in either of two sets and also in `within`.
    friend BitSet either_in(const BitSet& a, const BitSet& b, const BitSet& within) {
        BitSet out;
        const auto word = [](const BitSet& set, std::size_t w) {
            return w < set.words_.size() ? set.words_[w] : 0;
        };
        out.words_.resize(within.words_.size());
        for (std::size_t w = 0; w < out.words_.size(); ++w) {
            out.words_[w] = (word(a, w) | word(b, w)) & within.words_[w];
            out.count_ += static_cast<std::uint32_t>(std::popcount(out.words_[w]));
        }
        return out;
    }

private:
    static std::uint32_t id_of(std::size_t w, std::uint64_t word) {
        return static_cast<std::uint32_t>(w * 64 + static_cast<unsigned>(std::countr_zero(word)));
    }

    std::vector<std::uint64_t> words_;
    std::uint32_t count_ = 0;
};

}  // namespace margind
