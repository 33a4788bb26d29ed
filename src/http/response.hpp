#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace margind::http {

/// What a route answers. No socket knows about it yet.
struct Response {
    int status = 200;
    std::string_view content_type = "application/json";
    std::string body;
    std::vector<std::pair<std::string_view, std::string>> headers;  // beside the usual ones
};

/// "Not Found" for 404; every status this server sends has one.
[[nodiscard]] std::string_view status_phrase(int status);

/// An error as application/problem+json (RFC 9457). `instance` is the path that was asked for;
/// empty where the request could not be read so far.
[[nodiscard]] Response problem(int status, std::string_view detail, std::string_view instance);

/// How a response goes onto the wire.
struct Framing {
    bool keep_alive = true;
    bool omit_body = false;    // HEAD: the length is told, the bytes are not sent
    std::int64_t wall_ms = 0;  // for the Date header
};

/// Appends status line, headers and body.
void append_response(std::string& out, const Response& response, const Framing& framing);

/// "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110, section 5.6.7).
[[nodiscard]] std::string http_date(std::int64_t wall_ms);

}  // namespace margind::http
