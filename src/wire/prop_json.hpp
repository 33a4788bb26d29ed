#pragma once
#include "margind/core/explain/explanation.hpp"
#include "wire/json_writer.hpp"

namespace margind::wire {

/// How an account stands under its prop-firm rules, as the field `prop` of an object that is open;
/// nothing without such rules. Fields: docs/evaluate.md, "Prop-firm rules".
void write_prop(JsonWriter& json, const Explanation& explanation);

}  // namespace margind::wire
