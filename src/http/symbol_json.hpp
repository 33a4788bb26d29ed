#pragma once
#include <string>

#include "http/questions.hpp"

namespace margind::http {

/// The answer of /v1/symbols/{symbol}. Prices as the feed gave them; null for one that is unknown
/// or in doubt, and for a setting that is not there.
[[nodiscard]] std::string symbol_json(const SymbolAnswer& answer);

}  // namespace margind::http
