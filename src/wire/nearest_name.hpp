#pragma once
#include <span>
#include <string>
#include <string_view>

namespace margind::wire {

/// The closest of `names` by edit distance, for "did you mean"; empty when none is near, and for a
/// name of more than 64 bytes.
[[nodiscard]] std::string_view nearest_name(std::string_view name,
                                            std::span<const std::string_view> names);

/// The same where it is so near that it must be a slip of the pen: two letters at most, and never
/// half of it.
[[nodiscard]] std::string_view slip_of(std::string_view name,
                                       std::span<const std::string_view> names);

/// `; did you mean NAME?`, or nothing where `name` is empty.
[[nodiscard]] std::string did_you_mean(std::string_view name);

}  // namespace margind::wire
