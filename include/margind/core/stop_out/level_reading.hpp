#pragma once
#include <cmath>
#include <cstdint>

#include "margind/core/book/book.hpp"
#include "margind/core/rules/rules.hpp"
#include "margind/core/valuation/platform_valuation.hpp"
#include "margind/core/valuation/valuation.hpp"

namespace margind {

/// Whether something is at its stop-out that nobody has been told of: parts_told.hpp.
enum class PartNews : std::uint8_t {
    none,
    again,  // it had left, and is there once more
    fresh,
};

/// Where an account stands against its levels at one beat.
struct LevelReading {
    bool at_stop_out = false;      // level <= stop-out
    bool at_margin_call = false;   // level <= margin call
    bool above_stop_leave = true;  // level > stop-out + gap
    bool above_call_leave = true;  // level > margin call + gap
    PartNews news = PartNews::none;

    /// Of two parts of an account, each with a level of its own, the worse.
    void add(const LevelReading& other) {
        at_stop_out |= other.at_stop_out;
        at_margin_call |= other.at_margin_call;
        above_stop_leave &= other.above_stop_leave;
        above_call_leave &= other.above_call_leave;
    }
};

/// How far the equity is above a level in percent, both in minor units, in ten-thousandths of one;
/// 0 where that is not certain: the doubles are off by some 2⁻⁵¹ of either side.
[[nodiscard]] inline double above_level(Level level, double equity, double margin) {
    const double needed = static_cast<double>(level.value) * margin;
    const double doubt = std::abs(needed) * 1e-12 + 1.0;
    const double above = equity * 10'000.0 - needed;
    return std::abs(above) > doubt ? above : 0.0;
}

/// What decides whether an account is at a level.
enum class LevelMeasure : std::uint8_t {
    none,     // nothing is used: it is at none
    percent,  // equity of the margin
    money,    // equity
    debt,     // nothing is used, and what is held is fully hedged: it is at both below zero
};
[[nodiscard]] LevelMeasure level_measure(bool has_margin, bool has_positions, const RuleSet& rules);

/// Precondition: the valuation is known. Source: docs/formulas.md §5.1 and §5.3.
[[nodiscard]] LevelReading read_levels(const AccountRow& row, const Valuation& valuation,
                                       const RuleSet& rules);
/// By the rule set `platform`. Source: there, §7.
[[nodiscard]] LevelReading read_levels(const AccountRow& row, const PlatformFigures& figures,
                                       const RuleSet& rules);

}  // namespace margind
