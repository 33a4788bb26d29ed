#pragma once
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <vector>

#include "margind/core/base/assert.hpp"

namespace margind {

/// Values that many share, each kept once and for as long as it has users. Ids are dense, and those
/// of values without users are handed out again. T needs == and hash_value.
template <class T>
class SharedValues {
public:
    /// One more user of `value`.
    std::uint32_t take(const T& value) {
        const auto [found, is_new] = ids_.try_emplace(value, 0);
        if (is_new) found->second = place(value);
        ++users_[found->second];
        return found->second;
    }
    /// One user less.
    void drop(std::uint32_t id) {
        MARGIND_ASSERT(users_[id] > 0);
        if (--users_[id] > 0) return;
        ids_.erase(values_[id]);
        free_.push_back(id);
    }
    [[nodiscard]] const T& operator[](std::uint32_t id) const { return values_[id]; }
    /// All values there are, and those that were and whose place is free.
    [[nodiscard]] const std::vector<T>& values() const { return values_; }
    /// How many are in use.
    [[nodiscard]] std::size_t used() const { return ids_.size(); }

private:
    std::uint32_t place(const T& value) {
        if (!free_.empty()) {
            const std::uint32_t id = free_.back();
            free_.pop_back();
            values_[id] = value;
            return id;
        }
        values_.push_back(value);
        users_.push_back(0);
        return static_cast<std::uint32_t>(values_.size() - 1);
    }

    std::vector<T> values_;
    std::vector<std::uint64_t> users_;  // by id
    std::vector<std::uint32_t> free_;
    boost::unordered_flat_map<T, std::uint32_t> ids_;
};

}  // namespace margind
