#pragma once
#include <string>

#include "http/questions.hpp"

namespace margind::http {

/// The answer of /v1/accounts/{type:id}. Money in whole units of the account's currency with
/// exactly its decimals; null for a figure that is unknown and for a level where no margin is used.
[[nodiscard]] std::string account_json(const AccountAnswer& answer);

}  // namespace margind::http
