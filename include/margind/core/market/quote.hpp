#pragma once
#include "margind/core/base/units.hpp"

namespace margind {

/// Both sides of a symbol. NaN where a side may not be used.
struct Quote {
    double bid = not_a_price;
    double ask = not_a_price;

    /// The side that closes a position, and the one that opens it.
    [[nodiscard]] double closing(bool is_short) const { return is_short ? ask : bid; }
    [[nodiscard]] double opening(bool is_short) const { return is_short ? bid : ask; }
};

/// Prices beside bid and ask, where a feed has them; NaN where not.
struct Marks {
    double mid = not_a_price;
    double mark = not_a_price;
    double last = not_a_price;
};

}  // namespace margind
