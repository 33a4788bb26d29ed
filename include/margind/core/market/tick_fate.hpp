#pragma once
#include <array>
#include <cstdint>
#include <string_view>
#include <utility>

namespace margind {

/// What became of a tick. docs/guards.md says what each means and what follows from it.
enum class TickFate : std::uint8_t {
    accepted,
    not_finite,         // NaN, infinite, or neither side given
    not_positive,       // zero or below, and the symbol does not allow it
    late,               // stamped before the newest tick of its symbol
    crossed,            // bid > ask: the old quote stands, its holders are UNKNOWN until a good one
    spread,             // below min_spread or above max_spread: refused
    off_reference,      // too far from the reference symbol: refused
    no_reference,       // the reference symbol has no usable quote: waits for it
    outlier_held,       // a side is beyond soft_points: it waits to be confirmed
    outlier_discarded,  // a side is beyond discard_points: refused
    unchanged,          // the quote comes, but has not changed for freeze_after_ms: it is stale
};

/// In the order of TickFate, as they appear in answers, metrics and scenarios.
inline constexpr std::array<std::string_view, 11> tick_fate_names{
    "accepted", "not_finite",    "not_positive", "late",         "crossed",
    "spread",   "off_reference", "no_reference", "outlier_held", "outlier_discarded",
    "unchanged"};
inline constexpr std::size_t tick_fate_count = tick_fate_names.size();
static_assert(tick_fate_count == std::size_t{std::to_underlying(TickFate::unchanged)} + 1);

[[nodiscard]] constexpr std::string_view to_string(TickFate fate) {
    return tick_fate_names[std::to_underlying(fate)];
}

}  // namespace margind
