#pragma once
#include <cstddef>
#include <vector>

namespace margind {

/// P/L and margin of adjacent positions in minor units of their accounts' currencies: integers held
/// by doubles. `magnitude` is the sum of the magnitudes of all integers on the way; while that of
/// an account's positions adds up to less than exact_limit, so does every partial sum, and nothing
/// was rounded but what the rules round. NaN and infinity end up in it too.
struct PositionValues {
    static constexpr double exact_limit = 4503599627370496.0;  // 2⁵²: below, there are halves

    std::vector<double> pnl;
    std::vector<double> margin;
    std::vector<double> magnitude;

    void resize(std::size_t size) {
        for (auto* column : {&pnl, &margin, &magnitude}) column->resize(size);
    }
};

}  // namespace margind
