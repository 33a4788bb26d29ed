#include "margind/core/book/book.hpp"

#include <algorithm>

#include "margind/core/base/assert.hpp"

namespace margind {
namespace {

bool is_one_sided(std::span<const PositionRow> rows) {
    for (std::size_t i = 1; i < rows.size(); ++i) {
        const bool is_same_symbol = rows[i].symbol == rows[i - 1].symbol;
        if (is_same_symbol && rows[i].is_short != rows[i - 1].is_short) return false;
    }
    return true;
}

}  // namespace

AccountId Book::add(AccountRecord record, TypeIndex type) {
    const AccountId id{static_cast<std::uint32_t>(rows_.size())};
    rows_.push_back({.type = type});
    records_.push_back(std::move(record));
    capacity_.push_back(0);
    return id;
}

void Book::replace(AccountId account, std::span<const PositionRow> rows,
                   std::span<PositionRecord> records) {
    MARGIND_ASSERT(rows.size() == records.size());
    AccountRow& row = rows_[account.value];
    std::uint32_t& capacity = capacity_[account.value];
    const auto count = static_cast<std::uint32_t>(rows.size());
    if (count > capacity) {
        // A new place at the end; the old one becomes a hole until the next compaction.
        reserved_positions_ += count - capacity;
        capacity = count;
        row.first = static_cast<std::uint32_t>(positions_.size());
        positions_.resize(positions_.size() + count);
        position_records_.resize(positions_.size());
    }
    live_positions_ += count;
    live_positions_ -= row.count;
    row.count = count;
    for (std::uint32_t i = 0; i < count; ++i) positions_.set(row.first + i, rows[i], row.digits);
    row.is_one_sided = is_one_sided(rows);
    std::ranges::move(records, position_records_.begin() + row.first);
    constexpr std::size_t holes_worth_moving = 1024;
    if (positions_.size() > 2 * reserved_positions_ + holes_worth_moving) compact();
}

/// Lays the positions of all accounts side by side again, in the order of the accounts.
void Book::compact() {
    PositionColumns positions;
    positions.resize(live_positions_);
    std::vector<PositionRecord> records;
    records.reserve(live_positions_);
    for (std::size_t account = 0; account < rows_.size(); ++account) {
        AccountRow& row = rows_[account];
        const auto first = static_cast<std::uint32_t>(records.size());
        for (std::uint32_t i = 0; i < row.count; ++i) {
            positions.set(first + i, positions_.row(row.first + i), row.digits);
            records.push_back(std::move(position_records_[row.first + i]));
        }
        row.first = first;
        capacity_[account] = row.count;
    }
    reserved_positions_ = positions.size();
    positions_ = std::move(positions);
    position_records_ = std::move(records);
}

}  // namespace margind
