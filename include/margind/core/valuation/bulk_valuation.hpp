#pragma once
#include <cstddef>
#include <span>
#include <vector>

#include "margind/core/book/book.hpp"
#include "margind/core/valuation/kind_market.hpp"
#include "margind/core/valuation/position_values.hpp"

namespace margind {

/// What an account's positions come to, in minor units: integers held by doubles.
struct AccountSums {
    double pnl = 0.0;
    double margin = 0.0;
    bool is_exact = false;  // false: in doubt, or too large for that
};

/// Values many accounts that the kernel can value, those whose positions are adjacent in one go.
/// The book outlives it.
class BulkValuation {
public:
    explicit BulkValuation(const Book& book) : book_{book} { values_.resize(slots_max); }

    /// Adds one more account, in the order of ids, and may call `visit(account, sums)` for some of
    /// those before. `market`: what it says of each kind, the same until `finish`.
    template <class Visit>
    void add(AccountId account, std::span<const KindMarket> market, Visit visit) {
        const AccountLine& line = book_.line(account);
        if (line.count > slots_max) return visit(account, AccountSums{});
        if (!joins(line)) {
            finish(market, visit);
            first_ = line.first;
        }
        end_ = line.first + line.count;
        run_.push_back(account);
    }
    /// Calls `visit` for all that are left.
    template <class Visit>
    void finish(std::span<const KindMarket> market, Visit visit) {
        if (run_.empty()) return;
        value_run(market);
        for (const AccountId account : run_) visit(account, sums(account));
        run_.clear();
    }

private:
    static constexpr std::size_t slots_max = 256;  // valued in one go: they stay in the L1 cache
    static constexpr std::size_t gap_max = 16;     // foreign ones worth valuing to go on unbroken

    [[nodiscard]] bool joins(const AccountLine& line) const {
        return !run_.empty() && line.first >= end_ && line.first - end_ <= gap_max &&
               line.first + line.count - first_ <= slots_max;
    }
    void value_run(std::span<const KindMarket> market);
    [[nodiscard]] AccountSums sums(AccountId account) const;

    const Book& book_;
    PositionValues values_;  // of the slots from first_ to end_
    std::vector<AccountId> run_;
    std::size_t first_ = 0;
    std::size_t end_ = 0;
};

}  // namespace margind
