#pragma once
#include <array>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "margind/core/base/money.hpp"
#include "margind/core/base/verdict.hpp"
#include "margind/core/market/quotes.hpp"
#include "margind/core/rules/rules.hpp"

namespace margind {

/// When an account that has come to a level is judged: as soon as a price has brought it there, or
/// at the next beat, by what it is then.
enum class StopOutTrigger : std::uint8_t { touch, beat };

/// What an engine is made of. Everything has a default but the rules' own choice.
struct EngineOptions {
    RuleSet rules;
    std::vector<std::string> types{"live", "demo"};  // in order of precedence
    std::string currency = "USD";                    // of accounts that do not say
    std::vector<std::string> suffixes;               // of conversion pairs, such as ".m"
    std::vector<std::string> pivots{"USD", "EUR"};   // for one-hop conversions, in order
    std::vector<std::pair<std::string, Digits>> currency_digits;
    std::vector<std::string> negative_prices;  // symbols that may trade at or below zero
    QuoteLimits quotes;
    std::int64_t image_overdue_ms = 1'000;  // a re-read that takes longer makes the account UNKNOWN
    bool has_group_rules = false;  // groups may change the rules: their options are read first
    std::uint32_t accounts_max = 4'000'000;
    std::uint32_t symbols_max = 100'000;
    std::uint32_t events_pending_max = 100'000;  // beyond: states wait, nothing is dropped
    bool is_armed = false;
    StopOutTrigger trigger = StopOutTrigger::beat;
    std::int64_t persist_ms = 0;        // how long an account is at its stop-out before that counts
    bool watches_between_beats = true;  // false: what comes and goes between two is not seen
    std::uint32_t sweep_min = 256;      // so many whom one price may concern are valued in bulk
    std::uint32_t shard_index = 0;  // this engine keeps the accounts whose hash falls on its index
    std::uint32_t shard_count = 1;

    /// The guard of a symbol whose specification says nothing of it.
    [[nodiscard]] GuardSettings guard_of(std::string_view symbol) const;
};

/// The shard that keeps an account ("live:1001").
[[nodiscard]] std::uint32_t shard_of(std::string_view account, std::uint32_t shard_count);

/// What an operator has decided (hash `margind:control`).
struct Control {
    std::optional<bool> armed;  // absent: as configured
    bool killed = false;
    std::vector<std::string> frozen;
    std::string version;
    bool is_readable = true;  // false: what is frozen stays so
};

enum class Written : std::uint8_t { yes, no };

/// What one beat did.
struct BeatStats {
    std::uint32_t symbols_dirty = 0;
    std::uint32_t recomputed = 0;
    std::uint32_t unknown = 0;  // of the recomputed
    std::uint32_t deferred =
        0;  // still dirty: their image is on its way, or their event has no room
    std::uint32_t events = 0;
};

/// How many accounts stand where now, each counted once.
struct StateCounts {
    std::array<std::uint64_t, 4> by_state{};  // by AccountState, of those that are not UNKNOWN
    std::uint64_t unknown = 0;                // those never valued among them
    std::array<std::uint64_t, std::size(cause_names)> unknown_by_cause{};  // some in several
};

/// Counters since the start. Plain numbers, one writer.
struct EngineStats {
    std::uint64_t ticks = 0;
    std::array<std::uint64_t, tick_fate_count> tick_fates{};  // by TickFate
    std::uint64_t beats = 0;
    std::uint64_t recomputed = 0;
    std::uint64_t degraded = 0;
    std::uint64_t errors = 0;
    std::uint64_t orders_skipped = 0;
    std::uint64_t images = 0;
    std::uint64_t images_refused = 0;    // older than what we have, or over the limits
    std::uint64_t accounts_refused = 0;  // times one beyond accounts_max was to be taken in
    std::uint64_t margin_calls = 0;
    std::uint64_t stop_outs = 0;  // would_stop_out included
    std::uint64_t recoveries = 0;
    std::uint64_t unknown_in_breach = 0;
    std::uint64_t deficits = 0;
    std::uint64_t daily_losses = 0;  // prop-firm limits that were reached
    std::uint64_t drawdowns = 0;
    std::uint64_t gaps = 0;
    std::uint64_t looks = 0;    // accounts looked at because of a price
    std::uint64_t touches = 0;  // … that were found to have come to a level
};

}  // namespace margind
