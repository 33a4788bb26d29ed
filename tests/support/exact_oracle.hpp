#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

#include "support/exact_market.hpp"

namespace margind::test::exact {

/// What one symbol costs an account, in minor units.
struct ExactSymbol {
    std::size_t instrument = 0;
    std::int64_t margin = 0;
};

/// An account's figures in minor units of its currency.
struct ExactFigures {
    bool is_known = true;  // false: a conversion has no path; there are no figures then
    bool fits = true;      // false: one amount has 2⁵³ minor units or more (docs/decisions/0002)
    std::int64_t equity = 0;
    std::int64_t pnl = 0;  // with swap and commission
    std::int64_t margin = 0;
    std::vector<std::int64_t> pnls;    // of each order, without swap and commission; 0 of a pending
    std::vector<ExactSymbol> symbols;  // ascending by instrument
    /// Of all that was rounded, and of what positions were and are worth in their profit currency:
    /// where the arithmetic of doubles is measured against it.
    double largest_amount = 0.0;
    /// In minor units: what P/L may be off by because a profit in another currency was so near to a
    /// half that doubles cannot tell on which side of it. Nearly always 0.
    std::int64_t undecided = 0;
};

/// Rounds amounts to the minor unit of a currency, and sees what does not fit.
class MinorUnits {
public:
    explicit MinorUnits(int digits) : digits_{digits} {}

    [[nodiscard]] std::int64_t of(const Ratio& amount);
    /// Looks how large an amount is that need not fit, for nobody rounds it.
    void weigh(const Ratio& amount);
    /// `minor` of them, exactly.
    [[nodiscard]] Ratio amount(std::int64_t minor) const {
        return {Wide{minor}, power_of_ten(digits_)};
    }
    [[nodiscard]] bool fits() const { return fits_; }
    [[nodiscard]] double largest() const { return largest_; }
    /// True where doubles cannot tell on which side of a half it is. `largest`: minor units, of
    /// what it was worked out from.
    [[nodiscard]] bool is_undecided(const Ratio& amount, double largest) const;
    void add(const MinorUnits& other);

private:
    int digits_;
    bool fits_ = true;
    double largest_ = 0.0;
};

/// The rule set `standard` as docs/formulas.md has it, in whole numbers: every amount is an exact
/// fraction until the one place where the document rounds it. Knows nothing of the engine but its
/// input types; slow and plain. Outlived by the market.
class ExactOracle {
public:
    explicit ExactOracle(const ExactMarket& market) : market_{market}, conversions_{market} {}

    [[nodiscard]] ExactFigures value(const ExactAccount& account) const;
    /// What it would cost to open all that is held. Precondition: value() has figures.
    [[nodiscard]] std::int64_t initial_margin(const ExactAccount& account) const;

private:
    [[nodiscard]] bool is_convertible(const ExactAccount& account) const;
    void value_pnl(const ExactAccount& account, MinorUnits& money, ExactFigures& out) const;

    const ExactMarket& market_;
    ExactConversions conversions_;
};

}  // namespace margind::test::exact
