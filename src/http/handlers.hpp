#pragma once
#include <boost/asio/awaitable.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/routes.hpp"
#include "http/target.hpp"

namespace margind::http {

/// One request on its way to its handler.
struct Call {
    const Target& target;
    std::string captured;  // the path's one variable segment, decoded
    const Inputs& inputs;
};

using Answer = boost::asio::awaitable<Response>;

// The seed's own routes, in exactly its shapes.
[[nodiscard]] Answer seed_status(const Call& call);
[[nodiscard]] Answer seed_dirty_users(const Call& call);

[[nodiscard]] Answer livez(const Call& call);
[[nodiscard]] Answer readyz(const Call& call);
[[nodiscard]] Answer metrics(const Call& call);

[[nodiscard]] Answer v1_status(const Call& call);
[[nodiscard]] Answer v1_dirty(const Call& call);
[[nodiscard]] Answer v1_account(const Call& call);
[[nodiscard]] Answer v1_symbol(const Call& call);

/// The body of /v1/status.
[[nodiscard]] std::string status_json(const Inputs& inputs);

/// 503 with Retry-After: the engine did not answer.
[[nodiscard]] Response unavailable(const Error& error, std::string_view instance);

/// The place of a type in the configured list.
[[nodiscard]] std::optional<TypeIndex> type_index(const std::vector<std::string>& types,
                                                  std::string_view type);
/// "user_type must be 'live' or 'demo'", with whatever is configured.
[[nodiscard]] std::string must_be_one_of(std::string_view name,
                                         const std::vector<std::string>& types);

/// Where a page begins, as text that a client hands back as it is. It is bound to the type and to
/// the run of the program, because the engine's order ends with it.
[[nodiscard]] std::string encode_cursor(AccountId next, std::string_view type,
                                        std::int64_t started_ms);
[[nodiscard]] std::optional<AccountId> decode_cursor(std::string_view cursor, std::string_view type,
                                                     std::int64_t started_ms);

}  // namespace margind::http
