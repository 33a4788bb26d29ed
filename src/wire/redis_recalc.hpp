#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "margind/core/book/account.hpp"

namespace margind::wire {

/// Accounts that a message on `portfolio_force_recalc` names, and what in it named none.
struct RecalcRequest {
    std::vector<AccountKey> accounts;
    std::uint64_t unknown_types = 0;
    std::uint64_t junk_users = 0;
};

/// Reads `{"users":[{"user_type":"live","user_id":"123"}], …}`; ids may be numbers. Nothing for
/// what is no such document: malformed, followed by more, longer than 1 MB, without `users`, or
/// with a key given twice. `types` are the configured account types.
[[nodiscard]] std::optional<RecalcRequest> parse_recalc(std::string_view payload,
                                                        std::span<const std::string> types);

}  // namespace margind::wire
