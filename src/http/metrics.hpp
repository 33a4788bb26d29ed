#pragma once
#include <string>
#include <string_view>

#include "http/routes.hpp"

namespace margind::http {

/// Everything the view and the server count, in the Prometheus text exposition format 0.0.4.
[[nodiscard]] std::string metrics_text(const Inputs& inputs);

/// A label value with backslash, quote and line feed escaped; other bytes as they are, UTF-8 or
/// replaced.
[[nodiscard]] std::string escaped_label(std::string_view value);

}  // namespace margind::http
