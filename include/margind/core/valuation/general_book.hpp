#pragma once
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <optional>
#include <vector>

#include "margind/core/base/currency.hpp"
#include "margind/core/book/book.hpp"
#include "margind/core/market/conversion.hpp"
#include "margind/core/market/order_prices.hpp"
#include "margind/core/rules/instruments.hpp"
#include "margind/core/valuation/general_account.hpp"

namespace margind {

/// The accounts that the kernel cannot compute, as the general valuation reads them: those with
/// pending orders, tiers, perpetuals, isolated positions, or any option of the rules that looks
/// beyond a position's own row. What it is made of outlives it. Single writer.
class GeneralBook {
public:
    GeneralBook(Book& book, const Instruments& instruments, const OrderPrices& prices,
                Currencies& currencies, RateTable& rates, const Symbols& symbols)
        : book_{book},
          instruments_{instruments},
          prices_{prices},
          currencies_{currencies},
          rates_{rates},
          symbols_{symbols} {}

    /// Replaces an account's pending orders, which are sorted by symbol and id; their symbols are
    /// known.
    void set_pending(AccountId account, std::vector<OrderImage> orders);
    [[nodiscard]] const std::vector<OrderImage>& pending(AccountId account) const;

    /// Prepares the account again after its rows, its rules or a specification have changed. What
    /// is wrong with a pending order becomes a cause of its row. `rules` outlives it.
    void install(AccountId account, const RuleSet& rules);
    /// The account is not valued until it is prepared again: specifications may change meanwhile.
    void forget(AccountId account);
    /// The account, or null where the kernel computes it.
    [[nodiscard]] const GeneralAccount* find(AccountId account) const;
    /// Any account as the general valuation sees it: for questions that the kernel cannot answer.
    /// Nothing where a specification is in doubt.
    [[nodiscard]] std::optional<GeneralAccount> view(AccountId account, const RuleSet& rules) const;
    /// The same without what cannot be valued whatever the market: its positions in order, some
    /// missing. `rules` outlives it.
    [[nodiscard]] GeneralAccount known_part(AccountId account, const RuleSet& rules) const;
    /// Adds what an account depends on beside its rows.
    void add_holdings(AccountId account, std::vector<std::uint32_t>& symbols,
                      std::vector<std::uint32_t>& rates) const;

private:
    [[nodiscard]] const Instrument* instrument_of(AccountId account, SymbolId symbol) const;
    [[nodiscard]] bool fits(const PositionRow& row, const Instrument& instrument) const;
    [[nodiscard]] bool is_needed(AccountId account, const RuleSet& rules) const;
    Exposure make_exposure(AccountId account, const Instrument& instrument, SymbolId symbol);
    std::vector<Exposure> position_exposures(AccountId account, std::vector<Exposure>& isolated);
    std::vector<Exposure> pending_exposures(AccountId account);

    Book& book_;
    const Instruments& instruments_;
    const OrderPrices& prices_;
    Currencies& currencies_;
    RateTable& rates_;
    const Symbols& symbols_;
    boost::unordered_flat_map<std::uint32_t, GeneralAccount> accounts_;          // by account
    boost::unordered_flat_map<std::uint32_t, std::vector<OrderImage>> pending_;  // likewise, if any
};

}  // namespace margind
