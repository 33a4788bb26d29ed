#pragma once
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "margind/core/engine/engine.hpp"
#include "wire/book_file.hpp"
#include "wire/scenario.hpp"

namespace margind::wire {

/// An event of a scenario, as far as anybody asks.
struct ScenarioEvent {
    std::string id;
    std::string account;
    EventKind kind = EventKind::margin_call;
    std::int64_t ts_ms = 0;
    double level = 0.0;
};

/// Runs a scenario on an engine of its own, step by step. The clock starts at a fixed time, so that
/// a scenario gives the same bytes always.
class ScenarioRunner {
public:
    explicit ScenarioRunner(const Scenario& scenario);

    /// Runs all steps; failed expectations, and steps that cannot be done, are the result.
    std::vector<ScenarioProblem> run();

    [[nodiscard]] const Engine& engine() const { return engine_; }
    [[nodiscard]] const std::vector<ScenarioEvent>& events() const { return events_; }
    [[nodiscard]] std::uint64_t checks() const { return checks_; }

private:
    void step(const AccountLine& line);
    void step(const BalanceLine& line);
    void step(const OpenLine& line);
    void step(const CloseLine& line);
    void step(const InstrumentLine& line);
    void step(const TickLine& line);
    void step(const FlushLine& line);
    void step(const WaitLine& line) { advance(line.ms); }
    void step(const GapLine&) { engine_.open_epoch(now_); }
    void step(const DayLine&) { engine_.start_prop_day(now_.wall_ms, now_); }
    void step(const ExpectAccountLine& line);
    void step(const ExpectTickLine& line);
    void step(const ExpectQuoteLine& line);
    void step(const ExpectEventsLine& line);

    void advance(std::int64_t ms);
    void beat();
    AccountImage& account(const AccountKey& key);
    void changed(const AccountKey& key);
    void check(TextPlace place, std::string_view what, std::string_view expected,
               std::string_view found);
    void fail(std::string text) { problems_.push_back({place_, std::move(text)}); }
    std::string found_text(AccountId id, const ExpectAccountLine::Item& item,
                           const Snapshot& snapshot) const;
    /// The kinds of the events from `cursor` on, of one account or of all; moves the cursor.
    std::string kinds_since(std::size_t& cursor, std::string_view account) const;

    const Scenario& scenario_;
    Engine engine_;
    StoredBook book_;  // what the platform's store would have
    Moment now_;
    TextPlace place_;
    std::vector<ScenarioProblem> problems_;
    std::vector<ScenarioEvent> events_;
    std::size_t events_seen_ = 0;                            // by `expect events`
    std::map<AccountKey, std::size_t> account_events_seen_;  // by `expect <account> events`
    std::map<AccountKey, std::uint32_t> orders_opened_;
    TickFate last_fate_ = TickFate::accepted;
    std::uint64_t checks_ = 0;
};

}  // namespace margind::wire
