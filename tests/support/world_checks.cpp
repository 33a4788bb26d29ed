// What must hold in every world after every beat.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "support/arithmetic_check.hpp"
#include "support/figures.hpp"
#include "support/world.hpp"

namespace margind::test {

void World::complain(std::string text) {
    complaints_.push_back(fmt::format("at {} ms: {}", now_.steady_ms, text));
}

void World::beat() {
    const bool had_room = engine_->events().size() < engine_->options().events_pending_max;
    engine_->recompute(now_);
    model_->beat(now_);
    std::erase_if(restored_, [&](const auto& text) { return !model_->waiting().contains(text); });
    compare_events();
    compare_accounts();
    const bool has_room = engine_->events().size() < engine_->options().events_pending_max;
    if (had_room && has_room) check_dirty_counts();
}

void World::compare_accounts() {
    if (engine_->book().account_count() != model_->accounts().size()) {
        complain("not the same number of accounts");
    }
    for (const auto& [text, account] : model_->accounts()) {
        const AccountId id = engine_->find_account(account.key);
        if (id.is_none()) return complain(text + " is not known");
        const std::string found = line_of(*engine_, id, now_);
        const std::string expected = line_of(account, options_.rules);
        if (found != expected) complain("\n  engine " + found + "\n  model  " + expected);
        unknown_beats_ += account.verdict == "unknown" ? 1 : 0;
        check_explanation(id);
    }
}

void World::compare_events() {
    const auto& found = engine_->events();
    const auto& expected = model_->events;
    for (; events_compared_ < std::max(found.size(), expected.size()); ++events_compared_) {
        const std::size_t at = events_compared_;
        const std::string ours = at < found.size() ? line_of(found[at]) : "nothing";
        const std::string theirs = at < expected.size() ? line_of(expected[at]) : "nothing";
        if (ours != theirs) {
            complain("event\n  engine " + ours + "\n  model  " + theirs);
            break;
        }
        const Event& event = found[at];
        history_.push_back(event.id + " " + ours);
        const std::string meaning = fmt::format("{} {} {} {}", event.account, to_string(event.kind),
                                                event.memory.breach, event.memory.step);
        const auto [known, is_new] = ids_.try_emplace(event.id, meaning);
        if (known->second != meaning) complain("an id for two: " + known->second + ", " + meaning);
        const bool flags = event.kind == EventKind::margin_call ||
                           event.kind == EventKind::stop_out ||
                           event.kind == EventKind::would_stop_out;
        if (flags && (!event.decision.causes.none() || event.decision.verdict != Verdict::breach)) {
            complain("flagged in doubt: " + ours);
        }
        if (event.kind == EventKind::stop_out && !event.is_armed) complain("not armed: " + ours);
    }
    events_compared_ = std::min(found.size(), expected.size());
}

/// The figures of an account are the sums of what its positions say, and its lines are true.
void World::check_explanation(AccountId account) {
    const Explanation all = engine_->explain(account, now_);
    for (const std::string& line : all.steps) {
        for (const std::string& wrong : check_arithmetic(line).wrong) {
            complain(all.account.text() + ": " + line + ": " + wrong);
        }
    }
    if (!all.causes.none() || model_->waiting().contains(all.account.text())) return;
    const Snapshot snapshot = engine_->snapshot(account, now_);
    if (const auto* figures = std::get_if<PlatformFigures>(&snapshot.figures)) {
        const double shown = all.equity.to_double(all.digits);
        if (std::abs(shown - figures->equity) >
            0.51 / scale(all.digits) + std::abs(shown) * 1e-15) {
            complain(all.account.text() + " explains another equity");
        }
        return;
    }
    Money pnl = engine_->book().row(account).carry;
    for (const PositionExplained& position : all.positions) pnl = pnl + position.pnl;
    Money margin;
    for (const SymbolExplained& symbol : all.symbols) margin = margin + symbol.margin;
    if (pnl != all.pnl || margin != all.margin) complain(all.account.text() + " does not add up");
}

void World::check_batch(const SnapshotBatch& batch) {
    std::set<std::string_view> seen;
    int last_rank = 0;
    for (const Snapshot& one : batch) {
        if (!seen.insert(one.account).second) complain("twice: " + std::string{one.account});
        if (one.verdict == Verdict::unknown && one.causes.none()) complain("UNKNOWN without cause");
        // By type, and within a type whoever is in breach goes first.
        const bool is_urgent = one.state != AccountState::ok || one.verdict == Verdict::breach;
        const int rank = one.type * 2 + (is_urgent ? 0 : 1);
        if (restored_.contains(std::string{one.account})) continue;
        if (rank < last_rank) complain("out of turn: " + std::string{one.account});
        last_rank = rank;
    }
}

/// After a beat: exactly the accounts that wait, and those whose figures are not yet written.
void World::check_dirty_counts() {
    for (TypeIndex type = 0; type < engine_->options().types.size(); ++type) {
        std::set<std::string> expected;
        for (const auto& [text, account] : model_->accounts()) {
            const AccountId id = engine_->find_account(account.key);
            if (engine_->book().row(id).type != type) continue;
            const auto written = written_.find(text);
            const bool is_written = written != written_.end() &&
                                    written->second == engine_->snapshot(id, now_).fingerprint;
            if (!is_written || model_->waiting().contains(text)) expected.insert(text);
        }
        std::set<std::string> found;
        for (const AccountId id : engine_->dirty_accounts(type, AccountId{0}, 1'000'000)) {
            found.emplace(engine_->account_name(id));
        }
        if (found != expected) {
            complain(fmt::format("dirty are [{}], not [{}]", fmt::join(found, ","),
                                 fmt::join(expected, ",")));
        }
        if (engine_->dirty_count(type) != expected.size()) complain("dirty_count is not exact");
    }
}

/// Nothing is left to write: the store shows what the engine says of every account ever valued.
void World::check_portfolio() {
    for (const auto& [text, account] : model_->accounts()) {
        const AccountId id = engine_->find_account(account.key);
        const auto waiting =
            engine_->dirty_accounts(engine_->book().row(id).type, AccountId{id.value}, 1);
        if (!waiting.empty() && waiting[0] == id) continue;
        const auto shown = portfolio_.find(text);
        const std::uint64_t expected = engine_->snapshot(id, now_).fingerprint;
        if (shown == portfolio_.end() || shown->second != expected) complain("lost: " + text);
    }
}

}  // namespace margind::test
