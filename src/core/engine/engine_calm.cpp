// The short way through a beat: accounts that stay where they are to their levels get new figures
// and nothing else, many at a time. Whatever wants a closer look stays dirty and goes the long way
// (engine_beat.cpp).
#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "core/engine/fingerprint.hpp"
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

/// Per symbol the larger of the long and the short margin, of the positions in `slice`.
double larger_legs(const PositionValues& values, std::size_t at, const PositionSlice& slice) {
    double margin = 0.0;
    double sides[2] = {0.0, 0.0};  // long, short
    for (std::size_t i = 0; i < slice.size(); ++i) {
        const PositionKind& kind = slice.kind(i);
        sides[kind.is_short ? 1 : 0] += values.margin[at + i];
        const bool goes_on = i + 1 < slice.size() && slice.kind(i + 1).symbol == kind.symbol;
        if (goes_on) continue;
        margin += std::max(sides[0], sides[1]);
        sides[0] = sides[1] = 0.0;
    }
    return margin;
}

/// Which levels the equity has reached, where that is certain. Nothing sends the account the long
/// way, where levels are compared exactly: the doubles are off by some 2⁻⁵¹ of either side.
std::optional<LevelReached> level_reached(double equity, double margin,
                                          const AccountProfile& profile) {
    const auto difference = [&](Level level) {
        const double needed = static_cast<double>(level.value) * margin;
        const double doubt = std::abs(needed) * 1e-12 + 1.0;
        const double above = equity * 10'000.0 - needed;
        return std::abs(above) > doubt ? above : 0.0;
    };
    const double above_stop = difference(profile.stop_out);
    const double above_call = difference(profile.margin_call);
    if (above_stop > 0.0 && above_call > 0.0) return LevelReached::none;
    if (above_stop > 0.0 && above_call < 0.0) return LevelReached::margin_call;
    if (above_stop < 0.0) return LevelReached::stop_out;
    return {};
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
    } else if (level_reached(static_cast<double>(equity), sums.margin, book_.profile(account)) !=
               line.reached) {
        return false;
    }
    const std::uint32_t id = account.value;
    const bool is_breach = line.reached != LevelReached::none;
    dirty_.accounts.erase(id);
    line.equity = Money::from_minor(equity);
    line.margin = Money::from_minor(margin);
    line.valued_ms = now.wall_ms;
    const auto is_written = [&] {
        const Valuation valuation{.equity = line.equity,
                                  .margin = line.margin,
                                  .pnl = line.equity - (line.cash - line.carry),
                                  .balance = book_.balance(account),
                                  .digits = line.digits};
        return line.written == fingerprint_of(valuation, is_breach ? Verdict::breach : Verdict::ok);
    };
    const bool is_sent = line.written != 0 && is_written();
    dirty_.unsent.set(id, !is_sent);
    dirty_.unsent_urgent.set(id, !is_sent && is_breach);
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
