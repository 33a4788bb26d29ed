#pragma once
#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/request_head.hpp"
#include "margind/ports/result.hpp"

namespace margind::http {

using Endpoint = boost::asio::ip::tcp::endpoint;

/// Whom we answer to, against pages in a browser that name us by a name of their own. All in lower
/// case. A host without a port stands for that name with any port; `*` stands for every host.
/// Without Origin a request comes from no page; with one, the origin must be listed.
struct AllowList {
    std::vector<std::string> hosts;    // "localhost:8600", "margind.internal"
    std::vector<std::string> origins;  // "http://localhost:8600"
};

/// "127.0.0.1:8600", "[::1]:8600" or "localhost:8600". An address, never a name to be looked up.
[[nodiscard]] Result<Endpoint> parse_listen(std::string_view text);
/// The same text back: "127.0.0.1:8600", "[::1]:8600". An IPv4 address is never written as IPv6.
[[nodiscard]] std::string to_text(const Endpoint& endpoint);

/// What is allowed beside what is configured: the names by which this machine reaches `listen`, and
/// pages served from there.
[[nodiscard]] AllowList default_allow_list(const Endpoint& listen);

/// 421 for a host, 403 for an origin that is not on the list. `own_address` is the address on which
/// the connection arrived: a client that names it has not been misled by a name.
[[nodiscard]] std::optional<Refusal> check_access(const RequestHead& head, const AllowList& allowed,
                                                  std::string_view own_address);

/// The bearer token of the only line of a file: at least 16 visible ASCII characters.
[[nodiscard]] Result<std::string> read_token_file(const std::string& path);

/// True when `authorization` is "Bearer <token>". The time it takes does not tell how much matches.
[[nodiscard]] bool is_authorized(const std::optional<std::string>& authorization,
                                 std::string_view token);

}  // namespace margind::http
