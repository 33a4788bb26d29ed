#pragma once
#include <string>
#include <string_view>

namespace margind::wire {

/// About where a text stops being one JSON array or object, for a person: "line 3, column 7", and
/// "column 7" in a text of one line. Empty where it is one, and where no place can be told (a
/// string without an end, bytes that are no UTF-8, no array and no object at all).
[[nodiscard]] std::string json_fault_place(std::string_view text);

}  // namespace margind::wire
