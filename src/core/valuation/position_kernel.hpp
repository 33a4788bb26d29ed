#pragma once
#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "margind/core/book/position_columns.hpp"
#include "margind/core/valuation/kind_market.hpp"
#include "margind/core/valuation/position_values.hpp"

namespace margind {

/// Values the slots [first, first + count) into the first `count` places of `out`, which has room
/// for them. The same figures as position_pnl and position_margin, without a branch that depends on
/// a price or a direction, several positions at once: the widest way that the processor has. Every
/// way gives the same bits. Slots whose kind is in doubt give figures without a meaning.
/// Precondition: `market` has every kind that the slots name.
void value_positions(const PositionColumns& columns, std::size_t first, std::size_t count,
                     std::span<const KindMarket> market, PositionValues& out);

/// The ways there are on this processor, narrowest first, by name.
using ValuePositions = void (*)(const PositionColumns&, std::size_t, std::size_t,
                                std::span<const KindMarket>, PositionValues&);
struct KernelWay {
    std::string_view name;
    ValuePositions value;
};
[[nodiscard]] std::vector<KernelWay> kernel_ways();

}  // namespace margind
