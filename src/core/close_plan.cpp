#include "margind/core/close_plan.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <ranges>

#include "margind/core/valuation.hpp"

namespace margind {
namespace {

/// What is closed at once: one exposure, or in a netting account all positions of a symbol.
using Candidate = std::vector<std::size_t>;

class Planner {
public:
    Planner(const AccountRow& row, const GeneralAccount& account, const GeneralMarket& market)
        : row_{row}, account_{account}, market_{market}, rest_{account} {}

    std::vector<PlannedClose> run() {
        figures_ = value_general(row_, rest_, market_);
        equity_ = figures_.totals.equity;
        first_pnl_ = figures_.totals.pnl;
        while (!is_enough(figures_.totals.margin)) {
            const auto order = largest_order();
            if (!order) break;
            close(*order, rest_.exposures[*order].volume);
        }
        if (account_.rules->close_policy == ClosePolicy::fair) {
            close_fairly();
        } else {
            while (!is_enough(figures_.totals.margin)) {
                const auto candidate = next_position();
                if (!candidate) break;
                close(*candidate);
            }
        }
        return std::move(plan_);
    }

private:
    [[nodiscard]] bool is_enough(Money margin) const {
        if (margin.minor() == 0)
            return !account_.rules->fully_hedged_stop_out || equity_ >= Money{};
        return !is_at_or_below(equity_, margin, row_.stop_out, account_.rules->level_compare);
    }
    [[nodiscard]] bool is_open(std::size_t i) const { return rest_.exposures[i].volume.raw() > 0; }
    [[nodiscard]] bool is_position(std::size_t i) const {
        return rest_.exposures[i].kind == OrderKind::position;
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

    [[nodiscard]] std::vector<Candidate> candidates() const {
        std::vector<Candidate> all;
        for (std::size_t i = 0; i < rest_.exposures.size(); ++i) {
            if (!is_position(i) || !is_open(i)) continue;
            const bool joins =
                account_.margin_mode == MarginMode::netting && !all.empty() &&
                rest_.exposures[all.back().front()].symbol == rest_.exposures[i].symbol;
            if (!joins) all.emplace_back();
            all.back().push_back(i);
        }
        return all;
    }

    /// The smaller, the sooner.
    [[nodiscard]] std::pair<std::int64_t, std::int64_t> rank(const Candidate& candidate) const {
        std::int64_t pnl = 0;
        std::int64_t margin = 0;
        std::int64_t opened_ms = std::numeric_limits<std::int64_t>::max();
        for (const std::size_t i : candidate) {
            pnl += figures_.exposures[i].pnl.value_or(Money{}).minor();
            margin += figures_.exposures[i].margin.value_or(Money{}).minor();
            opened_ms = std::min(opened_ms, rest_.exposures[i].opened_ms);
        }
        switch (account_.rules->close_policy) {
            case ClosePolicy::largest_margin:
            case ClosePolicy::smart: return {-margin, pnl};
            case ClosePolicy::fifo: return {opened_ms, pnl};
            case ClosePolicy::hedge_preserving:
                return {is_covered(rest_.exposures[candidate.front()]) ? 1 : 0, pnl};
            case ClosePolicy::largest_loss:
            case ClosePolicy::fair: break;
        }
        return {pnl, 0};
    }

    /// True on the smaller side of its symbol: closing it uncovers what it hedges.
    [[nodiscard]] bool is_covered(const Exposure& exposure) const {
        std::int64_t net = 0;
        for (const Exposure& other : rest_.exposures) {
            if (other.symbol != exposure.symbol || other.kind != OrderKind::position) continue;
            net += other.is_short ? -other.volume.raw() : other.volume.raw();
        }
        return exposure.is_short ? net >= 0 : net <= 0;
    }

    [[nodiscard]] Money margin_without(const Candidate& candidate) const {
        GeneralAccount rest = rest_;
        for (const std::size_t i : candidate) rest.exposures[i].volume = Volume{};
        return margin_of(rest);
    }
    [[nodiscard]] Money margin_of(const GeneralAccount& rest) const {
        return value_general(row_, rest, market_).totals.margin;
    }

    [[nodiscard]] std::optional<Candidate> next_position() const {
        std::vector<Candidate> all = candidates();
        if (all.empty()) return std::nullopt;
        std::ranges::sort(all, {}, [&](const Candidate& candidate) {
            return std::pair{rank(candidate), candidate.front()};
        });
        // Equity stays, so the level falls where the margin rises.
        const auto good = std::ranges::find_if(all, [&](const Candidate& candidate) {
            return margin_without(candidate) <= figures_.totals.margin;
        });
        return good == all.end() ? all.front() : *good;
    }

    void close(const Candidate& candidate) {
        const bool is_partial =
            account_.rules->close_policy == ClosePolicy::smart && candidate.size() == 1;
        for (const std::size_t i : candidate) {
            close(i, is_partial ? smallest_enough(i) : rest_.exposures[i].volume);
        }
    }

    /// The fewest volume steps of a position that are enough; all of it where none is.
    [[nodiscard]] Volume smallest_enough(std::size_t i) const {
        const std::int64_t whole = rest_.exposures[i].volume.raw();
        const std::int64_t step = rest_.exposures[i].instrument->volume_step.raw();
        const auto is_enough_after = [&](std::int64_t closed) {
            GeneralAccount rest = rest_;
            rest.exposures[i].volume = Volume::from_raw(whole - closed);
            return is_enough(margin_of(rest));
        };
        std::int64_t few = 0;
        std::int64_t many = (whole + step - 1) / step;
        if (!is_enough_after(whole)) return Volume::from_raw(whole);
        while (many - few > 1) {
            const std::int64_t middle = few + (many - few) / 2;
            (is_enough_after(std::min(whole, middle * step)) ? many : few) = middle;
        }
        return Volume::from_raw(std::min(whole, many * step));
    }

    /// The same share of every position, the smallest in hundredths that is enough.
    void close_fairly() {
        constexpr int whole = 100;
        const auto closed_at = [&](std::size_t i, int share) {
            const Exposure& exposure = rest_.exposures[i];
            const std::int64_t step = exposure.instrument->volume_step.raw();
            const auto wanted = static_cast<std::int64_t>(
                std::ceil(static_cast<double>(exposure.volume.raw()) * share / whole));
            return std::min(exposure.volume.raw(), (wanted + step - 1) / step * step);
        };
        for (int share = 1; share <= whole && !is_enough(figures_.totals.margin); ++share) {
            GeneralAccount rest = rest_;
            for (std::size_t i = 0; i < rest.exposures.size(); ++i) {
                if (!is_position(i)) continue;
                rest.exposures[i].volume =
                    rest.exposures[i].volume - Volume::from_raw(closed_at(i, share));
            }
            if (share < whole && !is_enough(margin_of(rest))) continue;
            const GeneralAccount before = rest_;
            for (std::size_t i = 0; i < before.exposures.size(); ++i) {
                if (!is_position(i) || !is_open(i)) continue;
                close(i, before.exposures[i].volume - rest.exposures[i].volume);
            }
            return;
        }
    }

    /// In slices of the largest volume of a deal.
    void close(std::size_t i, Volume volume) {
        const Volume slice_max = rest_.exposures[i].instrument->volume_max;
        while (volume.raw() > 0) {
            const Volume slice = slice_max.raw() > 0 && slice_max < volume ? slice_max : volume;
            rest_.exposures[i].volume = rest_.exposures[i].volume - slice;
            volume = volume - slice;
            figures_ = value_general(row_, rest_, market_);
            // Closing at the price a position is valued at turns its P/L into balance.
            const Money realized = first_pnl_ - figures_.totals.pnl;
            plan_.push_back({i, slice, equity_, figures_.totals.margin, row_.balance + realized});
        }
    }

    const AccountRow& row_;
    const GeneralAccount& account_;
    const GeneralMarket& market_;
    GeneralAccount rest_;
    GeneralFigures figures_;
    Money equity_;
    Money first_pnl_;
    std::vector<PlannedClose> plan_;
};

}  // namespace

std::vector<PlannedClose> plan_closes(const AccountRow& row, const GeneralAccount& account,
                                      const GeneralMarket& market) {
    return Planner{row, account, market}.run();
}

}  // namespace margind
