// The short way through a beat: accounts that stay where they are to their levels get new figures
// and nothing else, many at a time. Whatever wants a closer look stays dirty and goes the long way
// (engine_beat.cpp).
#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "margind/core/engine/engine.hpp"

namespace margind {
namespace {

/// True where the account has reached what it had reached, and that is certain. What is not goes
/// the long way, where levels are compared exactly.
bool stays(LevelReached reached, double equity, double margin, const AccountProfile& profile) {
    switch (reached) {
        case LevelReached::none: return above_level(profile.nearest(), equity, margin) > 0.0;
        case LevelReached::margin_call:
            return above_level(profile.margin_call, equity, margin) < 0.0 &&
                   above_level(profile.stop_out, equity, margin) > 0.0;
        case LevelReached::stop_out: return above_level(profile.stop_out, equity, margin) < 0.0;
    }
    return false;
}

/// Of an account in this state whose verdict bears it out.
std::optional<LevelReached> level_reached_in(AccountState state, Verdict verdict) {
    const bool is_breach = verdict == Verdict::breach;
    if (state == AccountState::ok && verdict == Verdict::ok) return LevelReached::none;
    if (state == AccountState::margin_call && is_breach) return LevelReached::margin_call;
    if (state == AccountState::stop_out && is_breach) return LevelReached::stop_out;
    return {};
}

}  // namespace

void Engine::revalue_calm(Moment now, BeatStats& beat) {
    if (dirty_.accounts.is_empty() || quotes_.usable().empty() || rates_.size() == 0) return;
    look_up(book_.kinds(), market(), room_.kinds);
    const auto settle = [&](AccountId account, const AccountSums& sums) {
        beat.recomputed += this->settle(account, sums, now);
    };
    dirty_.accounts.for_each_in(
        dirty_.calm, [&](std::uint32_t id) { bulk_.add(AccountId{id}, room_.kinds, settle); });
    bulk_.finish(room_.kinds, settle);
}

/// False, with nothing changed, where the levels or a doubt want a closer look.
bool Engine::settle(AccountId account, const AccountSums& sums, Moment now) {
    AccountLine& line = book_.line(account);
    if (!sums.is_exact) return false;
    // Cash is below 2⁵³, and so are the sums: nothing overflows.
    const std::int64_t equity = line.cash.minor() + static_cast<std::int64_t>(sums.pnl);
    const std::int64_t margin = static_cast<std::int64_t>(sums.margin);
    if (margin == 0) {
        // Without margin there is no level: the rules say what else counts.
        if (line.reached != LevelReached::none || rules_of(account).fully_hedged_stop_out) {
            return false;
        }
    } else if (!stays(line.reached, static_cast<double>(equity), sums.margin,
                      book_.profile(account))) {
        return false;
    }
    const std::uint32_t id = account.value;
    dirty_.accounts.erase(id);
    line.valued_ms = now.wall_ms;
    if (line.equity.minor() == equity && line.margin.minor() == margin) return true;
    line.equity = Money::from_minor(equity);
    line.margin = Money::from_minor(margin);
    // Perhaps these have been written: whoever writes next looks.
    dirty_.unsent.insert(id);
    dirty_.unsure.insert(id);
    if (line.reached != LevelReached::none) dirty_.unsent_urgent.insert(id);
    return true;
}

/// Called when an account has gone the long way: may it take the short one next time?
void Engine::set_calm(AccountId account) {
    const std::uint32_t id = account.value;
    const BreachMemory& memory = memories_.of(account);
    const auto reached = level_reached_in(memory.state, book_.verdict(account));
    const bool is_told =
        memory.state != AccountState::stop_out || !is_armed_ || memory.announced_armed;
    const bool is_calm = reached && is_told && !memory.must_reassert && memory.above_since_ms < 0 &&
                         !is_platform() && general_.find(account) == nullptr && memory.parts == 0 &&
                         !parts_told_.knows(account) && !prop_.has(account) &&
                         rules_of(account).level_unit == LevelUnit::percent &&
                         !dirty_.wants_next_beat.contains(id) && !dirty_.accounts.contains(id) &&
                         !mirror_.is_pending(account) && confirmed_.contains(id);
    if (is_calm) book_.line(account).reached = *reached;
    dirty_.calm.set(id, is_calm);
}

/// How near an account is, or was when it was last known, to its levels: its level in percent.
float Engine::danger(AccountId account) const {
    const AccountLine& line = book_.line(account);
    if (line.margin.minor() <= 0) return std::numeric_limits<float>::max();
    Money equity = line.equity;
    if (const auto fee = closing_fees_.find(account.value); fee != closing_fees_.end()) {
        equity = equity - fee->second;
    }
    return static_cast<float>(level_percent(equity, line.margin));
}

}  // namespace margind
