#pragma once
#include <algorithm>
#include <span>
#include <string>
#include <string_view>

#include "margind/ports/result.hpp"

namespace margind::redis {

// What an answer must look like to be believed. One of another shape answers another question, or
// comes from a broken server: it is neither an empty hash nor the end of a set.

/// Of HGETALL: fields and values in turn.
[[nodiscard]] inline bool is_hash(std::span<const std::string_view> answer) {
    return answer.size() % 2 == 0;
}

/// Of SCAN, SSCAN and HSCAN: a cursor, then what was found. A cursor that is the one `asked` with
/// leads nowhere.
[[nodiscard]] inline bool is_scan(std::span<const std::string_view> answer,
                                  std::string_view asked) {
    if (answer.empty() || answer.front().empty()) return false;
    const std::string_view cursor = answer.front();
    return std::ranges::all_of(cursor, [](char c) { return c >= '0' && c <= '9'; }) &&
           (cursor != asked || cursor == "0");
}

[[nodiscard]] inline Error malformed_answer(std::string_view command) {
    return {Fault::malformed, "redis: unexpected answer to " + std::string{command}};
}

}  // namespace margind::redis
