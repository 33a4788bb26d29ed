#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "margind/core/engine/engine.hpp"
#include "margind/core/stop_out/stop_out.hpp"
#include "wire/redis_account.hpp"

namespace margind::wire {

/// The hash `margind:control`, as HGETALL gives it. An absent hash is the default; a value that
/// cannot be read counts as killed. `armed` and `killed` are 1, 0, true, false, yes, no, on or off;
/// `frozen` is a list of symbols, separated by commas or as JSON.
[[nodiscard]] Control decode_control(FlatReply hash);

/// What stands for a control hash that cannot be read.
[[nodiscard]] Control unreadable_control();

/// An account's breach memory as text, as in
/// `state=stop_out breach=3 step=2 armed=1 last_stop_out_ms=1700000000000`, and ` unknown=1` for
/// each time that the account could not be valued within the breach.
void append_breach(std::string& out, const BreachMemory& memory);

/// Reads it back. Keys that are not known are passed over; nothing for text without a state, a
/// breach number and a step, for a key given twice, and for a value that is not what its key
/// promises.
[[nodiscard]] std::optional<BreachMemory> decode_breach(std::string_view text);

}  // namespace margind::wire
