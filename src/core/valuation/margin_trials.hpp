#pragma once
#include <array>
#include <cstddef>
#include <optional>
#include <vector>

#include "core/valuation/general_valuation.hpp"

namespace margind {

/// What the margin of an account would be with less of one exposure, from what its symbols come to:
/// no other exposure is valued again. What goes is taken from sums that it was added to, so an
/// answer is within `slack` of what a whole valuation says.
class MarginTrials {
public:
    struct Answer {
        Money margin;
        Money slack;
    };

    /// What they are given outlives them and stays as it is.
    MarginTrials(const AccountRow& row, const GeneralAccount& account, const GeneralMarket& market);

    /// Nothing where the others would have to be valued again: in netting accounts, and where the
    /// conversions change with what is held. Nothing as well where it is in doubt.
    [[nodiscard]] std::optional<Answer> with(std::size_t exposure, Volume left);

private:
    [[nodiscard]] bool is_apart(const Holding& holding, const Exposure& exposure,
                                Volume left) const;
    [[nodiscard]] bool has_shared_bands(const Exposure& exposure) const;
    void shift(Holding& holding, const Exposure& exposure, bool is_mixed, int sign) const;
    void shift_bands(std::size_t holding, Holding& changed, const Exposure& whole) const;
    [[nodiscard]] Figure total_with(std::size_t holding, const Holding& changed) const;

    const GeneralAccount& account_;
    GeneralValuation valuation_;
    std::vector<Holding> holdings_;                      // before sets of tiers are joined
    std::vector<std::array<double, 2>> side_notionals_;  // of perpetuals with bands
    std::vector<Figure> margins_;                        // one for each holding
    Figure total_;
    Exposure part_;  // what is left of the one that is tried
};

}  // namespace margind
