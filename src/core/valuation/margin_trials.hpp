#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "core/valuation/general_valuation.hpp"

namespace margind {

/// So much is left of an exposure.
struct Left {
    std::size_t exposure = 0;
    Volume volume;
};

/// What the margin of an account would be with less of some exposures: to the unit what `sum_exact`
/// says of such an account. Only the symbols that lose something are added up again, and what their
/// other exposures need is known.
class MarginTrials {
public:
    /// What they are given outlives them and stays as it is.
    MarginTrials(const AccountRow& row, const GeneralAccount& account, const GeneralMarket& market);

    [[nodiscard]] Rounded with(std::span<const Left> left);
    /// The work of all so far, as so many exposures valued.
    [[nodiscard]] std::int64_t effort() const { return steps_ / steps_each; }

private:
    /// What one exposure adds to its side.
    struct Share {
        Figure figure;
        double tier_notional = 0.0;  // in the currency of the tiers
        double open_value = 0.0;
        Volume volume;
        bool is_short = false;
        bool is_position = false;
    };
    /// A symbol as it stands, before it is netted and joined with others of its set.
    struct Symbol {
        Holding holding;
        std::array<std::optional<double>, 2> side_notionals;
        Figure margin;
        std::size_t set = no_set;
    };
    static constexpr std::size_t no_set = static_cast<std::size_t>(-1);
    // An exposure that is added takes a step, one margin half of what a whole valuation takes.
    static constexpr std::int64_t steps_each = 128;
    static constexpr std::int64_t margin_steps = 64;
    static constexpr std::int64_t price_steps = 8;

    [[nodiscard]] bool is_netting() const { return account_.margin_mode == MarginMode::netting; }
    [[nodiscard]] std::size_t symbol_of(std::size_t exposure) const;
    [[nodiscard]] std::optional<double> side_notional(const Holding& holding, bool is_short);
    Share share(std::size_t exposure, bool is_mixed, std::optional<double> side_notional);
    Symbol add_up(const Symbol& symbol, std::span<const Left> left);
    [[nodiscard]] Holding netted(Holding holding) const;
    Figure total_with(std::vector<std::pair<std::size_t, Symbol>>& changed);
    void join(std::size_t set, Figure& total,
              const std::vector<std::pair<std::size_t, Symbol>>& changed);

    const GeneralAccount& account_;
    GeneralValuation valuation_;
    std::vector<Symbol> symbols_;
    std::vector<std::vector<std::size_t>> sets_;  // of symbols that share their tiers
    std::vector<Share> shares_;                   // by exposure
    Figure total_;
    std::vector<Volume> volumes_;  // by exposure: what is left of it in the trial
    Exposure part_;                // one of them, with that volume
    std::int64_t steps_ = 0;
};

}  // namespace margind
