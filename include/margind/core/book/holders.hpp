#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "margind/core/base/ids.hpp"

namespace margind {

/// For each symbol and for each conversion the accounts that depend on it, derived from the
/// positions themselves. Lists in arbitrary order: collect into bits before anything can see it.
class HoldersIndex {
public:
    using Accounts = std::span<const std::uint32_t>;

    /// Replaces everything `account` depends on. Both lists sorted, without repeats.
    void replace(AccountId account, std::span<const std::uint32_t> symbols,
                 std::span<const std::uint32_t> rates);

    /// Valid until the next `replace`, as the next one.
    [[nodiscard]] Accounts of_symbol(SymbolId symbol) const { return symbols_.of(symbol.value); }
    [[nodiscard]] Accounts of_rate(RateId rate) const { return rates_.of(rate.value); }

private:
    /// Holders by what they hold, as plain lists that a beat can walk at memory speed.
    class Lists {
    public:
        void replace(std::uint32_t account, std::span<const std::uint32_t> wanted);
        [[nodiscard]] Accounts of(std::uint32_t id) const {
            return id < holders_.size() ? Accounts{holders_[id]} : Accounts{};
        }

    private:
        struct Holding {
            std::uint32_t id = 0;
            std::uint32_t place = 0;  // where in the list of `id` the account stands
        };
        void leave(const Holding& holding);

        std::vector<std::vector<std::uint32_t>> holders_;  // by id
        std::vector<std::vector<Holding>> held_;           // by account, sorted by id
    };

    Lists symbols_;
    Lists rates_;
};

}  // namespace margind
