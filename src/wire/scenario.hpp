#pragma once
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "margind/core/engine/engine.hpp"
#include "wire/scenario_words.hpp"

namespace margind::wire {

// The statements of a scenario. docs/scenarios.md explains the language.

/// account live:1001 balance 1200.00 leverage 100 call 100% stop 50%
struct AccountLine {
    AccountImage image;  // without orders
};
/// balance live:1001 1500.00
struct BalanceLine {
    AccountKey account;
    double balance = 0.0;
};
/// open live:1001 EURUSD buy 1.00 at 1.10000
struct OpenLine {
    AccountKey account;
    OrderImage order;  // without an id: the account's next number
};
/// close live:1001 1
struct CloseLine {
    AccountKey account;
    std::string order;
};
/// instrument XAUUSD cfd_leverage contract_size 100 profit_currency USD
struct InstrumentLine {
    InstrumentSpec spec;
};
/// tick EURUSD 1.09300 1.09302
struct TickLine {
    std::string symbol;
    double bid = not_a_price;  // "-" in the text
    double ask = not_a_price;
    std::int64_t late_ms = 0;           // stamped so long before the clock
    std::optional<std::int64_t> ts_ms;  // or exactly so
};
/// flush: the clock goes on by one beat interval, and one beat is done; "flush 5" does that five
/// times.
struct FlushLine {
    std::uint32_t beats = 1;
};
/// wait 200ms: the clock goes on without a beat.
struct WaitLine {
    std::int64_t ms = 0;
};
/// gap: something may have been missed; a new data epoch. Images are read again, prices must come.
struct GapLine {};
/// day: a prop-firm day begins at this instant; it acts at the next beat.
struct DayLine {};

enum class ExpectedField : std::uint8_t {
    balance,
    equity,
    margin,
    free_margin,
    pnl,
    level,
    state,
    verdict,
    causes,
    events,
    peak,  // of prop-firm rules, as the next two
    daily_floor,
    drawdown_floor,
};
/// expect live:1001 equity 500.00 state stop_out
struct ExpectAccountLine {
    struct Item {
        TextPlace place;
        ExpectedField field = ExpectedField::equity;
        std::string text;
    };
    AccountKey account;
    std::vector<Item> items;
};
/// expect tick crossed
struct ExpectTickLine {
    TickFate fate = TickFate::accepted;
};
/// expect quote EURUSD 1.09300 1.09302, expect quote EURUSD none guard holding
struct ExpectQuoteLine {
    std::string symbol;
    bool is_usable = true;
    double bid = 0.0;
    double ask = 0.0;
    std::string guard;  // empty = whatever it is
};
/// expect events margin_call,stop_out: of all accounts, since the last such line.
struct ExpectEventsLine {
    std::string kinds;
};

using ScenarioStatement =
    std::variant<AccountLine, BalanceLine, OpenLine, CloseLine, InstrumentLine, TickLine, FlushLine,
                 WaitLine, GapLine, DayLine, ExpectAccountLine, ExpectTickLine, ExpectQuoteLine,
                 ExpectEventsLine>;

struct ScenarioStep {
    TextPlace place;
    ScenarioStatement statement;
};

/// A case that a risk officer can read, and every driver of the engine can run.
struct Scenario {
    EngineOptions options;
    std::int64_t beat_ms = 200;
    std::vector<ScenarioStep> steps;
};

/// Reads a scenario; the error lists every problem of the text.
[[nodiscard]] std::expected<Scenario, std::vector<ScenarioProblem>> parse_scenario(
    std::string_view text);

[[nodiscard]] std::optional<ExpectedField> expected_field_from(std::string_view name);
[[nodiscard]] std::string_view to_string(ExpectedField field);

}  // namespace margind::wire
