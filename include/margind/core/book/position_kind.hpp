#pragma once
#include <cstddef>

#include "margind/core/base/ids.hpp"
#include "margind/core/base/money.hpp"
#include "margind/core/base/shared_values.hpp"

namespace margind {

/// Everything valuation needs to know of a position but its amounts: what many positions share.
struct PositionKind {
    SymbolId symbol;
    RateId pnl_rate;     // profit currency → account currency
    RateId margin_rate;  // margin currency → account currency
    Digits profit_digits;
    Digits account_digits;
    bool is_short = false;
    bool margin_uses_price = false;
    bool rounds_apart = false;   // forex: opening and closing value are rounded each by itself
    double contract_size = 0.0;  // 0 = not known: such a position is never valued

    friend bool operator==(const PositionKind&, const PositionKind&) = default;
    friend std::size_t hash_value(const PositionKind& kind);
};

using PositionKinds = SharedValues<PositionKind>;

}  // namespace margind
