#pragma once
#include <cstdint>
#include <span>
#include <string_view>

#include "margind/core/book/book.hpp"
#include "margind/core/market/quotes.hpp"

namespace margind {

/// Reasons for `degraded`, in the order of the snapshot's `degraded_fields`.
enum class Degraded : std::uint8_t {
    orders_skipped = 1u << 0,
    missing_group_data = 1u << 1,
    missing_prices = 1u << 2,
    missing_conversion = 1u << 3,
};

enum class PlatformError : std::uint8_t { none, missing_balance, missing_contract_size };

/// The figures of the rule set `platform`: IEEE doubles, sums not rounded. Source: docs/formulas.md
/// §7.
struct PlatformFigures {
    double equity = 0.0;
    double balance = 0.0;
    double used_margin_executed = 0.0;
    double used_margin_all = 0.0;
    double open_pnl = 0.0;
    double level = 0.0;         // percent, 0 when nothing is used
    std::uint8_t degraded = 0;  // bits of Degraded
    PlatformError error = PlatformError::none;
    std::uint32_t orders_skipped = 0;

    [[nodiscard]] double free_margin() const { return equity - used_margin_executed; }
};

/// A group's specification for one order, as the platform reads it.
struct PlatformInstrument {
    const InstrumentSpec* own = nullptr;       // the account's group; null where it has no hash
    const InstrumentSpec* fallback = nullptr;  // the group `Standard`
    SymbolId direct;                           // profit currency + "USD"
    SymbolId inverse;                          // "USD" + profit currency
    bool is_usd = false;                       // the profit currency is USD or USDT
};

/// Values one account. `instruments` runs in parallel with `positions`.
/// `now_ms` is the wall clock, for the age of the stored margin.
[[nodiscard]] PlatformFigures value_platform_account(
    const AccountRecord& account, std::span<const PositionRecord> positions,
    std::span<const PlatformInstrument> instruments, const QuoteBoard& quotes, const RuleSet& rules,
    std::int64_t now_ms);

/// What is in doubt about the figures: the causes of their error or their degradation, or an
/// overflow.
[[nodiscard]] Causes doubts_of(const PlatformFigures& figures);

/// `value` rounded to two decimals as `%.2f` prints it: the exact binary value, correctly rounded.
[[nodiscard]] double round_cents(double value);

}  // namespace margind
