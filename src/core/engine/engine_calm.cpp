// The short way through a beat: accounts above all their levels get new figures and nothing else,
// many at a time. Whatever wants a closer look stays dirty and goes the long way
// (engine_beat.cpp).
#include <algorithm>
#include <cmath>
#include <limits>

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

/// False where it is certain that the level is above `nearest`; true sends the account the long
/// way, where levels are compared exactly. The doubles are off by some 2⁻⁵¹ of either side.
bool may_have_reached(double equity, double margin, Level nearest) {
    const double needed = static_cast<double>(nearest.value) * margin;
    return !(equity * 10'000.0 > needed + std::abs(needed) * 1e-12 + 1.0);
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
    const Level nearest = book_.profile(account).nearest();
    if (margin == 0) {
        // Without margin there is no level: the rules say what else counts.
        if (rules_of(account).fully_hedged_stop_out) return false;
    } else if (may_have_reached(static_cast<double>(equity), sums.margin, nearest)) {
        return false;
    }
    const std::uint32_t id = account.value;
    dirty_.accounts.erase(id);
    line.equity = Money::from_minor(equity);
    line.margin = Money::from_minor(margin);
    line.valued_ms = now.wall_ms;
    dirty_.unsent_urgent.erase(id);
    const auto is_written = [&] {
        const Valuation valuation{.equity = line.equity,
                                  .margin = line.margin,
                                  .pnl = line.equity - (line.cash - line.carry),
                                  .balance = book_.balance(account),
                                  .digits = line.digits};
        return line.written == fingerprint_of(valuation, Verdict::ok);
    };
    if (line.written != 0 && is_written()) {
        dirty_.unsent.erase(id);
    } else {
        dirty_.unsent.insert(id);
    }
    return true;
}

/// Called when an account has gone the long way: may it take the short one next time?
void Engine::set_calm(AccountId account) {
    const std::uint32_t id = account.value;
    const BreachMemory& memory = memories_.of(account);
    const bool is_calm =
        !is_platform() && general_.find(account) == nullptr && !prop_.has(account) &&
        rules_of(account).level_unit == LevelUnit::percent &&
        !dirty_.wants_next_beat.contains(id) && !dirty_.accounts.contains(id) &&
        book_.verdict(account) == Verdict::ok && memory.state == AccountState::ok &&
        !memory.must_reassert && !mirror_.is_pending(account) && confirmed_.contains(id);
    if (is_calm) {
        dirty_.calm.insert(id);
    } else {
        dirty_.calm.erase(id);
    }
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
