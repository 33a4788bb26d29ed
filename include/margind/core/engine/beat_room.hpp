#pragma once
#include <vector>

#include "margind/core/base/ids.hpp"
#include "margind/core/book/holders.hpp"
#include "margind/core/book/position_columns.hpp"
#include "margind/core/book/position_record.hpp"
#include "margind/core/valuation/kind_market.hpp"
#include "margind/core/valuation/valuation.hpp"

namespace margind {

/// Room for the work of a beat, kept from one to the next.
struct BeatRoom {
    Holdings holdings;                    // of the one account that is looked at
    std::vector<PositionRow> rows;        // of the one account that is valued by itself
    std::vector<Valuation> isolated;      // what its isolated positions are worth
    std::vector<PositionRecord> records;  // of an account of the rule set `platform`
    std::vector<KindMarket> kinds;        // what the market says of each kind of position
};

}  // namespace margind
