#pragma once
#include <cstdint>
#include <vector>

#include "margind/core/base/ids.hpp"
#include "margind/core/base/sparse_set.hpp"

namespace margind {

/// What an account depends on. Sorted, without repeats.
struct Holdings {
    std::vector<std::uint32_t> symbols;
    std::vector<std::uint32_t> rates;
};

/// For each symbol and for each conversion the accounts that depend on it. What an account depends
/// on follows from its positions: it is not kept here a second time.
class HoldersIndex {
public:
    /// An account that depended on `before` now depends on `after`.
    void change(AccountId account, const Holdings& before, const Holdings& after);

    /// Valid until the next `change`, as the next one.
    [[nodiscard]] const SparseSet& of_symbol(SymbolId symbol) const;
    [[nodiscard]] const SparseSet& of_rate(RateId rate) const;

private:
    std::vector<SparseSet> by_symbol_;
    std::vector<SparseSet> by_rate_;
};

}  // namespace margind
