#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "margind/core/base/dirty_set.hpp"
#include "margind/core/book/book.hpp"
#include "margind/core/book/holders.hpp"
#include "margind/core/market/conversion.hpp"
#include "margind/core/market/quotes.hpp"
#include "margind/core/rules/rules.hpp"
#include "margind/core/valuation/bulk_valuation.hpp"
#include "margind/core/valuation/general_account.hpp"
#include "margind/core/valuation/kind_market.hpp"
#include "margind/core/valuation/valuation.hpp"
#include "margind/core/watch/guard_rings.hpp"

namespace margind {

/// What an account above its levels may reach next.
enum class NextLevel : std::uint8_t { any, stop_out };

/// Who is to be looked at when a price moves, so that nobody reaches a level unseen. An account
/// that is watched stands in one ring of every symbol that its figures depend on: the widest where
/// it stays above its levels even if all of them are at their worst. Source, and why that is
/// enough: docs/no-missed-crossing.md. What it is made of outlives it. Single writer.
class AccountWatch {
public:
    /// `sweep_min`: fewer who have left a ring at once are looked at one by one.
    AccountWatch(const Book& book, const QuoteBoard& quotes, const RateTable& rates,
                 std::uint32_t sweep_min)
        : book_{book}, quotes_{quotes}, rates_{rates}, sweep_min_{sweep_min} {}

    void grow(std::uint32_t accounts, std::uint32_t symbols);

    /// True while the symbol's quote can have brought nobody to a level. Constant time.
    [[nodiscard]] bool holds(SymbolId symbol) const {
        return rings_.holds(symbol, quotes_.extent(symbol));
    }
    /// Who is to be looked at because of the symbol's quote, by id: whoever is looked at is placed
    /// again or removed. `all`: with those who have been told to be safe where they are. `calm`:
    /// accounts of which the kernel's sums say all. Valid until the next call.
    struct Left {
        std::span<const AccountId> accounts;
        std::uint32_t all = 0;
    };
    [[nodiscard]] Left left_by(SymbolId symbol, const BitSet& calm);

    /// Watches an account that is above its levels. `general`: null where the kernel values it.
    void place(AccountId account, const Holdings& holdings, const RuleSet& rules,
               const GeneralAccount* general, NextLevel next);
    /// Watches one of which no ring is to be relied on: looked at whenever a price comes.
    void place_at_point(AccountId account, const Holdings& holdings, NextLevel next);
    /// Watches one that cannot be valued until `symbol`, or another one that it waits for, has a
    /// price that may be used.
    void wait_for(AccountId account, SymbolId symbol, NextLevel next);
    [[nodiscard]] bool is_waiting(AccountId account) const {
        return places_[account.value].is_waiting;
    }
    /// The price of `symbol` has come, and others are still missing.
    void wait_no_more(AccountId account, SymbolId symbol) {
        rings_.leave(symbol, GuardRings::point, account.value);
    }
    /// `holdings`: those that it was placed with.
    void remove(AccountId account, const Holdings& holdings);
    void clear();

    /// The symbols that move an account: its own, and those that its conversions go through. Some
    /// may be there twice. Valid until the next call of anything.
    [[nodiscard]] std::span<const SymbolId> symbols_of(const Holdings& holdings);

    /// Nothing while it is not watched.
    [[nodiscard]] std::optional<NextLevel> next_level(AccountId account) const;
    [[nodiscard]] GuardRings::Ring ring(AccountId account) const {
        return places_[account.value].ring;
    }

private:
    static constexpr GuardRings::Ring nowhere = GuardRings::point + 1;
    struct Place {
        GuardRings::Ring ring : 5 = nowhere;
        NextLevel next : 2 = NextLevel::any;
        bool is_waiting : 1 = false;  // for prices that are missing
    };
    static_assert(sizeof(Place) == 1);

    [[nodiscard]] PriceInterval interval(SymbolId symbol, GuardRings::Ring ring);
    [[nodiscard]] Quote bounds(SymbolId symbol, GuardRings::Ring ring);
    template <class Position>
    [[nodiscard]] PositionPrices worst_prices(const Position& position, GuardRings::Ring ring);
    void drop_safe(const BitSet& calm);
    [[nodiscard]] bool is_safe(AccountId account, const AccountSums& worst) const;
    [[nodiscard]] Valuation worst(const AccountRow& row, const GeneralAccount* general,
                                  GuardRings::Ring ring);
    [[nodiscard]] static bool is_safe(const AccountRow& row, const Valuation& worst,
                                      const RuleSet& rules, NextLevel next);
    [[nodiscard]] GuardRings::Ring widest_ring(AccountId account, const RuleSet& rules,
                                               const GeneralAccount* general, NextLevel next);
    void enter(AccountId account, const Holdings& holdings, Place place);

    const Book& book_;
    const QuoteBoard& quotes_;
    const RateTable& rates_;
    std::uint32_t sweep_min_;
    GuardRings rings_;
    std::vector<Place> places_;      // by account
    std::vector<PositionRow> rows_;  // of the account that is being placed
    std::vector<SymbolId> symbols_;
    std::vector<std::uint32_t> left_;
    std::vector<std::uint32_t> unsafe_;
    std::vector<std::uint32_t> others_;
    std::vector<KindMarket> kinds_;  // by kind: the worst of the ring that is swept
    BulkValuation bulk_{book_};
    std::vector<AccountId> accounts_;
};

}  // namespace margind
