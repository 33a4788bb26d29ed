#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "margind/core/base/ids.hpp"
#include "margind/core/base/money.hpp"
#include "margind/core/book/account.hpp"
#include "margind/core/book/position_columns.hpp"

namespace margind {

/// The rest of a position: what explanations, the rule set `platform` and a rebuild need.
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

/// What valuation reads of one account.
struct AccountRow {
    Money cash;   // balance + credit (where it counts) + carry − Σ isolated margins
    Money carry;  // Σ swap − Σ commission, without isolated positions
    Money balance;
    std::uint32_t first = 0;
    std::uint32_t count = 0;
    Level margin_call;
    Level stop_out;
    Causes causes;  // what is known to be wrong whatever the prices: never valued
    Digits digits;
    TypeIndex type = 0;
    bool is_one_sided = true;  // no symbol is held both long and short: margins just add up
};

/// The rest of an account.
struct AccountRecord {
    AccountKey key;
    CurrencyId currency;
    GroupId group;
    Money credit;
    double balance_real = not_a_price;  // as in the store, for `platform`
    double leverage = 0.0;
    MarginMode margin_mode = MarginMode::hedging;
    bool has_image = false;
    StoredMargin stored;
    std::uint64_t version = 0;
};

/// Accounts and their positions, as columns. Single writer; spans are valid until the next
/// `replace`.
class Book {
public:
    AccountId add(AccountRecord record, TypeIndex type);
    /// Replaces all positions of an account, whose digits are set. Rows and records run in
    /// parallel.
    void replace(AccountId account, std::span<const PositionRow> rows,
                 std::span<PositionRecord> records);

    [[nodiscard]] std::uint32_t account_count() const {
        return static_cast<std::uint32_t>(rows_.size());
    }
    [[nodiscard]] std::uint64_t position_count() const { return live_positions_; }
    [[nodiscard]] AccountRow& row(AccountId account) { return rows_[account.value]; }
    [[nodiscard]] const AccountRow& row(AccountId account) const { return rows_[account.value]; }
    [[nodiscard]] AccountRecord& record(AccountId account) { return records_[account.value]; }
    [[nodiscard]] const AccountRecord& record(AccountId account) const {
        return records_[account.value];
    }
    [[nodiscard]] std::span<const AccountRow> rows() const { return rows_; }
    /// Every account's positions from AccountRow::first on, with holes in between.
    [[nodiscard]] const PositionColumns& positions() const { return positions_; }
    [[nodiscard]] PositionSlice positions(AccountId account) const {
        const AccountRow& row = rows_[account.value];
        return {positions_, row.first, row.count};
    }
    [[nodiscard]] std::span<const PositionRecord> position_records(AccountId account) const {
        const AccountRow& row = rows_[account.value];
        return std::span{position_records_}.subspan(row.first, row.count);
    }

private:
    void compact();

    std::vector<AccountRow> rows_;
    std::vector<AccountRecord> records_;
    std::vector<std::uint32_t> capacity_;  // rows reserved for each account
    PositionColumns positions_;
    std::vector<PositionRecord> position_records_;
    std::uint64_t live_positions_ = 0;
    std::uint64_t reserved_positions_ = 0;  // inside some account's capacity
};

}  // namespace margind
