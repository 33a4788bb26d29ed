#include "http/response.hpp"

#include <fmt/format.h>

#include <array>
#include <chrono>
#include <iterator>

#include "wire/json_writer.hpp"

namespace margind::http {

std::string_view status_phrase(int status) {
    switch (status) {
        case 200: return "OK";
        case 400: return "Bad Request";
        case 401: return "Unauthorized";
        case 403: return "Forbidden";
        case 404: return "Not Found";
        case 405: return "Method Not Allowed";
        case 408: return "Request Timeout";
        case 413: return "Content Too Large";
        case 414: return "URI Too Long";
        case 417: return "Expectation Failed";
        case 421: return "Misdirected Request";
        case 429: return "Too Many Requests";
        case 431: return "Request Header Fields Too Large";
        case 500: return "Internal Server Error";
        case 501: return "Not Implemented";
        case 503: return "Service Unavailable";
        case 505: return "HTTP Version Not Supported";
        default: return "Unknown";
    }
}

Response problem(int status, std::string_view detail, std::string_view instance) {
    Response response{.status = status, .content_type = "application/problem+json"};
    wire::JsonWriter json{response.body};
    json.begin_object().field("type", "about:blank").field("title", status_phrase(status));
    json.field("status", status).field("detail", detail);
    if (!instance.empty()) json.field("instance", instance);
    json.end_object();
    return response;
}

std::string http_date(std::int64_t wall_ms) {
    using namespace std::chrono;
    static constexpr std::array days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const auto at = floor<seconds>(sys_time<milliseconds>{milliseconds{wall_ms}});
    const auto day = floor<std::chrono::days>(at);
    const year_month_day date{day};
    const hh_mm_ss time{at - day};
    return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT", days[weekday{day}.c_encoding()],
                       unsigned{date.day()}, months[unsigned{date.month()} - 1], int{date.year()},
                       time.hours().count(), time.minutes().count(), time.seconds().count());
}

void append_response(std::string& out, const Response& response, const Framing& framing) {
    auto to = std::back_inserter(out);
    fmt::format_to(to, "HTTP/1.1 {} {}\r\n", response.status, status_phrase(response.status));
    fmt::format_to(to, "Date: {}\r\n", http_date(framing.wall_ms));
    fmt::format_to(to, "Content-Type: {}\r\n", response.content_type);
    fmt::format_to(to, "Content-Length: {}\r\n", response.body.size());
    out += "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n";
    for (const auto& [name, value] : response.headers) {
        fmt::format_to(to, "{}: {}\r\n", name, value);
    }
    out += framing.keep_alive ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n";
    if (!framing.omit_body) out += response.body;
}

}  // namespace margind::http
