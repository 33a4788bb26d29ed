#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "margind/core/base/moment.hpp"
#include "margind/core/rules/rules.hpp"
#include "margind/core/stop_out/level_reading.hpp"

namespace margind {

enum class AccountState : std::uint8_t { ok, margin_call, stop_out, recovering };

enum class EventKind : std::uint8_t {
    margin_call,
    stop_out,
    would_stop_out,  // the same in dry run
    recovered,
    touched,     // a price between two beats brought it to a level, and the beat found it above
    unknown,     // an account in breach can no longer be valued
    deficit,     // nothing is open any more, and the client owes: to be compensated to exactly zero
    daily_loss,  // prop-firm rules: the day's limit is reached; once a day
    drawdown,    // … the limit in all; once until it is begun anew
};

[[nodiscard]] constexpr bool is_stop_out_kind(EventKind kind) {
    return kind == EventKind::stop_out || kind == EventKind::would_stop_out;
}

[[nodiscard]] std::string_view to_string(AccountState state);
[[nodiscard]] std::string_view to_string(EventKind kind);
[[nodiscard]] std::optional<AccountState> account_state_from(std::string_view name);

/// One account's memory of its breaches. Kept in the store beside the events, read before the first
/// verdict after a start, so that an event id is never used for another breach.
struct BreachMemory {
    AccountState state = AccountState::ok;
    std::uint32_t breach = 0;       // counts departures from `ok`
    std::uint32_t step = 0;         // counts transitions within the breach
    std::uint32_t suspensions = 0;  // counts how often it could no longer be valued meanwhile
    bool announced_armed = false;   // the stop-out was announced in mode `armed`
    std::uint64_t parts = 0;        // what the announced stop-out was of: PartsTold
    bool must_reassert = false;     // read back from the store: announce again, with the same id
    bool is_suspended = false;      // verdict UNKNOWN while in breach
    std::uint32_t deficits = 0;     // counts the amounts that have been told as missing
    Money deficit;                  // the last of them; 0 = nothing is missing
    bool has_told_deficit = false;  // not kept in the store: told again after a start, by one id
    std::int64_t last_stop_out_ms = 0;  // wall clock; 0 = never
    std::int64_t above_since_ms = -1;   // steady clock; when it rose above the leave level

    friend bool operator==(const BreachMemory&, const BreachMemory&) = default;
};

/// What a step of the state machine wants announced.
struct Transition {
    std::optional<EventKind> event;
    bool wants_next_beat = false;  // a dwell or cool-down runs: look again without a price change
};

/// Advances the state machine by one beat:
/// ok → margin_call → stop_out → recovering → ok. Source: docs/formulas.md §5.
Transition advance(BreachMemory& memory, const LevelReading& reading, const RuleSet& rules,
                   bool is_armed, Moment now);

/// The account's verdict is UNKNOWN at this beat: the state holds, its timers stop. After a start
/// or a gap an account in breach is given time: only one that is still UNKNOWN when that is `over`
/// is told of.
Transition suspend(BreachMemory& memory, bool is_over);

/// The reproducible id of an event: 32 hex digits over account, kind, breach number and step.
[[nodiscard]] std::string event_id(std::string_view account, EventKind kind, std::uint32_t breach,
                                   std::uint32_t step);
/// … over account, kind and what sets its occasion apart.
[[nodiscard]] std::string event_id(std::string_view account, EventKind kind,
                                   std::uint64_t occasion);

}  // namespace margind
