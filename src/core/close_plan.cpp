#include "margind/core/close_plan.hpp"

#include <algorithm>

#include "margind/core/valuation.hpp"

namespace margind {
namespace {

/// What is closed at once: a position, or in a netting account all positions of a symbol.
struct Candidate {
    std::size_t first = 0;
    std::size_t last = 0;  // one past the end
    Money pnl;
};

using Positions = std::vector<PositionExplained>;

std::vector<Candidate> candidates_of(const Positions& open, MarginMode mode) {
    std::vector<Candidate> candidates;
    for (std::size_t i = 0; i < open.size(); ++i) {
        const bool joins = mode == MarginMode::netting && !candidates.empty() &&
                           open[candidates.back().first].symbol == open[i].symbol;
        if (!joins) candidates.push_back({i, i, {}});
        candidates.back().last = i + 1;
        candidates.back().pnl = candidates.back().pnl + open[i].pnl;
    }
    std::ranges::sort(candidates, {}, [](const Candidate& candidate) {
        return std::pair{candidate.pnl, candidate.first};
    });
    return candidates;
}

/// Margin of what is left open: per symbol the larger side. Positions of one symbol are adjacent.
Money margin_of(const Positions& open, const std::vector<bool>& is_closed) {
    Money total;
    for (std::size_t i = 0; i < open.size();) {
        const std::string& symbol = open[i].symbol;
        Money buys;
        Money sells;
        for (; i < open.size() && open[i].symbol == symbol; ++i) {
            if (is_closed[i]) continue;
            Money& side = open[i].side == Side::sell ? sells : buys;
            side = side + open[i].margin;
        }
        total = total + std::max(buys, sells);
    }
    return total;
}

double net_lots(const Positions& open, const Candidate& candidate) {
    double lots = 0.0;
    for (std::size_t i = candidate.first; i < candidate.last; ++i) {
        lots += open[i].side == Side::sell ? -open[i].lots : open[i].lots;
    }
    return lots < 0.0 ? -lots : lots;
}

}  // namespace

std::vector<CloseStep> plan_closes(const Explanation& account, MarginMode mode,
                                   LevelCompare compare) {
    const Positions& open = account.positions;
    std::vector<CloseStep> plan;
    std::vector<bool> is_closed(open.size(), false);
    for (const Candidate& candidate : candidates_of(open, mode)) {
        for (std::size_t i = candidate.first; i < candidate.last; ++i) is_closed[i] = true;
        CloseStep& step = plan.emplace_back();
        step.position = open[candidate.first].id;
        step.symbol = open[candidate.first].symbol;
        step.lots = net_lots(open, candidate);
        // Closing at the price a position is valued at turns its P/L into balance: equity stays.
        step.equity_after = account.equity;
        step.margin_after = margin_of(open, is_closed);
        step.has_level_after = step.margin_after.minor() > 0;
        step.level_after = level_percent(step.equity_after, step.margin_after);
        const bool is_enough =
            step.has_level_after &&
            !is_at_or_below(step.equity_after, step.margin_after, account.stop_out, compare);
        if (is_enough) break;
    }
    return plan;
}

}  // namespace margind
