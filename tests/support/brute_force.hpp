#pragma once
#include <cstdint>
#include <limits>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "margind/core/book/account.hpp"
#include "margind/core/rules/instrument.hpp"
#include "margind/core/rules/rules.hpp"

namespace margind::test {

struct DaySides {
    double bid = std::numeric_limits<double>::quiet_NaN();
    double ask = std::numeric_limits<double>::quiet_NaN();
};

struct DayTick {
    std::int64_t time_ms = 0;
    std::string symbol;
    DaySides sides;
};

/// A day as a brute-force pass sees it. All ticks are good ones and in order of time.
struct Day {
    std::vector<std::pair<std::string, DaySides>> start_prices;
    std::vector<DayTick> ticks;
    std::vector<InstrumentSpec> instruments;  // calc modes of the types forex and cfd_leverage
    std::vector<AccountImage> accounts;       // sound ones
    RuleSet rules;
    std::int64_t beat_ms = 200;
    std::int64_t max_age_ms = 0;  // 0 = quotes do not age

    /// Where the beats are counted from: the multiple at or before the first tick.
    [[nodiscard]] std::int64_t start_ms() const {
        return ticks.front().time_ms - ticks.front().time_ms % beat_ms;
    }
};

enum class DayEvent : std::uint8_t { margin_call, stop_out, recovered, unknown };

/// A transition of one account (by its place in the day's list) at one beat.
struct DayTransition {
    std::int64_t beat_ms = 0;
    std::uint32_t account = 0;
    DayEvent event = DayEvent::margin_call;
    friend auto operator<=>(const DayTransition&, const DayTransition&) = default;
};

/// What an account comes to at the end of the day, in minor units.
struct DayFigures {
    bool is_known = false;
    std::int64_t equity = 0;
    std::int64_t margin = 0;
    friend bool operator==(const DayFigures&, const DayFigures&) = default;
};

struct DayOutcome {
    std::vector<DayTransition> transitions;  // sorted
    std::vector<DayFigures> figures;         // by account
};

/// Lays all prices and conversions of every beat of the day side by side, then takes one account
/// after the other through the whole day. Knows nothing of the engine: no book, no dirty set, no
/// holders. A tick counts from the first beat after it on.
[[nodiscard]] DayOutcome brute_force(const Day& day);

}  // namespace margind::test
