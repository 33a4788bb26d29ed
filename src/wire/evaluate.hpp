#pragma once
#include <string>
#include <string_view>

#include "margind/ports/result.hpp"

namespace margind::wire {

/// One account worked out on paper: a JSON document in, a JSON answer out, no other state. The
/// figures are the engine's own. A document that cannot be worked out gives Fault::malformed with
/// every problem on a line of its own. Fields, units and examples: docs/evaluate.md.
[[nodiscard]] Result<std::string> evaluate(std::string_view json_document);

}  // namespace margind::wire
