#pragma once
#include <array>
#include <cstdint>
#include <limits>
#include <memory>
#include <vector>

#include "margind/core/base/ids.hpp"
#include "margind/core/base/sparse_set.hpp"
#include "margind/core/market/quote.hpp"

namespace margind {

/// Prices from `low` to `high`; both sides of a quote are in it, or have left it.
struct PriceInterval {
    double low = std::numeric_limits<double>::infinity();
    double high = -std::numeric_limits<double>::infinity();

    [[nodiscard]] bool holds(const Quote& quote) const {
        // False for NaN as well.
        return quote.bid >= low && quote.bid <= high && quote.ask >= low && quote.ask <= high;
    }
};

/// Around the price of each symbol intervals of different reach, the rings, and the accounts that
/// rely on them. Who relies on a ring has nothing to fear while the price stays in it; when the
/// price leaves it, all who do are to be looked at. A ring that somebody relies on stays where it
/// is until then: prices may wander inside.
class GuardRings {
public:
    using Ring = std::uint8_t;
    static constexpr Ring rings = 24;     // 0 is the widest, each next one narrower by √2
    static constexpr Ring point = rings;  // holds no other price than the one there is

    void grow(std::uint32_t symbols);

    /// True while nobody relies on anything that this quote leaves.
    [[nodiscard]] bool holds(SymbolId symbol, const Quote& quote) const {
        return tight_[symbol.value].holds(quote);
    }
    /// The ring around `quote`, the symbol's own. Where nobody relies on it, it is drawn anew.
    [[nodiscard]] PriceInterval interval(SymbolId symbol, Ring ring, const Quote& quote);

    void enter(SymbolId symbol, Ring ring, std::uint32_t account);
    void leave(SymbolId symbol, Ring ring, std::uint32_t account);

    /// Adds everybody who relies on what `quote` has left, and draws those rings anew. `ticks`: how
    /// many the symbol has had; a symbol whose widest ring is left too often gets a wider one.
    void collect(SymbolId symbol, const Quote& quote, std::uint64_t ticks,
                 std::vector<std::uint32_t>& accounts);
    /// Nobody relies on anything any more.
    void clear();

    /// How far the widest ring reaches, as a share of the price.
    [[nodiscard]] double reach(SymbolId symbol) const;
    [[nodiscard]] const SparseSet& members(SymbolId symbol, Ring ring) const;

private:
    struct Circle {
        PriceInterval interval;
        SparseSet members;
    };
    /// All rings of one symbol.
    struct Circles {
        double reach = 0.005;
        std::uint64_t drawn_at = 0;  // the widest: after so many ticks
        std::array<Circle, rings + 1> rings;
    };
    Circles& circles_of(SymbolId symbol);
    void tighten(SymbolId symbol);

    std::vector<PriceInterval> tight_;  // by symbol: what all rings that have members share
    std::vector<std::unique_ptr<Circles>> circles_;  // by symbol; none before somebody enters
};

}  // namespace margind
