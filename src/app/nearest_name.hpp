#pragma once
#include <span>
#include <string_view>

namespace margind::app {

/// The closest of `names` by edit distance, for "did you mean"; empty when none is near.
[[nodiscard]] std::string_view nearest_name(std::string_view name,
                                            std::span<const std::string_view> names);

}  // namespace margind::app
