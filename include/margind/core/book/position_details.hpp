#pragma once
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "margind/core/book/position_columns.hpp"
#include "margind/core/book/position_record.hpp"

namespace margind {

/// What the columns do not have of the positions' records, a slot for each. An ordinary position
/// (a number or a few letters for an id, amounts in whole minor units) takes 24 bytes; one that has
/// anything else is kept as it came.
class PositionDetails {
public:
    void reserve(std::size_t size);
    void resize(std::size_t size);
    /// Takes in what columns and kind cannot say of the record.
    void set(std::size_t slot, PositionRecord record, const PositionColumns& columns,
             const PositionKind& kind);
    /// The slot is no longer used.
    void clear(std::size_t slot);
    /// Writes the whole record; strings that are there already keep their room.
    void read(std::size_t slot, const PositionColumns& columns, const PositionKind& kind,
              PositionRecord& out) const;

private:
    std::vector<std::uint64_t> ids_;  // packed; all ones: the record is in `odd_`
    std::vector<std::int64_t> opened_ms_;
    std::vector<std::int32_t> swaps_;  // minor units of the account's currency
    std::vector<std::int32_t> commissions_;
    boost::unordered_flat_map<std::size_t, PositionRecord> odd_;  // by slot
};

}  // namespace margind
