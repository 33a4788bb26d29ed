#pragma once
#include <boost/unordered/unordered_flat_set.hpp>
#include <cstdint>
#include <span>
#include <vector>

#include "margind/core/ids.hpp"

namespace margind {

/// For each symbol and for each conversion the accounts that depend on it, derived from the
/// positions themselves. Iteration order is arbitrary: collect into bits before anything can see
/// it.
class HoldersIndex {
public:
    using Set = boost::unordered_flat_set<std::uint32_t>;

    /// Replaces everything `account` depends on. Both lists sorted, without repeats.
    void replace(AccountId account, std::span<const std::uint32_t> symbols,
                 std::span<const std::uint32_t> rates);

    [[nodiscard]] const Set& of_symbol(SymbolId symbol) const { return at(symbols_, symbol.value); }
    [[nodiscard]] const Set& of_rate(RateId rate) const { return at(rates_, rate.value); }

private:
    using Lists = std::vector<std::vector<std::uint32_t>>;  // by account
    static const Set& at(const std::vector<Set>& sets, std::uint32_t id);
    static void exchange(std::vector<Set>& sets, std::vector<std::uint32_t>& held,
                         std::span<const std::uint32_t> wanted, std::uint32_t account);

    std::vector<Set> symbols_;
    std::vector<Set> rates_;
    Lists held_symbols_;
    Lists held_rates_;
};

}  // namespace margind
