#pragma once
#include <string>

#include "margind/core/engine/engine.hpp"
#include "support/reference_model.hpp"

namespace margind::test {

// An account in one line of text, every figure exact: what the engine and the model must agree on,
// and what a failed comparison shows.

[[nodiscard]] std::string line_of(const Engine& engine, AccountId account, Moment now);
[[nodiscard]] std::string line_of(const ModelAccount& account, RuleSetKind rules);

[[nodiscard]] std::string line_of(const Event& event);
[[nodiscard]] std::string line_of(const ModelEvent& event);

}  // namespace margind::test
