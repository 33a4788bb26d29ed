#pragma once
#include <array>
#include <compare>
#include <cstdint>

#include "margind/core/base/units.hpp"

namespace margind {

/// Decimal digits of a currency's minor unit: 2 for USD (cents), 0 for JPY.
struct Digits {
    std::uint8_t value = 2;
    friend constexpr auto operator<=>(Digits, Digits) = default;
};

inline constexpr std::uint8_t digits_max = 8;
inline constexpr std::array<double, digits_max + 1> powers_of_ten{1e0, 1e1, 1e2, 1e3, 1e4,
                                                                  1e5, 1e6, 1e7, 1e8};

/// Minor units per unit of a currency with these digits.
constexpr double scale(Digits digits) { return powers_of_ten[digits.value]; }

/// An integer of minor units of one currency (which one, its owner knows). Sums are exact and
/// order-free.
class Money {
public:
    constexpr Money() = default;
    static constexpr Money from_minor(std::int64_t minor) { return Money{minor}; }
    [[nodiscard]] constexpr std::int64_t minor() const { return minor_; }
    /// Nearest double, in whole units of the currency. For display and for conversion only.
    [[nodiscard]] constexpr double to_double(Digits digits) const {
        return static_cast<double>(minor_) / scale(digits);
    }
    friend constexpr Money operator+(Money a, Money b) { return Money{a.minor_ + b.minor_}; }
    friend constexpr Money operator-(Money a, Money b) { return Money{a.minor_ - b.minor_}; }
    friend constexpr auto operator<=>(Money, Money) = default;

private:
    constexpr explicit Money(std::int64_t minor) : minor_{minor} {}
    std::int64_t minor_ = 0;
};

/// Largest magnitude one amount may have in minor units before it is an overflow: 2⁵³, below which
/// a double holds every integer. Sums may go on to the limits of int64 (decision 0002).
inline constexpr double minor_limit = 9007199254740992.0;

/// Nearest integer, halves away from zero. Precondition: |x| < minor_limit.
/// The addend is the largest double below one half: adding a full half would round
/// 0.49999999999999994 up.
constexpr std::int64_t round_half_away(double x) {
    constexpr double below_half = 0.49999999999999994;
    return static_cast<std::int64_t>(x + __builtin_copysign(below_half, x));
}

static_assert(round_half_away(0.5) == 1 && round_half_away(-0.5) == -1);
static_assert(round_half_away(2.5) == 3 && round_half_away(0.49999999999999994) == 0);
static_assert(round_half_away(4503599627370497.0) == 4503599627370497);
static_assert(round_half_away(-9007199254740991.0) == -9007199254740991);

/// A rounded amount, or the news that it does not fit (too large, or not a number).
struct Rounded {
    Money money;
    bool fits = false;
};

/// How far an amount can be from what exact arithmetic makes of the decimals that it comes from, as
/// a share of the largest number on the way: sixteen roundings of doubles at most.
inline constexpr double arithmetic_error = 0x1p-49;

/// The same in minor units, where `largest` was the largest number on the way; bounded, so that
/// whole numbers stay what they are.
constexpr double error_of(double largest) {
    constexpr double most = 0.125;
    const double error = (largest < 0.0 ? -largest : largest) * arithmetic_error;
    return error < most ? error : most;
}

/// The only rounding in the rule set `standard`: `minor_units` of a currency to its integer, halves
/// away from zero. What is so near to a half that only the arithmetic can have missed it is one:
/// 1.005 × 100 is 100.5, though doubles make 100.49999999999999 of it. `largest`: of the numbers
/// that the amount is a difference of, in minor units.
constexpr Rounded round_to_minor(double minor_units, double largest) {
    // The negated comparison is false for NaN as well.
    if (!(minor_units < minor_limit && minor_units > -minor_limit)) return {};
    const double error = __builtin_copysign(error_of(largest), minor_units);
    return {Money::from_minor(round_half_away(minor_units + error)), true};
}
constexpr Rounded round_to_minor(double minor_units) {
    return round_to_minor(minor_units, minor_units);
}
static_assert(round_to_minor(1.005 * 100.0).money == Money::from_minor(101));
static_assert(round_to_minor(100.4999).money == Money::from_minor(100));
static_assert(round_to_minor(4503599627370497.0).money == Money::from_minor(4503599627370497));
static_assert(round_to_minor(-1125899906842625.0).money == Money::from_minor(-1125899906842625));

/// An amount of another currency as money of the account's currency.
constexpr Rounded to_money(Amount amount, Rate rate, Digits digits) {
    return round_to_minor(amount.value * rate.value * scale(digits));
}

}  // namespace margind
