#pragma once
#include <cstdint>
#include <set>
#include <string>

#include "margind/core/book/account.hpp"
#include "support/reference_model_valuation.hpp"

namespace margind::test {

/// The figures of the rule set `platform`, in whole USD.
struct PlatformModelFigures {
    double equity = 0.0;
    double balance = 0.0;
    double used_margin_executed = 0.0;
    double used_margin_all = 0.0;
    double open_pnl = 0.0;
    double level = 0.0;
    std::set<std::string> degraded;  // orders_skipped, missing_group_data, …
    std::string error;               // missing_balance, …; the figures are then nothing
    std::uint32_t orders_skipped = 0;
    friend bool operator==(const PlatformModelFigures&, const PlatformModelFigures&) = default;
};

/// RULES section 7, word by word.
[[nodiscard]] PlatformModelFigures model_platform_value(const AccountImage& image,
                                                        const ModelWorld& world);

/// The level as it is published and compared: hundredths of a percent, from the text of `%.2f`.
[[nodiscard]] std::int64_t model_level_hundredths(double level);

}  // namespace margind::test
