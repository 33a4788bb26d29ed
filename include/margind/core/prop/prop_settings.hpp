#pragma once
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "margind/core/base/level.hpp"

namespace margind {

// What prop-firm rules can be told. docs/prop-firm.md, section 1.

/// What the size of a limit is.
enum class LossUnit : std::uint8_t {
    percent,             // of what the loss is measured from: the day's reference, the peak
    percent_of_initial,  // of `initial_balance`
    money,
};
/// What a day's loss is measured from: a figure at the reset.
enum class DailyLossBase : std::uint8_t { balance, equity, larger };
/// What the drawdown is measured from: `initial_balance`, or the highest figure so far.
enum class DrawdownMode : std::uint8_t { static_floor, trailing };
/// The figure whose highest value a trailing drawdown follows.
enum class DrawdownBase : std::uint8_t { balance, equity };
/// When that highest value rises.
enum class PeakUpdate : std::uint8_t { live, at_reset };

inline constexpr std::pair<std::string_view, LossUnit> loss_unit_names[] = {
    {"percent", LossUnit::percent},
    {"percent_of_initial", LossUnit::percent_of_initial},
    {"money", LossUnit::money},
};
inline constexpr std::pair<std::string_view, DailyLossBase> daily_loss_base_names[] = {
    {"balance", DailyLossBase::balance},
    {"equity", DailyLossBase::equity},
    {"larger", DailyLossBase::larger},
};
inline constexpr std::pair<std::string_view, DrawdownMode> drawdown_mode_names[] = {
    {"static", DrawdownMode::static_floor},
    {"trailing", DrawdownMode::trailing},
};
inline constexpr std::pair<std::string_view, DrawdownBase> drawdown_base_names[] = {
    {"balance", DrawdownBase::balance},
    {"equity", DrawdownBase::equity},
};
inline constexpr std::pair<std::string_view, PeakUpdate> drawdown_update_names[] = {
    {"live", PeakUpdate::live},
    {"at_reset", PeakUpdate::at_reset},
};
inline constexpr std::pair<std::string_view, LevelCompare> limit_compare_names[] = {
    {"le", LevelCompare::less_equal},  // a breach where the equity reaches the floor
    {"lt", LevelCompare::less},        // … only below it
};

/// The prop-firm rules as somebody sets them, before it is known in which currency: percentages and
/// money as numbers. Absent = not said here; a size, an amount of 0 = none. Names as in
/// configuration, hashes and documents.
struct PropSettings {
    std::optional<double> daily_loss;
    std::optional<LossUnit> daily_loss_unit;
    std::optional<DailyLossBase> daily_loss_base;
    std::optional<bool> losses_only;
    std::optional<double> drawdown;
    std::optional<LossUnit> drawdown_unit;
    std::optional<DrawdownMode> drawdown_mode;
    std::optional<DrawdownBase> drawdown_base;
    std::optional<PeakUpdate> drawdown_update;
    std::optional<double> drawdown_lock;
    std::optional<double> peak_start;
    std::optional<double> initial_balance;
    std::optional<LevelCompare> limit_compare;

    /// True where neither limit has a size: then nothing else counts.
    [[nodiscard]] bool is_off() const {
        return daily_loss.value_or(0.0) == 0.0 && drawdown.value_or(0.0) == 0.0;
    }
    friend bool operator==(const PropSettings&, const PropSettings&) = default;
};

/// The settings with those of `overrides` that say something.
[[nodiscard]] PropSettings with(PropSettings settings, const PropSettings& overrides);

}  // namespace margind
