#pragma once
#include <cmath>
#include <compare>
#include <cstdint>
#include <limits>

namespace margind {

/// A double with a dimension: a price and a rate do not add up by mistake.
template <class Tag>
struct Real {
    double value = 0.0;

    friend constexpr auto operator<=>(Real, Real) = default;
    [[nodiscard]] bool is_finite() const { return std::isfinite(value); }
};

using Price = Real<struct PriceTag>;    // profit currency per unit of the instrument
using Rate = Real<struct RateTag>;      // account currency per one of another currency
using Units = Real<struct UnitsTag>;    // lots × contract size, signed: short < 0
using Amount = Real<struct AmountTag>;  // an amount of some currency, not yet money

inline constexpr double not_a_price = std::numeric_limits<double>::quiet_NaN();

/// Lots as an integer of 10⁻⁸ lot, so that offsetting volumes are exactly flat.
class Volume {
public:
    static constexpr std::int64_t per_lot = 100'000'000;

    constexpr Volume() = default;
    static constexpr Volume from_raw(std::int64_t raw) { return Volume{raw}; }
    [[nodiscard]] constexpr std::int64_t raw() const { return raw_; }
    /// Nearest double, in lots.
    [[nodiscard]] constexpr double lots() const {
        return static_cast<double>(raw_) / static_cast<double>(per_lot);
    }
    friend constexpr Volume operator+(Volume a, Volume b) { return Volume{a.raw_ + b.raw_}; }
    friend constexpr Volume operator-(Volume a, Volume b) { return Volume{a.raw_ - b.raw_}; }
    friend constexpr Volume operator-(Volume a) { return Volume{-a.raw_}; }
    friend constexpr auto operator<=>(Volume, Volume) = default;

private:
    constexpr explicit Volume(std::int64_t raw) : raw_{raw} {}
    std::int64_t raw_ = 0;
};

/// Limit of one position's raw volume. Sums are checked where they are made.
inline constexpr std::int64_t volume_raw_max = 10'000'000'000'000'000;  // 100 million lots

/// Units of `volume` at `contract_size`: signed, not rounded.
constexpr Units to_units(Volume volume, double contract_size) {
    return Units{volume.lots() * contract_size};
}

/// Profit of closing `units` opened at `open`, in profit currency, not rounded.
/// Long closes at bid, short at ask. Source: docs/formulas.md §1.
constexpr Amount profit(Price open, Price close, Units units) {
    return Amount{(close.value - open.value) * units.value};
}

}  // namespace margind
