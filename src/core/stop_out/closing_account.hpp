#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/stop_out/close_candidates.hpp"
#include "core/valuation/margin_trials.hpp"
#include "margind/core/stop_out/close_plan.hpp"
#include "margind/core/valuation/general_account.hpp"

namespace margind {

/// What levels are read from.
struct Standing {
    Money equity;
    Money margin;
    Money closing_fee;  // of what perpetuals are left

    [[nodiscard]] Money level_equity() const { return equity - closing_fee; }
};

/// An account while closes are made of it one after the other: what is left, how it stands, and how
/// it would stand after the next ones. What it is made from outlives it.
class ClosingAccount {
public:
    ClosingAccount(const AccountRow& row, const GeneralAccount& account,
                   const GeneralMarket& market);

    /// Exposures keep their places: what is closed has no volume.
    [[nodiscard]] const GeneralAccount& rest() const { return rest_; }
    [[nodiscard]] const GeneralMarket& market() const { return market_; }
    [[nodiscard]] const RuleSet& rules() const { return *rest_.rules; }
    [[nodiscard]] const Standing& now() const { return now_; }
    [[nodiscard]] const ExposureFigures& figures(std::size_t exposure) const {
        return shares_[exposure];
    }

    // Levels.
    [[nodiscard]] bool is_enough(const Standing& standing) const;
    /// True where the level is below that share of the stop-out level.
    [[nodiscard]] bool is_below(double ratio) const;
    /// True where `a` is the worse one: its level is below that of `b`, or, where neither has
    /// equity left, more is used.
    [[nodiscard]] bool is_lower(const Standing& a, const Standing& b) const;

    /// The account with these closes made and paid for. Nothing where that would be in doubt.
    [[nodiscard]] std::optional<Standing> after(std::span<const Change> changes);
    [[nodiscard]] std::optional<Standing> after(const Change& change) {
        return after({&change, 1});
    }
    /// True where it leaves nothing in doubt, and the level not lower.
    [[nodiscard]] bool keeps_level(const Change& change);
    /// Makes one close.
    PlannedClose close(const Change& change);

    /// True where some of its equity is held back for closing perpetuals.
    [[nodiscard]] bool has_closing_fees() const { return has_closing_fees_; }

    // Effort, in exposures valued: so much for the closes themselves, and so much to compare parts
    // of positions, about a second of each.
    [[nodiscard]] bool may_close() const { return closing_effort_ < closing_most; }
    [[nodiscard]] bool may_compare() const { return comparing_effort() < comparing_most; }

private:
    [[nodiscard]] MarginTrials& trials();
    [[nodiscard]] std::int64_t comparing_effort() const;
    void revalue();
    [[nodiscard]] CloseFee fee(const Change& change) const;
    [[nodiscard]] Rounded closing_fee(Money equity);
    static Money reduce(Exposure& exposure, Volume closed);

    static constexpr std::int64_t closing_most = 2'000'000;
    static constexpr std::int64_t comparing_most = 500'000;

    const AccountRow& row_;
    const GeneralMarket& market_;
    GeneralAccount rest_;
    GeneralAccount open_;  // what of it is valued
    GeneralFigures figures_;
    std::vector<ExposureFigures> shares_;  // as in `rest_`
    std::optional<MarginTrials> trials_;   // of `rest_`, once they are asked for
    bool has_closing_fees_;
    Standing now_;
    Money balance_;
    std::int64_t closing_effort_ = 0;
    std::int64_t comparing_effort_ = 0;  // but for that of `trials_`
};

}  // namespace margind
