#pragma once
#include <optional>
#include <string>
#include <vector>

#include "margind/core/engine/snapshot.hpp"
#include "margind/core/explain/explanation.hpp"
#include "margind/core/stop_out/liquidation.hpp"
#include "wire/evaluate_document.hpp"

namespace margind::wire {

/// The account as it would stand after a deal that is only thought of.
struct Pretrade {
    Valuation after;  // its causes: also why the deal itself cannot be valued
    std::optional<Money> margin_initial = {};  // what opening takes of the whole account
    bool is_allowed = false;  // known, its symbol trades that size, and the equity is enough for it
    std::vector<std::string> steps = {};  // the arithmetic that it changes, a line each
};

/// What became of the ticks of a document; nothing of one that is stamped after its now.
using TickFates = std::vector<std::optional<TickFate>>;

/// What an answer is written from.
struct Evaluated {
    Explanation explanation;
    Snapshot snapshot;
    const EvaluateDocument& document;
    TickFates tick_fates;  // in parallel with the document's ticks
    std::vector<SymbolRisk> risks;
    std::optional<Pretrade> pretrade;
};

/// The answer of `evaluate`. Fields: docs/evaluate.md.
[[nodiscard]] std::string write_answer(const Evaluated& evaluated);

}  // namespace margind::wire
