#pragma once
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "margind/core/base/level.hpp"
#include "margind/core/base/money.hpp"
#include "margind/core/base/verdict.hpp"
#include "margind/core/prop/prop_settings.hpp"

namespace margind {

// The loss limits of proprietary-trading firms on an account: how much it may lose in a day, and
// how far it may fall in all. Money in minor units of the account's currency, instants in UTC epoch
// ms; there is no clock and no time zone here: whoever calls brings the instants of the resets.
// Source of every rule and formula: docs/prop-firm.md.

/// How much may be lost. Only the field of its unit counts.
struct LossLimit {
    LossUnit unit = LossUnit::percent;
    Level share;  // the two units in percent
    Money money;

    static constexpr LossLimit percent(std::int64_t basis_points) {
        return {LossUnit::percent, Level{basis_points}, {}};
    }
    static constexpr LossLimit percent_of_initial(std::int64_t basis_points) {
        return {LossUnit::percent_of_initial, Level{basis_points}, {}};
    }
    static constexpr LossLimit amount(Money money) { return {LossUnit::money, {}, money}; }
    friend bool operator==(const LossLimit&, const LossLimit&) = default;
};

/// The rules of one account as data; both limits are off where they have no size.
struct PropRules {
    std::optional<LossLimit> daily_loss;
    DailyLossBase daily_loss_base = DailyLossBase::balance;
    bool losses_only = false;  // the day's profits buy no further losses

    std::optional<LossLimit> drawdown;
    DrawdownMode drawdown_mode = DrawdownMode::static_floor;
    DrawdownBase drawdown_base = DrawdownBase::balance;  // the rest of these: trailing only
    PeakUpdate drawdown_update = PeakUpdate::live;
    std::optional<Money> drawdown_lock;  // the floor never rises above this
    std::optional<Money> peak_start;     // the peak begins here, set by hand

    std::optional<Money> initial_balance;
    LevelCompare limit_compare = LevelCompare::less_equal;

    [[nodiscard]] bool is_off() const { return !daily_loss && !drawdown; }
    friend bool operator==(const PropRules&, const PropRules&) = default;
};

/// Everything that contradicts itself or is out of range, each as `key: what is wrong`.
[[nodiscard]] std::vector<std::string> problems_of(const PropRules& rules);

/// The rules that these settings make in a currency with `digits`, or everything that is wrong with
/// them, likewise. A percentage is at most in hundredths, money at most in minor units.
[[nodiscard]] std::expected<PropRules, std::vector<std::string>> prop_rules(
    const PropSettings& settings, Digits digits);

/// 16 hex digits over every field: two sets of rules with one hash compute the same.
[[nodiscard]] std::string rules_hash(const PropRules& rules);

/// What an account is worth at one instant. Absent wherever the account is UNKNOWN.
struct PropFigures {
    Money balance;
    Money equity;
    friend bool operator==(const PropFigures&, const PropFigures&) = default;
};

/// What the current day's loss is measured from, and what has been realised since.
struct PropDay {
    std::int64_t reference_ms = 0;         // when the reference was taken
    PropFigures reference;                 // as of then
    Money last_balance;                    // as last seen
    std::optional<Money> realised_profit;  // Σ rises of the balance; none where it does not fit

    friend bool operator==(const PropDay&, const PropDay&) = default;
};

/// One account's memory. All of it is persisted: what is lost here cannot be computed again.
struct PropState {
    std::optional<std::int64_t> reset_ms;  // when the current day began; none before the first
    std::optional<PropDay> day;            // none until figures are known after the reset
    std::optional<Money> peak;             // the highest figure of `drawdown_base` so far
    std::optional<Money> peak_start;       // the setting that the peak was last begun from
    std::optional<Money> initial_balance;  // the setting as last seen
    /// When the drawdown began, or was begun anew by hand: the reset of that day, 0 before the
    /// first.
    std::optional<std::int64_t> drawdown_start_ms;
    std::optional<std::int64_t> daily_breach_ms;     // when first reached; ends with the day
    std::optional<std::int64_t> drawdown_breach_ms;  // stays until the drawdown is begun anew

    /// The account was UNKNOWN at the reset: the reference is from later.
    [[nodiscard]] bool is_late() const { return day && day->reference_ms != reset_ms; }
    friend bool operator==(const PropState&, const PropState&) = default;
};

/// Why nothing can be said of a limit.
enum class PropDoubt : std::uint8_t { none, account_unknown, no_initial_balance, overflow };

inline constexpr std::pair<std::string_view, PropDoubt> prop_doubt_names[] = {
    {"none", PropDoubt::none},
    {"account_unknown", PropDoubt::account_unknown},
    {"no_initial_balance", PropDoubt::no_initial_balance},
    {"overflow", PropDoubt::overflow},
};

/// A limit in money. Each figure is exact: percentages are rounded so that comparing these integers
/// says the same as comparing the fractions. floor = reference + kept_profit − limit.
struct LimitFigures {
    Money reference;    // the day's figure at the reset; the initial balance; the peak
    Money kept_profit;  // with `losses_only`: profits realised since, which raise the floor
    Money limit;        // the loss that is a breach (`le`), or that must be exceeded (`lt`)
    Money floor;        // the equity that must be held
    Money loss;         // so far; below 0 a profit
    Money remaining;    // what may still be lost; below 0 when it is exceeded
    std::optional<std::int64_t> used_bp;      // loss / limit, down; none where the limit is 0
    std::optional<std::int64_t> distance_bp;  // remaining / equity, down; none at equity <= 0

    friend bool operator==(const LimitFigures&, const LimitFigures&) = default;
};

/// How one limit stands. `verdict` is of this instant, `breached_since_ms` remembers.
struct LimitReading {
    bool is_on = false;
    Verdict verdict = Verdict::ok;
    PropDoubt doubt = PropDoubt::none;
    bool is_new_breach = false;  // at this instant for the first time
    std::optional<std::int64_t> breached_since_ms;
    std::optional<LimitFigures> figures;  // none where it is off or in doubt

    friend bool operator==(const LimitReading&, const LimitReading&) = default;
};

struct PropReading {
    LimitReading daily_loss;
    LimitReading drawdown;
    std::optional<Money> equity;               // that it is of; none while the account is UNKNOWN
    bool is_late = false;                      // the day's reference is from after the reset
    std::optional<std::int64_t> reference_ms;  // … when; none while there is no reference

    friend bool operator==(const PropReading&, const PropReading&) = default;
};

/// A day begins at `reset_ms` with what the account is worth at that instant; the daily breach is
/// forgotten. False, and nothing happens, at a reset that is not later than the day's own: resets
/// may be told twice and clocks may go back. After a pause the latest reset alone is enough.
bool start_day(PropState& state, const PropRules& rules, const std::optional<PropFigures>& figures,
               std::int64_t reset_ms);

/// Takes in what the account is worth now and says how its limits stand. Where it is UNKNOWN
/// nothing is taken in and no breach is found. The first figures after a reset that nobody could
/// value become the day's reference.
[[nodiscard]] PropReading advance(PropState& state, const PropRules& rules,
                                  const std::optional<PropFigures>& figures, std::int64_t now_ms);

}  // namespace margind
