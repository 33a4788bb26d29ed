#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "margind/core/explain/explanation.hpp"
#include "wire/json_writer.hpp"

namespace margind::wire {

// Everything a verdict rests on, as parts of one JSON object: the field `decision` of an event, the
// account route, and what `evaluate` answers with. Money has the digits of the account's currency;
// what is unknown is null. Fields: docs/evaluate.md, "The explanation".

/// account, currency, verdict, causes and state, as fields of an object that is open; likewise the
/// figures and the levels; likewise the market, the positions, the plan and the arithmetic.
void write_explained_account(JsonWriter& json, const Explanation& explanation);
void write_explained_figures(JsonWriter& json, const Explanation& explanation);
void write_explained_grounds(JsonWriter& json, const Explanation& explanation);
/// False with a cause that leaves not even the balance: none in the image, or no image.
[[nodiscard]] bool is_balance_known(Causes causes);

/// An array of cause names, in bit order.
void write_causes(JsonWriter& json, Causes causes);
/// The plan of closes, a step each; `level_after` is null where nothing is used any more. Beside
/// it, where there is any, what it has to skip, its stage, and what is missing when it is done.
void write_plan(JsonWriter& json, const Explanation& explanation);

/// What is used, also where the equity is unknown: nothing where some position's margin is unknown.
[[nodiscard]] std::optional<Money> known_margin(const Explanation& explanation);
/// The margin of one symbol's positions; nothing where it is unknown.
[[nodiscard]] std::optional<Money> known_margin(const SymbolExplained& symbol);
/// Lots without the dust that sums of binary fractions leave: the nearest 10⁻⁸ lot.
[[nodiscard]] double clean_lots(double lots);

[[nodiscard]] std::string_view to_string(Side side);

}  // namespace margind::wire
