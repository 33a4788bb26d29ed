#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "margind/core/base/level.hpp"
#include "margind/core/prop/prop_settings.hpp"

namespace margind {

enum class RuleSetKind : std::uint8_t { standard, platform };
enum class MarginMode : std::uint8_t { hedging, netting };
/// What margin-call and stop-out levels are measured in.
enum class LevelUnit : std::uint8_t {
    percent,  // of the margin: equity / margin
    money,    // equity, in the account's currency
};

/// How the long and the short positions of one symbol share their margin in a hedging account.
enum class HedgedMargin : std::uint8_t {
    larger_leg,  // the larger of the two sides, orders included
    basic,       // what is uncovered at the larger side's terms, what is covered by `hedged_margin`
};
/// The price that positions are valued at.
enum class ValuationPrice : std::uint8_t { closing_side, mid, mark, last };
/// How a P/L is brought into the account's currency.
enum class PnlConversion : std::uint8_t {
    worst_side,  // a profit at the bid, a loss at the ask
    by_deal,     // at the position's own price where its symbol is the conversion; else worst_side
    mid,
    ask,
};
/// How a margin is brought into the account's currency.
enum class MarginConversion : std::uint8_t {
    order_side,  // a buy at the ask, a sell at the bid
    open_price,  // at the position's open price where its symbol is the conversion; else order_side
    mid,
    ask,
    by_composition,  // all long at the bid, all short at the ask, mixed at mid
};
/// Where a P/L is rounded on its way to the account's currency.
enum class PnlRounding : std::uint8_t {
    by_mode,       // forex per leg, everything else per position
    per_leg,       // the opening and the closing value apart
    per_position,  // their difference
    total,         // the account's sum alone
};

/// Which positions a stop-out closes first.
enum class ClosePolicy : std::uint8_t {
    largest_loss,
    largest_margin,
    fair,              // the same share of every position
    smart,             // the largest margin, and of it only as much as is needed
    fifo,              // the oldest
    hedge_preserving,  // what is uncovered, the largest loss first
};

// The options' values under the names of configuration and `evaluate`, the default first.

inline constexpr std::pair<std::string_view, MarginMode> margin_mode_names[] = {
    {"hedging", MarginMode::hedging},
    {"netting", MarginMode::netting},
};
inline constexpr std::pair<std::string_view, LevelCompare> level_compare_names[] = {
    {"le", LevelCompare::less_equal},
    {"lt", LevelCompare::less},
};
inline constexpr std::pair<std::string_view, LevelUnit> level_unit_names[] = {
    {"percent", LevelUnit::percent},
    {"money", LevelUnit::money},
};
inline constexpr std::pair<std::string_view, HedgedMargin> hedged_margin_names[] = {
    {"larger_leg", HedgedMargin::larger_leg},
    {"basic", HedgedMargin::basic},
};
inline constexpr std::pair<std::string_view, ValuationPrice> valuation_price_names[] = {
    {"closing_side", ValuationPrice::closing_side},
    {"mid", ValuationPrice::mid},
    {"mark", ValuationPrice::mark},
    {"last", ValuationPrice::last},
};
inline constexpr std::pair<std::string_view, PnlConversion> pnl_conversion_names[] = {
    {"worst_side", PnlConversion::worst_side},
    {"by_deal", PnlConversion::by_deal},
    {"mid", PnlConversion::mid},
    {"ask", PnlConversion::ask},
};
inline constexpr std::pair<std::string_view, MarginConversion> margin_conversion_names[] = {
    {"order_side", MarginConversion::order_side},
    {"open_price", MarginConversion::open_price},
    {"mid", MarginConversion::mid},
    {"ask", MarginConversion::ask},
    {"by_composition", MarginConversion::by_composition},
};
/// The names of `exposure_conversion`, another name of the same choice.
inline constexpr std::pair<std::string_view, MarginConversion> exposure_conversion_names[] = {
    {"order_side", MarginConversion::order_side},
    {"by_composition", MarginConversion::by_composition},
};
inline constexpr std::pair<std::string_view, PnlRounding> pnl_rounding_names[] = {
    {"by_mode", PnlRounding::by_mode},
    {"per_leg", PnlRounding::per_leg},
    {"per_position", PnlRounding::per_position},
    {"total", PnlRounding::total},
};

inline constexpr std::pair<std::string_view, ClosePolicy> close_policy_names[] = {
    {"largest_loss", ClosePolicy::largest_loss},
    {"largest_margin", ClosePolicy::largest_margin},
    {"fair", ClosePolicy::fair},
    {"smart", ClosePolicy::smart},
    {"fifo", ClosePolicy::fifo},
    {"hedge_preserving", ClosePolicy::hedge_preserving},
};

/// The value of this name in one of the tables above; nothing where it has none.
template <class Option, std::size_t count>
[[nodiscard]] constexpr std::optional<Option> option_from(
    const std::pair<std::string_view, Option> (&names)[count], std::string_view text) {
    for (const auto& [name, option] : names) {
        if (name == text) return option;
    }
    return std::nullopt;
}

/// The rules as data. Defaults are those of the rule set `standard`; `platform_rules()` gives the
/// other one. Every event names the rule set's hash.
struct RuleSet {
    RuleSetKind kind = RuleSetKind::standard;
    std::uint32_t version = 1;
    MarginMode margin_mode = MarginMode::hedging;  // where the account does not say
    HedgedMargin hedged_margin = HedgedMargin::larger_leg;
    ValuationPrice valuation_price = ValuationPrice::closing_side;
    PnlConversion pnl_conversion = PnlConversion::worst_side;
    MarginConversion margin_conversion = MarginConversion::order_side;
    PnlRounding pnl_rounding = PnlRounding::by_mode;
    ClosePolicy close_policy = ClosePolicy::largest_loss;
    Level margin_call{10'000};
    Level stop_out{5'000};
    LevelUnit level_unit = LevelUnit::percent;
    LevelCompare level_compare = LevelCompare::less_equal;
    bool credit_in_equity = true;
    bool fully_hedged_stop_out = false;       // margin 0, negative equity, open positions
    Level leave_gap{0};                       // how far above a level before it is left
    std::int64_t dwell_ms = 0;                // … and for how long
    std::int64_t cooldown_ms = 1'000;         // between two stop-outs of one account
    double two_stage_ratio = 0.0;             // at this share of the stop-out level everything goes
    bool orders_reserve_margin = true;        // pending ones; false: they count for nothing
    bool negative_balance_protection = true;  // a deficit after the last close is announced
    std::int64_t stored_margin_max_age_ms =
        60'000;  // `platform`: older stored margin is recomputed
    PropSettings prop;

    friend bool operator==(const RuleSet&, const RuleSet&) = default;
};

[[nodiscard]] RuleSet standard_rules();
[[nodiscard]] RuleSet platform_rules();
[[nodiscard]] std::string_view to_string(RuleSetKind kind);

/// 16 hex digits over every field: two rule sets with one hash compute the same.
[[nodiscard]] std::string rules_hash(const RuleSet& rules);

}  // namespace margind
