#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "margind/core/book/account.hpp"
#include "margind/core/rules/instrument.hpp"
#include "margind/core/rules/rules.hpp"
#include "support/reference_model_market.hpp"

namespace margind::test {

/// Specifications received, by group and symbol; some of them say that the store has none.
using ModelSpecs = std::map<std::pair<std::string, std::string>, InstrumentSpec>;

/// Figures of one account in minor units of its currency.
struct ModelFigures {
    std::int64_t balance = 0;
    std::int64_t equity = 0;
    std::int64_t margin = 0;
    std::int64_t pnl = 0;  // with swap and commission
    friend bool operator==(const ModelFigures&, const ModelFigures&) = default;
};

/// An account's own levels, else the rule set's, in basis points.
struct ModelLevels {
    std::int64_t margin_call = 0;
    std::int64_t stop_out = 0;
};

/// What an account is worth now, or why that cannot be said.
struct ModelValuation {
    CauseNames causes;  // empty = the figures are good
    ModelFigures figures;
    ModelLevels levels;
};

/// Everything that a valuation looks at.
struct ModelWorld {
    const RuleSet& rules;
    const ModelSpecs& specs;
    const ModelMarket& market;
    std::string default_currency;
    std::function<int(const std::string&)> digits;
    Moment now;
};

[[nodiscard]] ModelValuation model_value(const AccountImage& image, const ModelWorld& world);

/// What a position's margin and P/L are computed from, understood from a specification.
struct ModelInstrument {
    std::string mode;
    double contract_size = 0.0;
    std::string profit_currency;
    std::string margin_currency;
    double margin_per_lot = 0.0;
    double factor = 1.0;
    std::optional<double> leverage_cap;
    double rate_long = 1.0;
    double rate_short = 1.0;

    [[nodiscard]] bool is_forex() const { return mode == "forex" || mode == "forex_no_leverage"; }
    [[nodiscard]] bool needs_leverage() const {
        return mode == "forex" || mode == "cfd_leverage" || mode == "crypto";
    }
    [[nodiscard]] bool needs_price() const { return mode == "cfd" || mode == "cfd_leverage"; }
};

/// Nothing where the specification cannot be understood.
[[nodiscard]] std::optional<ModelInstrument> model_instrument(const InstrumentSpec& spec);

/// The specification that serves a group: its own; `Standard`'s once the group is known to have
/// none.
[[nodiscard]] const InstrumentSpec* model_spec(const ModelSpecs& specs, const std::string& group,
                                               const std::string& symbol);

/// Half away from zero; nothing for NaN and where the amount is 2⁵³ or more.
/// `largest`: of the numbers that it is a difference of; what is as near to a half as doubles can
/// tell is one.
[[nodiscard]] std::optional<std::int64_t> model_round(double minor_units,
                                                      std::optional<double> largest = {});

/// equity ≤ level × margin (or <), in integers.
[[nodiscard]] bool model_at_or_below(std::int64_t equity, std::int64_t margin,
                                     std::int64_t level_bp, LevelCompare compare);

}  // namespace margind::test
