#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "margind/core/base/ids.hpp"
#include "margind/core/base/money.hpp"
#include "margind/core/base/units.hpp"
#include "margind/core/book/account.hpp"

namespace margind {

/// A position as the store has it: what explanations, the rule set `platform` and a rebuild need.
struct PositionRecord {
    std::string id;
    SymbolId symbol;
    Side side = Side::other;
    bool is_dangling = false;
    double open_price = not_a_price;  // NaN where missing, as below
    double quantity = not_a_price;
    double swap = 0.0;
    double commission = 0.0;
    double margin = not_a_price;
    Volume volume;
    std::optional<Money> given_pnl;
    std::int64_t opened_ms = 0;
    bool is_isolated = false;
    std::optional<Money> isolated_margin;  // what has been put in for it; nothing where missing
};

}  // namespace margind
