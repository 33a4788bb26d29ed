#include "margind/core/stop_out/level_reading.hpp"

#include <cmath>

namespace margind {

LevelMeasure level_measure(bool has_margin, bool has_positions, const RuleSet& rules) {
    if (has_margin) {
        return rules.level_unit == LevelUnit::money ? LevelMeasure::money : LevelMeasure::percent;
    }
    const bool counts = rules.fully_hedged_stop_out && has_positions;
    return counts ? LevelMeasure::debt : LevelMeasure::none;
}

LevelReading read_levels(const AccountRow& row, const Valuation& valuation, const RuleSet& rules) {
    const Money equity = valuation.level_equity();
    const Money margin = valuation.margin;
    const LevelMeasure measure = level_measure(margin.minor() > 0, row.count > 0, rules);
    if (measure == LevelMeasure::debt && equity.minor() < 0) return {true, true, false, false};
    if (measure == LevelMeasure::debt || measure == LevelMeasure::none) return {};
    const auto is_reached = [&](Level level) {
        return has_reached(equity, margin, row.digits, level, rules);
    };
    LevelReading reading;
    reading.at_stop_out = is_reached(row.stop_out);
    reading.at_margin_call = is_reached(row.margin_call);
    reading.above_stop_leave = !is_reached(Level{row.stop_out.value + rules.leave_gap.value});
    reading.above_call_leave = !is_reached(Level{row.margin_call.value + rules.leave_gap.value});
    return reading;
}

LevelReading read_levels(const AccountRow& row, const PlatformFigures& figures,
                         const RuleSet& rules) {
    LevelReading reading;
    if (figures.used_margin_executed == 0.0) return reading;
    const double level = std::round(round_cents(figures.level) * 100.0);
    const auto above = [&](Level threshold) {
        return static_cast<double>(threshold.value + rules.leave_gap.value);
    };
    reading.at_stop_out = level < static_cast<double>(row.stop_out.value);
    reading.at_margin_call = level <= static_cast<double>(row.margin_call.value);
    reading.above_stop_leave = level >= above(row.stop_out);
    reading.above_call_leave = level > above(row.margin_call);
    return reading;
}

}  // namespace margind
