#pragma once
#include <string>
#include <string_view>

namespace margind::wire {

/// Where a text stops being JSON, for a person: "line 3, column 7". Empty where the text is JSON,
/// or where no single place is to blame (a string without an end, bytes that are no UTF-8).
[[nodiscard]] std::string json_fault_place(std::string_view text);

}  // namespace margind::wire
