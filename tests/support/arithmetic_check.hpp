#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace margind::test {

/// What a line of an explanation says, worked out again from the line alone.
struct CheckedLine {
    std::string formula;             // what stands in its brackets
    std::size_t claims = 0;          // equations, roundings and comparisons that it makes
    std::vector<std::string> wrong;  // those that are not true to the printed digits
};

/// Reads `subject [formula]: statement; statement`. In a statement `a * b = c * d = e` each `=`
/// must hold, and what follows it goes on from the number there; `a rounded to b`, `a up to b` and
/// `a down to b` must be so; `<`, `<=`, `>` and `>=` compare both sides. Units, and brackets that
/// hold words, are passed over.
[[nodiscard]] CheckedLine check_arithmetic(std::string_view line);

}  // namespace margind::test
