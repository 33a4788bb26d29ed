#include "margind/core/close_plan.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <ranges>
#include <span>

#include "core/close_candidates.hpp"
#include "margind/core/valuation.hpp"

namespace margind {
namespace {

class Planner {
public:
    Planner(const AccountRow& row, const GeneralAccount& account, const GeneralMarket& market)
        : row_{row}, account_{account}, market_{market}, rest_{account} {}

    ClosePlan run() {
        figures_ = value_general(row_, rest_, market_);
        now_ = {figures_.totals.equity, figures_.totals.margin};
        plan_.equity = now_.equity;
        plan_.margin = now_.margin;
        balance_ = row_.balance;
        plan_.is_backstop = is_below_backstop();
        note_what_does_not_trade();
        while (!is_done()) {
            const auto order = largest_order();
            if (!order) break;
            close(*order, rest_.exposures[*order].volume, false);
        }
        if (account_.rules->close_policy == ClosePolicy::fair && !plan_.is_backstop) {
            close_fairly();
        } else {
            while (!is_done()) {
                const auto candidate = next_position();
                if (!candidate) break;
                close(*candidate);
            }
        }
        plan_.is_flat_after = positions_left() == 0;
        if (!plan_.is_backstop && is_enough(now_)) plan_.skipped.clear();  // it went without them
        return std::move(plan_);
    }

private:
    /// What levels are read from.
    struct Standing {
        Money equity;
        Money margin;
    };

    [[nodiscard]] bool is_enough(const Standing& standing) const {
        if (standing.margin.minor() == 0)
            return !account_.rules->fully_hedged_stop_out || standing.equity >= Money{};
        return !has_reached(standing.equity, standing.margin, row_.digits, row_.stop_out,
                            *account_.rules);
    }
    /// In two stages the second one spares nothing.
    [[nodiscard]] bool is_done() const {
        return plan_.closes.size() >= closes_max || effort_ < -effort_most ||
               (!plan_.is_backstop && is_enough(now_));
    }
    [[nodiscard]] bool is_below_backstop() const {
        const double ratio = account_.rules->two_stage_ratio;
        if (ratio <= 0.0 || account_.rules->level_unit != LevelUnit::percent) return false;
        const double backstop = ratio * static_cast<double>(row_.stop_out.value);
        return static_cast<double>(now_.equity.minor()) * 10'000.0 <
               backstop * static_cast<double>(now_.margin.minor());
    }
    [[nodiscard]] bool is_open(std::size_t i) const { return rest_.exposures[i].volume.raw() > 0; }
    [[nodiscard]] bool is_position(std::size_t i) const {
        return rest_.exposures[i].kind == OrderKind::position;
    }
    [[nodiscard]] bool trades(std::size_t i) const {
        return market_.session(rest_.exposures[i].symbol) == Session::open;
    }
    [[nodiscard]] std::ptrdiff_t positions_left() const {
        return std::ranges::count_if(rest_.exposures, [](const Exposure& rest) {
            return rest.kind == OrderKind::position && rest.volume.raw() > 0;
        });
    }
    void note_what_does_not_trade() {
        for (std::size_t i = 0; i < rest_.exposures.size(); ++i) {
            if (!is_position(i) || trades(i)) continue;
            plan_.skipped.push_back({i, market_.session(rest_.exposures[i].symbol)});
        }
    }

    /// Orders that reserve nothing stay.
    [[nodiscard]] std::optional<std::size_t> largest_order() const {
        std::optional<std::size_t> largest;
        Money reserved;
        for (std::size_t i = 0; i < rest_.exposures.size(); ++i) {
            if (is_position(i) || !is_open(i)) continue;
            const Money margin = figures_.exposures[i].margin.value_or(Money{});
            if (margin <= reserved) continue;
            reserved = margin;
            largest = i;
        }
        return largest;
    }

    [[nodiscard]] Volume held(std::size_t i) const { return rest_.exposures[i].volume; }
    [[nodiscard]] bool is_closable(std::size_t i) const {
        return is_position(i) && is_open(i) && trades(i);
    }

    [[nodiscard]] std::vector<Candidate> candidates(std::span<const std::int64_t> net) const {
        const bool spares_hedges =
            account_.rules->close_policy == ClosePolicy::hedge_preserving && !plan_.is_backstop;
        return close_candidates(rest_, market_, net, spares_hedges);
    }

    /// The smaller, the sooner. `net`: the symbol's, long above 0.
    [[nodiscard]] std::pair<std::int64_t, std::int64_t> rank(const Candidate& candidate,
                                                             std::int64_t net) const {
        std::int64_t pnl = 0;
        std::int64_t margin = 0;
        std::int64_t opened_ms = std::numeric_limits<std::int64_t>::max();
        for (const auto& [i, closed] : candidate) {
            pnl += figures_.exposures[i].pnl.value_or(Money{}).minor();
            margin += figures_.exposures[i].margin.value_or(Money{}).minor();
            opened_ms = std::min(opened_ms, rest_.exposures[i].opened_ms);
        }
        // On the smaller side of its symbol: closing it uncovers what it hedges.
        const bool is_covered =
            rest_.exposures[candidate.front().exposure].is_short ? net >= 0 : net <= 0;
        switch (account_.rules->close_policy) {
            case ClosePolicy::largest_margin:
            case ClosePolicy::smart: return {-margin, pnl};
            case ClosePolicy::fifo: return {opened_ms, pnl};
            case ClosePolicy::hedge_preserving: return {is_covered ? 1 : 0, pnl};
            case ClosePolicy::largest_loss:
            case ClosePolicy::fair: break;
        }
        return {pnl, 0};
    }

    /// What a close at its stop-out costs, in account currency.
    [[nodiscard]] CloseFee fee(std::size_t i, Volume closed) const {
        Exposure part = account_.exposures[i];
        const Instrument& instrument = *part.instrument;
        const double taker_fee = instrument.is_perpetual() ? instrument.taker_fee : 0.0;
        CloseFee fee;
        if (part.kind == OrderKind::position) fee.share = instrument.stop_out_fee + taker_fee;
        if (fee.share == 0.0) return fee;
        part.volume = closed;
        fee.price = valuation_price(*account_.rules, market_, part.symbol, part.is_short);
        fee.rate = market_.rate(part.margin_rate).ask;
        fee.exact = notional(part, fee.price) * fee.share * fee.rate;
        fee.money = round_to_minor(fee.exact * scale(row_.digits)).money;
        return fee;
    }
    /// The account with these closes made and paid for. Closing at the price a position is valued
    /// at leaves the equity as it is but for the fees.
    [[nodiscard]] Standing standing_after(std::span<const Change> changes) {
        Standing after = now_;
        for (const auto& [i, closed] : changes) {
            after.equity = after.equity - fee(i, closed).money;
            rest_.exposures[i].volume = rest_.exposures[i].volume - closed;
        }
        after.margin = value_general(row_, rest_, market_).totals.margin;
        for (const auto& [i, closed] : changes) {
            rest_.exposures[i].volume = rest_.exposures[i].volume + closed;
        }
        return after;
    }
    [[nodiscard]] bool lowers_the_level(const Candidate& candidate) {
        effort_ -= static_cast<std::int64_t>(rest_.exposures.size());
        return is_lower(standing_after(candidate), now_);
    }
    /// True where the level of `a` is below that of `b`.
    [[nodiscard]] bool is_lower(const Standing& a, const Standing& b) const {
        if (account_.rules->level_unit == LevelUnit::money) {
            return a.margin.minor() != 0 && a.equity < b.equity;
        }
        if (a.margin.minor() == 0 || b.margin.minor() == 0) return a.margin.minor() != 0;
        using Wide = __int128;
        return Wide{a.equity.minor()} * b.margin.minor() <
               Wide{b.equity.minor()} * a.margin.minor();
    }

    /// The next by the policy that does not lower the level, of a position perhaps only what is not
    /// covered; looked for as long as there is effort left, which ends in accounts of thousands of
    /// positions only.
    [[nodiscard]] std::optional<Candidate> next_position() {
        const std::vector<std::int64_t> net = net_volumes(rest_);
        const std::vector<Candidate> all = candidates(net);
        if (all.empty()) return std::nullopt;
        using Rank = std::pair<std::pair<std::int64_t, std::int64_t>, std::size_t>;
        std::vector<Rank> order;
        for (std::size_t i = 0; i < all.size(); ++i) {
            order.push_back({rank(all[i], net[all[i].front().exposure]), i});
        }
        std::ranges::sort(order);
        for (const auto& [rank, i] : order) {
            if (effort_ <= 0) break;
            if (!lowers_the_level(all[i])) return all[i];
            const std::size_t exposure = all[i].front().exposure;
            const Volume part = uncovered(rest_.exposures[exposure], net[exposure]);
            if (all[i].size() > 1 || part.raw() == 0 || !(part < all[i].front().closed)) continue;
            Candidate partial{{exposure, part}};
            if (!lowers_the_level(partial)) return partial;
        }
        return all[order.front().second];
    }

    void close(const Candidate& candidate) {
        const bool is_smart = account_.rules->close_policy == ClosePolicy::smart &&
                              candidate.size() == 1 && !plan_.is_backstop;
        // What is flat stays so: positions that are none together are closed together.
        const bool may_stop =
            candidate.size() == 1 || net_volumes(rest_)[candidate.front().exposure] != 0;
        for (const auto& [i, closed] : candidate) {
            close(i, is_smart ? smallest_enough(i, closed) : closed, may_stop);
            if (may_stop && is_done()) return;
        }
    }

    /// The fewest volume steps that are enough, `most` where none are. Up to what is not covered
    /// each of them raises the level.
    [[nodiscard]] Volume smallest_enough(std::size_t i, Volume most) {
        const Volume part = uncovered(rest_.exposures[i], net_volumes(rest_)[i]);
        if (part.raw() > 0 && part < most) most = part;
        const std::int64_t whole = most.raw();
        const std::int64_t step = rest_.exposures[i].instrument->volume_step.raw();
        const auto is_enough_after = [&](std::int64_t closed) {
            const Change change{i, Volume::from_raw(closed)};
            return is_enough(standing_after({&change, 1}));
        };
        std::int64_t few = 0;
        std::int64_t many = (whole + step - 1) / step;
        if (!is_enough_after(whole)) return most;
        while (many - few > 1) {
            const std::int64_t middle = few + (many - few) / 2;
            (is_enough_after(std::min(whole, middle * step)) ? many : few) = middle;
        }
        return Volume::from_raw(std::min(whole, many * step));
    }

    /// The same share of every position, the smallest in hundredths that is enough; of these the
    /// ones first that leave the highest level.
    void close_fairly() {
        constexpr int whole = 100;
        const auto closed_at = [&](std::size_t i, int share) {
            const Exposure& exposure = rest_.exposures[i];
            const std::int64_t step = exposure.instrument->volume_step.raw();
            const auto wanted = static_cast<std::int64_t>(
                std::ceil(static_cast<double>(exposure.volume.raw()) * share / whole));
            return std::min(exposure.volume.raw(), (wanted + step - 1) / step * step);
        };
        for (int share = 1; share <= whole && !is_done(); ++share) {
            std::vector<Change> changes;
            for (std::size_t i = 0; i < rest_.exposures.size(); ++i) {
                if (is_closable(i)) changes.push_back({i, Volume::from_raw(closed_at(i, share))});
            }
            if (share < whole && !is_enough(standing_after(changes))) continue;
            while (!changes.empty()) {
                const auto best = best_of(changes);
                if (is_done() && lowers_the_level({*best})) return;
                close(best->exposure, best->closed, false);
                changes.erase(best);
            }
            return;
        }
    }

    /// The change that leaves the highest level, as long as there is effort left.
    [[nodiscard]] std::vector<Change>::iterator best_of(std::vector<Change>& changes) {
        auto best = changes.begin();
        if (effort_ <= 0 || changes.size() == 1) return best;
        Standing highest = standing_after({&*best, 1});
        for (auto change = std::next(best); change != changes.end(); ++change) {
            const Standing after = standing_after({&*change, 1});
            if (!is_lower(highest, after)) continue;
            highest = after;
            best = change;
        }
        effort_ -= static_cast<std::int64_t>(changes.size() * rest_.exposures.size());
        return best;
    }

    /// In slices of the largest volume of a deal, perhaps no more of them than are needed.
    void close(std::size_t i, Volume volume, bool may_stop) {
        const Volume slice_max = rest_.exposures[i].instrument->volume_max;
        while (volume.raw() > 0 && plan_.closes.size() < closes_max && effort_ >= -effort_most) {
            effort_ -= static_cast<std::int64_t>(rest_.exposures.size());
            const Volume slice = slice_max.raw() > 0 && slice_max < volume ? slice_max : volume;
            PlannedClose close{.exposure = i, .volume = slice, .held = rest_.exposures[i].volume};
            const Money pnl = figures_.totals.pnl;
            const Money carry = reduce(rest_.exposures[i], slice);
            volume = volume - slice;
            figures_ = value_general(row_, rest_, market_);
            close.fee = fee(i, slice);
            // Closing at the price a position is valued at turns its P/L into balance.
            close.realized = pnl - figures_.totals.pnl + carry;
            balance_ = balance_ + close.realized - close.fee.money;
            now_ = {now_.equity - close.fee.money, figures_.totals.margin};
            close.equity_after = now_.equity;
            close.margin_after = now_.margin;
            close.balance_after = balance_;
            plan_.closes.push_back(close);
            if (may_stop && is_done()) return;
        }
    }

    /// Takes a slice away, and of swap, commission and a P/L that was told its share. Returns what
    /// of swap and commission is paid with it.
    static Money reduce(Exposure& exposure, Volume slice) {
        const Volume left = exposure.volume - slice;
        const double share = left.lots() / exposure.volume.lots();
        const auto share_of = [&](Money whole) {
            return round_to_minor(static_cast<double>(whole.minor()) * share).money;
        };
        if (exposure.given_pnl) exposure.given_pnl = share_of(*exposure.given_pnl);
        const Money carry_left = share_of(exposure.carry);
        const Money paid = exposure.carry - carry_left;
        exposure.carry = carry_left;
        exposure.volume = left;
        return paid;
    }

    const AccountRow& row_;
    const GeneralAccount& account_;
    const GeneralMarket& market_;
    GeneralAccount rest_;
    GeneralFigures figures_;
    Standing now_;
    Money balance_;
    // Exposures that may still be valued to look ahead; as many again for the closes themselves.
    static constexpr std::int64_t effort_most = 1'000'000;
    std::int64_t effort_ = effort_most;
    ClosePlan plan_;
};

}  // namespace

ClosePlan plan_closes(const AccountRow& row, const GeneralAccount& account,
                      const GeneralMarket& market) {
    return Planner{row, account, market}.run();
}

}  // namespace margind
