#pragma once
#include <optional>
#include <string>
#include <vector>

#include "margind/core/explanation.hpp"
#include "margind/core/liquidation.hpp"
#include "margind/core/snapshot.hpp"
#include "wire/evaluate_document.hpp"

namespace margind::wire {

/// The account as it would stand after a deal that is only thought of.
struct Pretrade {
    Valuation after;                 // its causes: also why the deal itself cannot be valued
    bool is_allowed = false;         // known, its symbol trades that size, and margin is left
    std::vector<std::string> steps;  // the arithmetic that it changes, a line each
};

/// What an answer is written from.
struct Evaluated {
    Explanation explanation;
    Snapshot snapshot;
    const EvaluateDocument& document;
    std::vector<TickFate> tick_fates;  // in parallel with the document's ticks
    std::vector<SymbolRisk> risks;
    std::optional<Pretrade> pretrade;
};

/// The answer of `evaluate`. Fields: docs/evaluate.md.
[[nodiscard]] std::string write_answer(const Evaluated& evaluated);

}  // namespace margind::wire
