#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace margind {

enum class RuleSetKind : std::uint8_t { standard, platform };
enum class MarginMode : std::uint8_t { hedging, netting };
enum class LevelCompare : std::uint8_t { less_equal, less };

/// A level in basis points: 50 % is 5,000.
struct LevelBp {
    std::int64_t value = 0;
    friend constexpr auto operator<=>(LevelBp, LevelBp) = default;
};

/// The rules as data. Defaults are those of the rule set `standard`; `platform_rules()` gives the
/// other one. Every event names the rule set's hash.
struct RuleSet {
    RuleSetKind kind = RuleSetKind::standard;
    std::uint32_t version = 1;
    MarginMode margin_mode = MarginMode::hedging;  // where the account does not say
    LevelBp margin_call{10'000};
    LevelBp stop_out{5'000};
    LevelCompare level_compare = LevelCompare::less_equal;
    bool credit_in_equity = true;
    bool fully_hedged_stop_out = false;  // margin 0, negative equity, open positions
    LevelBp leave_gap{0};                // how far above a level before it is left
    std::int64_t dwell_ms = 0;           // … and for how long
    std::int64_t cooldown_ms = 1'000;    // between two stop-outs of one account
    std::int64_t stored_margin_max_age_ms =
        60'000;  // `platform`: older stored margin is recomputed
};

[[nodiscard]] RuleSet standard_rules();
[[nodiscard]] RuleSet platform_rules();
[[nodiscard]] std::string_view to_string(RuleSetKind kind);

/// 16 hex digits over every field: two rule sets with one hash compute the same.
[[nodiscard]] std::string rules_hash(const RuleSet& rules);

}  // namespace margind
