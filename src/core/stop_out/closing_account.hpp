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

/// A standing whose margin is right within `slack`.
struct Estimate {
    Standing standing;
    Money slack;
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
    /// About the same, from what the symbols come to, where that is possible.
    [[nodiscard]] std::optional<Estimate> estimate(const Change& change);
    /// True where no margin within the slack would leave the level as high as it is.
    [[nodiscard]] bool surely_lowers(const Estimate& estimate) const;
    /// True where it leaves nothing in doubt, and the level not lower.
    [[nodiscard]] bool keeps_level(const Change& change);
    /// Makes one close.
    PlannedClose close(const Change& change);

    /// True where another step may be looked for. Effort is counted in exposures valued and closes
    /// tried; it is looked at between steps only, never within one: a step has been compared with
    /// every other one, whatever that costs.
    [[nodiscard]] bool may_go_on() const { return effort_ < effort_most; }
    void forget_effort() { effort_ = 0; }

private:
    struct Range {
        std::size_t first = 0;
        std::size_t end = 0;
    };
    [[nodiscard]] Range range_of(std::span<const Change> changes) const;
    [[nodiscard]] GeneralFigures value(Range range);
    void revalue();
    [[nodiscard]] CloseFee fee(const Change& change) const;
    [[nodiscard]] Rounded closing_fee(Money equity);
    static Money reduce(Exposure& exposure, Volume closed);

    static constexpr std::int64_t effort_most = 2'000'000;

    const AccountRow& row_;
    const GeneralMarket& market_;
    GeneralAccount rest_;
    GeneralAccount part_;  // what of it is valued
    GeneralFigures figures_;
    std::vector<ExposureFigures> shares_;  // as in `rest_`
    std::optional<MarginTrials> trials_;   // of `rest_`, once they are asked for
    bool has_closing_fees_;
    Standing now_;
    Money balance_;
    std::int64_t effort_ = 0;
};

}  // namespace margind
