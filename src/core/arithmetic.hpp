#pragma once
#include <string>
#include <vector>

#include "margind/core/explanation.hpp"
#include "margind/core/platform_valuation.hpp"
#include "margind/core/rules.hpp"

namespace margind {

// The lines of an explanation, one for each figure, in the order of the calculation.

[[nodiscard]] std::string rate_step(const RateUsed& rate);
[[nodiscard]] std::string position_step(const PositionExplained& position, const Explanation& all);
[[nodiscard]] std::string symbol_step(const SymbolExplained& symbol, const Explanation& all);
[[nodiscard]] std::string equity_step(const Explanation& all, Money carry, bool credit_counts);
[[nodiscard]] std::string level_step(const Explanation& all, const RuleSet& rules);
[[nodiscard]] std::vector<std::string> platform_steps(const PlatformFigures& figures,
                                                      const Explanation& all);
[[nodiscard]] std::string unknown_step(Causes causes);

/// Adds a position's lots and margin to its symbol's entry.
void add_to_symbol(const PositionExplained& position, std::vector<SymbolExplained>& symbols);

}  // namespace margind
