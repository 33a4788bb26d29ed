#include "margind/core/stop_out/close_plan.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <optional>
#include <span>
#include <utility>

#include "core/stop_out/close_amount.hpp"
#include "core/stop_out/close_candidates.hpp"
#include "core/stop_out/closing_account.hpp"
#include "core/stop_out/order_cancels.hpp"

namespace margind {
namespace {

class Planner {
public:
    Planner(const AccountRow& row, const GeneralAccount& account, const GeneralMarket& market)
        : account_{row, account, market},
          policy_{account.rules->close_policy},
          orders_{account_},
          is_even_{even_exposures(account)},
          lowers_(account.exposures.size(), false) {}

    ClosePlan run() {
        plan_.equity = account_.now().equity;
        plan_.margin = account_.now().margin;
        plan_.closing_fee = account_.now().closing_fee;
        plan_.is_backstop = account_.is_below(account_.rules().two_stage_ratio);
        note_what_does_not_trade();
        const bool is_fair = policy_ == ClosePolicy::fair && !plan_.is_backstop;
        while (may_go_on() && !is_done()) {
            if (cancel_order()) continue;
            if (!(is_fair ? close_fairly() : close_next())) break;
        }
        plan_.is_flat_after = is_flat();
        if (!plan_.is_backstop && is_enough()) plan_.skipped.clear();  // it went without them
        return std::move(plan_);
    }

private:
    [[nodiscard]] bool is_enough() const { return account_.is_enough(account_.now()); }
    /// In two stages the second one spares nothing.
    [[nodiscard]] bool is_done() const { return !plan_.is_backstop && is_enough(); }
    [[nodiscard]] bool may_go_on() const {
        return plan_.closes.size() < closes_max && (plan_.closes.empty() || account_.may_close());
    }
    [[nodiscard]] const Exposure& exposure(std::size_t i) const {
        return account_.rest().exposures[i];
    }
    [[nodiscard]] bool is_flat() const {
        return std::ranges::none_of(account_.rest().exposures, [](const Exposure& rest) {
            return rest.kind == OrderKind::position && rest.volume.raw() > 0;
        });
    }
    void note_what_does_not_trade() {
        for (std::size_t i = 0; i < account_.rest().exposures.size(); ++i) {
            const Session session = account_.market().session(exposure(i).symbol);
            if (exposure(i).kind != OrderKind::position || session == Session::open) continue;
            plan_.skipped.push_back({i, session});
        }
    }
    void take(const Change& change) {
        const Standing before = account_.now();
        plan_.closes.push_back(account_.close(change));
        // Where no equity is left another comparison counts.
        const Standing& now = account_.now();
        if (account_.is_lower(before, now) || now.level_equity() <= Money{}) {
            lowers_.assign(lowers_.size(), false);
        }
        orders_.note_close(change.exposure);
    }
    bool cancel_order() {
        const auto cancel = orders_.next();
        if (cancel) take(*cancel);
        return cancel.has_value();
    }

    /// One deal of it.
    [[nodiscard]] Change slice(const Change& change) const {
        return {change.exposure, slice_of(*exposure(change.exposure).instrument, change.closed)};
    }

    /// The smaller, the sooner. `net`: the symbol's, long above 0.
    [[nodiscard]] std::pair<std::int64_t, std::int64_t> rank(const Candidate& candidate,
                                                             std::int64_t net) const {
        std::int64_t pnl = 0;
        std::int64_t margin = 0;
        std::int64_t opened_ms = std::numeric_limits<std::int64_t>::max();
        for (const auto& [i, closed] : candidate) {
            pnl += account_.figures(i).pnl.value_or(Money{}).minor();
            margin += account_.figures(i).margin.value_or(Money{}).minor();
            opened_ms = std::min(opened_ms, exposure(i).opened_ms);
        }
        // On the smaller side of its symbol: closing it uncovers what it hedges.
        const bool is_covered = exposure(candidate.front().exposure).is_short ? net >= 0 : net <= 0;
        switch (policy_) {
            case ClosePolicy::largest_margin:
            case ClosePolicy::smart: return {-margin, pnl};
            case ClosePolicy::fifo: return {opened_ms, pnl};
            case ClosePolicy::hedge_preserving: return {is_covered ? 1 : 0, pnl};
            case ClosePolicy::largest_loss:
            case ClosePolicy::fair: break;
        }
        return {pnl, 0};
    }

    /// By the policy. What is flat of a netting account uses nothing: it goes only where everything
    /// does.
    [[nodiscard]] std::vector<Candidate> candidates() const {
        const std::vector<std::int64_t> net = net_volumes(account_.rest());
        const bool spares_hedges =
            policy_ == ClosePolicy::hedge_preserving || policy_ == ClosePolicy::smart;
        const CandidateOptions options{
            .spares_hedges = spares_hedges && !plan_.is_backstop,
            .has_flat = plan_.is_backstop || account_.now().margin == Money{}};
        std::vector<Candidate> all =
            close_candidates(account_.rest(), account_.market(), net, options);
        using Rank = std::pair<std::pair<std::int64_t, std::int64_t>, std::size_t>;
        std::vector<Rank> order;
        for (std::size_t i = 0; i < all.size(); ++i) {
            order.push_back({rank(all[i], net[all[i].front().exposure]), i});
        }
        std::ranges::sort(order);
        std::vector<Candidate> sorted;
        for (const Rank& rank : order) sorted.push_back(std::move(all[rank.second]));
        return sorted;
    }

    /// The next by the policy that does not lower the level, of a hedge perhaps only what is not
    /// covered; else what of one raises it; else the first that is left.
    bool close_next() {
        const std::vector<Candidate> all = candidates();
        const std::vector<std::int64_t> net = net_volumes(account_.rest());
        for (const Candidate& candidate : all) {
            const auto& [i, closed] = candidate.front();
            if (still_lowers(i)) continue;
            if (account_.keeps_level(slice(candidate.front()))) return close(candidate);
            const Volume part = uncovered(exposure(i), net[i]);
            if (part.raw() == 0 || !(part < closed)) continue;
            if (account_.keeps_level(slice({i, part}))) return close({{i, part}});
        }
        if (const auto smaller = raising_step(all)) return close({*smaller});
        note_lowering(all);
        const auto first = std::ranges::find_if(all, [&](const Candidate& candidate) {
            return account_.after(slice(candidate.front())).has_value();
        });
        return first != all.end() && close(*first);
    }

    /// What of the first candidate raises the level that has such a part. In the second of two
    /// stages everything goes, in whatever order.
    [[nodiscard]] std::optional<Change> raising_step(const std::vector<Candidate>& all) {
        const bool is_money = account_.rules().level_unit == LevelUnit::money;
        // Nothing is higher than no level; and in money a close costs, if nothing is held back.
        const bool can_only_cost = is_money && !account_.has_closing_fees();
        if (account_.now().margin == Money{} || can_only_cost || plan_.is_backstop) {
            return std::nullopt;
        }
        const std::vector<std::int64_t> net = net_volumes(account_.rest());
        for (const Candidate& candidate : all) {
            const std::size_t first = candidate.front().exposure;
            if (is_even_[first]) continue;
            for (const Change& most : largest_deals(candidate, net)) {
                if (!account_.may_compare()) return std::nullopt;
                const auto amount = raising_amount(account_, most.exposure, most.closed);
                if (amount) return Change{most.exposure, *amount};
            }
        }
        return std::nullopt;
    }

    /// What is left of an exposure that has borne its share, and does not lower the level.
    [[nodiscard]] std::optional<Change> even_step(const std::vector<Candidate>& all) {
        for (const Candidate& candidate : all) {
            const std::size_t i = candidate.front().exposure;
            const Change deal = slice(candidate.front());
            if (is_even_[i] && !still_lowers(i) && account_.keeps_level(deal)) return deal;
        }
        return std::nullopt;
    }

    /// True where closing any of an exposure is known to lower the level: it did when the level was
    /// higher, and what it costs and what it frees are the same for each lot.
    [[nodiscard]] bool still_lowers(std::size_t i) const {
        const bool is_last = account_.figures(i).margin.value_or(Money{}) >= account_.now().margin;
        return lowers_[i] && !is_last;  // without margin there is no level
    }

    /// No candidate raises the level.
    void note_lowering(const std::vector<Candidate>& all) {
        for (const Candidate& candidate : all) {
            const std::size_t i = candidate.front().exposure;
            lowers_[i] = is_even_[i];
        }
    }

    /// One deal of a position, or of each ticket on the side of a net position.
    [[nodiscard]] std::vector<Change> largest_deals(const Candidate& candidate,
                                                    std::span<const std::int64_t> net) const {
        const std::size_t first = candidate.front().exposure;
        const bool is_netting = account_.rest().margin_mode == MarginMode::netting;
        if (!is_netting || net[first] == 0) return {slice({first, exposure(first).volume})};
        const Volume whole = Volume::from_raw(std::abs(net[first]));
        std::vector<Change> deals;
        for (std::size_t i = first; i < net.size(); ++i) {
            const Exposure& ticket = exposure(i);
            if (ticket.symbol != exposure(first).symbol) break;
            const bool is_open = ticket.kind == OrderKind::position && ticket.volume.raw() > 0;
            if (!is_open || ticket.is_short != exposure(first).is_short) continue;
            deals.push_back(slice({i, std::min(whole, ticket.volume)}));
        }
        return deals;
    }

    /// In slices of the largest deal, no more of them than are needed, and not beyond where the
    /// level would fall: all but the first have not been looked at. True: something was closed.
    bool close(const Candidate& candidate) {
        const bool is_smart = policy_ == ClosePolicy::smart && !plan_.is_backstop;
        bool is_first = true;
        for (const auto& [i, closed] : candidate) {
            for (Volume left = closed; left.raw() > 0;) {
                Change next = slice({i, left});
                if (!is_first) {
                    if (is_done() || !may_go_on()) return true;
                    if (!account_.keeps_level(next)) return true;
                }
                if (is_smart) next.closed = fewest_enough(account_, i, next.closed);
                is_first = false;
                take(next);
                left = left - next.closed;
            }
        }
        return true;
    }

    /// One deal of the shares that are left, the one that leaves the highest level. Where that
    /// lowers it, what of any position raises it goes first, and the shares are worked out anew.
    bool close_fairly() {
        if (shares_.empty()) shares_ = fair_shares();
        const auto best = best_share();
        if (!best) return false;
        if (!account_.keeps_level(*best)) {
            const std::vector<Candidate> all = candidates();
            auto raising = even_step(all);
            if (!raising) raising = raising_step(all);
            if (raising) {
                shares_.clear();
                take(*raising);
                return true;
            }
            note_lowering(all);
        }
        take_share(*best);
        // The others bear their shares too, as far as that costs nothing.
        while (may_go_on() && is_done()) {
            const auto next = best_share();
            if (!next || !account_.keeps_level(*next)) break;
            take_share(*next);
        }
        return true;
    }
    void take_share(const Change& change) {
        const auto share = std::ranges::find(shares_, change.exposure, &Change::exposure);
        share->closed = share->closed - change.closed;
        if (share->closed.raw() == 0) shares_.erase(share);
        take(change);
    }
    /// Nothing where each would leave something in doubt.
    [[nodiscard]] std::optional<Change> best_share() {
        std::optional<Change> best;
        Standing highest;
        for (const Change& share : shares_) {
            const Change next = slice(share);
            const auto after = account_.after(next);
            if (!after || (best && !account_.is_lower(highest, *after))) continue;
            best = next;
            highest = *after;
            if (!account_.may_compare() && !account_.is_lower(highest, account_.now())) break;
        }
        return best;
    }

    /// The same share of every position, the smallest in hundredths that is enough.
    [[nodiscard]] std::vector<Change> fair_shares() {
        constexpr int whole = 100;
        const std::vector<Candidate> all = candidates();
        std::vector<Change> changes;
        for (int share = 1; share <= whole; ++share) {
            changes.clear();
            for (const Candidate& candidate : all) add_share(candidate, share, changes);
            const auto after = account_.after(changes);
            if (after && account_.is_enough(*after)) break;
        }
        return changes;
    }
    /// So many hundredths of a candidate, up to a volume step.
    void add_share(const Candidate& candidate, int share, std::vector<Change>& changes) const {
        Volume whole;
        for (const Change& change : candidate) whole = whole + change.closed;
        const Instrument& instrument = *exposure(candidate.front().exposure).instrument;
        const auto wanted =
            static_cast<std::int64_t>(std::ceil(static_cast<double>(whole.raw()) * share / 100.0));
        const std::int64_t steps = steps_of(instrument, Volume::from_raw(wanted));
        Volume left = volume_of(instrument, steps, whole);
        for (const auto& [i, closed] : candidate) {
            const Volume part = std::min(left, closed);
            if (part.raw() > 0) changes.push_back({i, part});
            left = left - part;
        }
    }

    ClosingAccount account_;
    ClosePolicy policy_;
    OrderCancels orders_;
    std::vector<bool> is_even_;   // by exposure: each lot costs and frees the same
    std::vector<bool> lowers_;    // by exposure: whatever is closed of it, while the level falls
    std::vector<Change> shares_;  // what is left of fair shares
    ClosePlan plan_;
};

}  // namespace

ClosePlan plan_closes(const AccountRow& row, const GeneralAccount& account,
                      const GeneralMarket& market) {
    return Planner{row, account, market}.run();
}

}  // namespace margind
