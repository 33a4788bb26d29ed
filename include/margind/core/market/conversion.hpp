#pragma once
#include <array>
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "margind/core/base/currency.hpp"
#include "margind/core/market/quotes.hpp"

namespace margind {

/// Both sides of a conversion: account currency paid for one unit. `bid` is what the client gets,
/// `ask` what the client pays. NaN where no usable path exists.
struct RatePair {
    double bid = not_a_price;
    double ask = not_a_price;

    /// What the client gets for a credit, pays for a debit.
    [[nodiscard]] double of(bool is_credit) const { return is_credit ? bid : ask; }
};

/// One stage of a conversion path.
struct RateStep {
    SymbolId symbol;
    bool is_inverse = false;  // divide by the other side

    friend bool operator==(const RateStep&, const RateStep&) = default;
};

/// How one currency becomes another: nothing to do, one pair, or two by a pivot currency.
struct RatePath {
    CurrencyId from;
    CurrencyId to;
    std::array<RateStep, 2> steps{};
    std::uint8_t step_count = 0;
    bool is_resolved = false;
};

/// A symbol's quote, by whoever knows it.
using QuoteOf = std::function<Quote(SymbolId)>;

/// All conversions some account needs, kept current from the quotes.
/// A path is the direct pair, else the inverse pair, else one hop by the first pivot that has both
/// stages; only symbols of which any price has come count. Source: docs/formulas.md §4.
class RateTable {
public:
    RateTable(std::vector<CurrencyId> pivots, const Currencies& currencies, Symbols& symbols)
        : pivots_{std::move(pivots)}, currencies_{currencies}, symbols_{symbols} {}

    /// Call both before the first intern. Pairs may also be named with one of these suffixes, tried
    /// in order after the bare name.
    void set_suffixes(std::vector<std::string> suffixes) { suffixes_ = std::move(suffixes); }
    void set_pivots(std::vector<CurrencyId> pivots) { pivots_ = std::move(pivots); }

    /// The conversion's id; made, unresolved, at first sight, with every candidate symbol interned.
    RateId intern(CurrencyId from, CurrencyId to);
    /// Chooses all paths again. Call when a symbol's first price has come, or after intern.
    void resolve(const QuoteBoard& quotes);
    /// The conversions that `resolve` would take another way.
    [[nodiscard]] std::vector<RateId> outdated(const QuoteBoard& quotes) const;
    /// Recomputes all rates from the quotes.
    void refresh(std::span<const Quote> quotes);
    /// … those that go through `symbol`.
    void refresh(std::span<const Quote> quotes, SymbolId symbol);

    [[nodiscard]] std::span<const RatePair> rates() const { return rates_; }
    /// The middle of a conversion: the product of its stages' middles. NaN where none is usable.
    [[nodiscard]] double mid(RateId id) const { return mids_[id.value]; }
    [[nodiscard]] const RatePath& path(RateId id) const { return paths_[id.value]; }
    [[nodiscard]] std::uint32_t size() const { return static_cast<std::uint32_t>(paths_.size()); }
    /// Both sides, and the middle, of a conversion at other quotes than those of the last refresh.
    [[nodiscard]] RatePair rate_at(RateId id, const QuoteOf& quote) const;
    [[nodiscard]] double mid_at(RateId id, const QuoteOf& quote) const;
    /// The conversions whose chosen path goes through `symbol`.
    [[nodiscard]] std::span<const RateId> users(SymbolId symbol) const;

private:
    bool stage(CurrencyId from, CurrencyId to, const QuoteBoard& quotes, RateStep& step) const;
    void choose(RatePath& path, const QuoteBoard& quotes) const;
    void refresh_one(RateId id, const QuoteOf& quote);
    void intern_candidates(CurrencyId from, CurrencyId to);

    [[nodiscard]] SymbolId pair_that_came(const std::string& pair, const QuoteBoard& quotes) const;

    std::vector<CurrencyId> pivots_;
    std::vector<std::string> suffixes_;
    const Currencies& currencies_;
    Symbols& symbols_;
    std::vector<RatePath> paths_;
    std::vector<RatePair> rates_;
    std::vector<double> mids_;
    std::vector<std::vector<RateId>> users_;  // by symbol
    boost::unordered_flat_map<std::uint64_t, RateId> ids_;
};

}  // namespace margind
