#pragma once
#include <chrono>
#include <string>
#include <string_view>

#include "margind/ports/result.hpp"

namespace margind::http {

struct GetResponse {
    int status = 0;
    std::string content_type;
    std::string body;
};

/// An address of this kind: http://HOST[:PORT][/PATH][?QUERY]. No user, no password, no fragment.
struct HttpUrl {
    std::string host;  // without brackets
    std::string port = "80";
    std::string authority;  // as it goes into the Host header
    std::string target = "/";
};
[[nodiscard]] Result<HttpUrl> parse_http_url(std::string_view url);

/// Asks once over a connection of its own and blocks until the answer is there, at most `deadline`
/// (looking up a name that is no address comes on top). Every status is an answer; an error is what
/// kept one from coming. `token` goes as a bearer token unless it is empty. For command lines and
/// health checks; the daemon never calls it.
[[nodiscard]] Result<GetResponse> get(std::string_view url, std::chrono::milliseconds deadline,
                                      std::string_view token = {});

}  // namespace margind::http
