#pragma once
#include <cstddef>
#include <string_view>
#include <vector>

#include "margind/core/book/position_columns.hpp"
#include "margind/core/valuation/valuation.hpp"

namespace margind {

/// Values the slots [first, first + count) into the first `count` places of `out`, which has room
/// for them. The same figures as position_pnl and position_margin, without a branch that depends on
/// a price or a direction, so that the compiler can take several positions at once: the widest way
/// that the processor has. Every way gives the same bits. Slots without a symbol or a rate give
/// figures without a meaning. Precondition: the market has at least one symbol and one rate.
void value_positions(const PositionColumns& columns, std::size_t first, std::size_t count,
                     const MarketView& market, PositionValues& out);

/// The ways there are on this processor, narrowest first, by name.
using ValuePositions = void (*)(const PositionColumns&, std::size_t, std::size_t, const MarketView&,
                                PositionValues&);
struct KernelWay {
    std::string_view name;
    ValuePositions value;
};
[[nodiscard]] std::vector<KernelWay> kernel_ways();

}  // namespace margind
