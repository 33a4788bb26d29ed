#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "margind/core/prop/prop_memory.hpp"

namespace margind::wire {

/// The field of a snapshot that keeps what prop-firm rules remember of the account.
inline constexpr std::string_view prop_state_field = "prop_state";

/// That memory as pairs `key=value`, money in whole units of the currency:
/// `digits=2 reset_ms=1741561200000 peak=105000.00 … currency=USD`. What there is none of is left
/// out. Keys: docs/prop-firm.md, section 6.
void append_prop_memory(std::string& out, const PropMemory& memory);

/// Reads it back; nothing where any part of it is not as it was written.
[[nodiscard]] std::optional<PropMemory> decode_prop_memory(std::string_view text);

}  // namespace margind::wire
