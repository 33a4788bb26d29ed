// The short way through a beat: accounts that stay where they are to their levels get new figures
// and nothing else, many at a time. Whatever wants a closer look stays dirty and goes the long way
// (engine_beat.cpp).
#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "core/valuation/position_kernel.hpp"
#include "margind/core/engine/engine.hpp"

namespace margind {
namespace {

constexpr std::size_t slots_max = 256;  // positions valued in one go: they stay in the L1 cache
constexpr std::size_t gap_max = 16;     // foreign positions worth valuing to go on without a break

/// What an account's positions come to.
struct Sums {
    double pnl = 0.0;
    double margin = 0.0;
    double magnitude = 0.0;
};

Sums add_up(const PositionValues& values, std::size_t at, std::size_t count) {
    Sums sums;
    for (std::size_t i = at; i < at + count; ++i) {
        sums.pnl += values.pnl[i];
        sums.margin += values.margin[i];
        sums.magnitude += values.magnitude[i];
    }
    return sums;
}

/// Per symbol the larger of the long and the short margin, of the positions in `slice`. Without a
/// branch: what comes next is as good as chance.
double larger_legs(const PositionValues& values, std::size_t at, const PositionSlice& slice) {
    double margin = 0.0;
    double longs = 0.0;
    double shorts = 0.0;
    for (std::size_t i = 0; i < slice.size(); ++i) {
        const PositionKind& kind = slice.kind(i);
        const double value = values.margin[at + i];
        const double is_short = kind.is_short;
        longs += value * (1.0 - is_short);
        shorts += value * is_short;
        const std::size_t next = std::min(i + 1, slice.size() - 1);
        const double goes_on = next != i && slice.kind(next).symbol == kind.symbol;
        margin += std::max(longs, shorts) * (1.0 - goes_on);
        longs *= goes_on;
        shorts *= goes_on;
    }
    return margin;
}

/// How far the equity is above a level, in ten-thousandths of a minor unit; nothing where that is
/// not certain: the doubles are off by some 2⁻⁵¹ of either side.
double distance_above(Level level, double equity, double margin) {
    const double needed = static_cast<double>(level.value) * margin;
    const double doubt = std::abs(needed) * 1e-12 + 1.0;
    const double above = equity * 10'000.0 - needed;
    return std::abs(above) > doubt ? above : 0.0;
}

/// True where the account has reached what it had reached, and that is certain. What is not goes
/// the long way, where levels are compared exactly.
bool stays(LevelReached reached, double equity, double margin, const AccountProfile& profile) {
    switch (reached) {
        case LevelReached::none: return distance_above(profile.nearest(), equity, margin) > 0.0;
        case LevelReached::margin_call:
            return distance_above(profile.margin_call, equity, margin) < 0.0 &&
                   distance_above(profile.stop_out, equity, margin) > 0.0;
        case LevelReached::stop_out: return distance_above(profile.stop_out, equity, margin) < 0.0;
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
    room_.values.resize(slots_max);
    std::size_t first = 0;
    std::size_t end = 0;
    dirty_.accounts.for_each_in(dirty_.calm, [&](std::uint32_t id) {
        const AccountLine& line = book_.line(AccountId{id});
        if (line.count > slots_max) return;
        const bool goes_on = !room_.run.empty() && line.first >= end &&
                             line.first - end <= gap_max &&
                             line.first + line.count - first <= slots_max;
        if (!goes_on) {
            settle_run(first, end, now, beat);
            first = line.first;
        }
        end = line.first + line.count;
        room_.run.push_back(AccountId{id});
    });
    settle_run(first, end, now, beat);
}

/// Values the slots from `first` to `end`, then all accounts of the run.
void Engine::settle_run(std::size_t first, std::size_t end, Moment now, BeatStats& beat) {
    if (room_.run.empty()) return;
    value_positions(book_.positions(), first, end - first, room_.kinds, room_.values);
    for (const AccountId account : room_.run) beat.recomputed += settle(account, first, now);
    room_.run.clear();
}

/// False, with nothing changed, where the levels or a doubt want a closer look.
bool Engine::settle(AccountId account, std::size_t first, Moment now) {
    AccountLine& line = book_.line(account);
    Sums sums = add_up(room_.values, line.first - first, line.count);
    if (!line.is_one_sided) {
        sums.margin = larger_legs(room_.values, line.first - first, book_.positions(account));
    }
    if (!(sums.magnitude < PositionValues::exact_limit)) return false;
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
