// The short way through a beat: accounts above all their levels get new figures and nothing else,
// many at a time. Whatever wants a closer look stays dirty and goes the long way
// (engine_beat.cpp).
#include <algorithm>
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

/// Per symbol the larger of the long and the short margin, of `count` positions from `slot` on.
double larger_legs(const PositionValues& values, std::size_t at, const PositionColumns& columns,
                   std::size_t slot, std::size_t count) {
    double margin = 0.0;
    double sides[2] = {0.0, 0.0};  // long, short
    for (std::size_t i = 0; i < count; ++i) {
        sides[columns.flags[slot + i] & PositionColumns::short_bit] += values.margin[at + i];
        const bool goes_on =
            i + 1 < count && columns.symbol[slot + i + 1] == columns.symbol[slot + i];
        if (goes_on) continue;
        margin += std::max(sides[0], sides[1]);
        sides[0] = sides[1] = 0.0;
    }
    return margin;
}

}  // namespace

void Engine::revalue_calm(Moment now, BeatStats& beat) {
    if (quotes_.usable().empty() || rates_.size() == 0) return;
    room_.values.resize(slots_max);
    std::size_t first = 0;
    std::size_t end = 0;
    dirty_.accounts.for_each_in(dirty_.calm, [&](std::uint32_t id) {
        const AccountRow& row = book_.row(AccountId{id});
        if (row.count > slots_max) return;
        const bool goes_on = !room_.run.empty() && row.first >= end && row.first - end <= gap_max &&
                             row.first + row.count - first <= slots_max;
        if (!goes_on) {
            settle_run(first, end, now, beat);
            first = row.first;
        }
        end = row.first + row.count;
        room_.run.push_back(AccountId{id});
    });
    settle_run(first, end, now, beat);
}

/// Values the slots from `first` to `end`, then all accounts of the run.
void Engine::settle_run(std::size_t first, std::size_t end, Moment now, BeatStats& beat) {
    if (room_.run.empty()) return;
    value_positions(book_.positions(), first, end - first, market(), room_.values);
    for (const AccountId account : room_.run) beat.recomputed += settle(account, first, now);
    room_.run.clear();
}

/// False, with nothing changed, where the levels or a doubt want a closer look.
bool Engine::settle(AccountId account, std::size_t first, Moment now) {
    const AccountRow& row = book_.row(account);
    Sums sums = add_up(room_.values, row.first - first, row.count);
    if (!row.is_one_sided) {
        sums.margin =
            larger_legs(room_.values, row.first - first, book_.positions(), row.first, row.count);
    }
    if (!row.causes.none() || !(sums.magnitude < PositionValues::exact_limit)) return false;
    Valuation valuation{.balance = row.balance, .causes = {}, .digits = row.digits};
    if (!set_figures(valuation, row, static_cast<std::int64_t>(sums.pnl),
                     static_cast<std::int64_t>(sums.margin))) {
        return false;
    }
    const Level nearest = std::max(row.margin_call, row.stop_out);
    if (is_at_or_below(valuation.equity, valuation.margin, nearest, LevelCompare::less_equal)) {
        return false;
    }
    // Without margin there is no level: the rules say what else counts.
    if (valuation.margin.minor() == 0 && rules_of(account).fully_hedged_stop_out) return false;
    const std::uint32_t id = account.value;
    dirty_.accounts.erase(id);
    valuations_[id] = valuation;
    valued_ms_[id] = now.wall_ms;
    dirty_.unsent_urgent.erase(id);
    if (written_[id] != 0 && written_[id] == fingerprint_of(valuation, Verdict::ok)) {
        dirty_.unsent.erase(id);
    } else {
        dirty_.unsent.insert(id);
    }
    return true;
}

/// Called when an account has gone the long way: may it take the short one next time?
void Engine::set_calm(AccountId account) {
    const std::uint32_t id = account.value;
    const BreachMemory& memory = memories_[id];
    const bool is_calm =
        !is_platform() && general_.find(account) == nullptr && !prop_.has(account) &&
        rules_of(account).level_unit == LevelUnit::percent &&
        !dirty_.wants_next_beat.contains(id) && !dirty_.accounts.contains(id) &&
        verdicts_[id] == Verdict::ok && memory.state == AccountState::ok && !memory.must_reassert &&
        !mirror_.is_pending(account) && image_epoch_[id] == data_epoch_;
    if (is_calm) {
        dirty_.calm.insert(id);
    } else {
        dirty_.calm.erase(id);
    }
}

/// How near an account is, or was when it was last known, to its levels: its level in percent.
float Engine::danger(AccountId account) const {
    const Valuation& valuation = valuations_[account.value];
    if (!valuation.causes.none()) return danger_[account.value];
    if (valuation.margin.minor() <= 0) return std::numeric_limits<float>::max();
    return static_cast<float>(level_percent(valuation.level_equity(), valuation.margin));
}

}  // namespace margind
