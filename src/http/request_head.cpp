#include "http/request_head.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "http/characters.hpp"

namespace margind::http {
namespace {

constexpr std::string_view line_end = "\r\n";
constexpr std::size_t method_max = 32;

std::unexpected<Refusal> refuse(int status, std::string detail) {
    return std::unexpected{Refusal{status, std::move(detail)}};
}

using Checked = std::expected<void, Refusal>;

/// Headers that rule where a message ends or who may ask: twice is a contradiction, even when
/// equal.
struct Seen {
    bool host = false;
    bool content_length = false;
    bool authorization = false;
    bool origin = false;
    bool expect = false;
};

Checked check_once(bool& seen, std::string_view name) {
    if (seen) return refuse(400, fmt::format("{} is given more than once", name));
    seen = true;
    return {};
}

Checked check_version(std::string_view version) {
    if (version == "HTTP/1.1") return {};
    const bool is_version = version.size() == 8 && version.starts_with("HTTP/") &&
                            is_digit(version[5]) && version[6] == '.' && is_digit(version[7]);
    if (!is_version) return refuse(400, "the request line does not end in HTTP/1.1");
    return refuse(505,
                  fmt::format("{} is not spoken here, send HTTP/1.1 with a Host header", version));
}

Checked check_target(std::string_view target, const HeadLimits& limits) {
    if (target.size() > limits.target_max) {
        return refuse(414, fmt::format("the target is longer than {} bytes", limits.target_max));
    }
    if (!target.starts_with('/')) {
        return refuse(400, "the target is not a path: it must start with a slash");
    }
    if (!std::ranges::all_of(target, is_target)) {
        return refuse(400, "the target holds a character that must be percent-encoded");
    }
    return {};
}

Checked parse_request_line(std::string_view line, const HeadLimits& limits, RequestHead& head) {
    const std::size_t first = line.find(' ');
    const std::size_t last = line.rfind(' ');
    if (first == std::string_view::npos || first == last) {
        return refuse(400, "the request line is not: method, space, target, space, version");
    }
    const std::string_view method = line.substr(0, first);
    if (method.empty() || method.size() > method_max || !std::ranges::all_of(method, is_token)) {
        return refuse(400, "the method is not a token");
    }
    // The version first: what an HTTP/1.0 client leaves out is not its fault.
    if (const Checked version = check_version(line.substr(last + 1)); !version) return version;
    const std::string_view target = line.substr(first + 1, last - first - 1);
    if (const Checked checked = check_target(target, limits); !checked) return checked;
    head.method = method;
    head.target = target;
    return {};
}

bool is_port(std::string_view port) {
    return !port.empty() && port.size() <= 5 && std::ranges::all_of(port, is_digit);
}

/// `name`, `name:port`, `[address]` or `[address]:port`; a name is letters, digits, `.`, `-` and
/// `_`.
bool is_host(std::string_view host) {
    std::string_view name = host;
    if (host.starts_with('[')) {
        const std::size_t end = host.find(']');
        if (end == std::string_view::npos || end == 1) return false;
        name = host.substr(1, end - 1);
        const std::string_view rest = host.substr(end + 1);
        const bool is_address = std::ranges::all_of(
            name, [](char c) { return hex_value(c) >= 0 || c == ':' || c == '.'; });
        return is_address && (rest.empty() || (rest.front() == ':' && is_port(rest.substr(1))));
    }
    if (const std::size_t colon = host.find(':'); colon != std::string_view::npos) {
        if (!is_port(host.substr(colon + 1))) return false;
        name = host.substr(0, colon);
    }
    return !name.empty() && std::ranges::all_of(name, [](char c) {
        return is_digit(c) || is_alpha(c) || c == '.' || c == '-' || c == '_';
    });
}

Checked read_content_length(std::string_view value, const HeadLimits& limits, RequestHead& head) {
    const bool is_plain = !value.empty() && std::ranges::all_of(value, is_digit) &&
                          (value.size() == 1 || value.front() != '0');
    if (!is_plain) return refuse(400, "Content-Length is not one plain decimal number");
    std::size_t size = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), size);
    if (error != std::errc{} || size > limits.body_max) {
        return refuse(413, fmt::format("the body is larger than {} bytes", limits.body_max));
    }
    head.body_size = size;
    return {};
}

Checked read_host(std::string_view value, RequestHead& head) {
    if (!is_host(value)) return refuse(400, "Host is not a name or address with an optional port");
    head.host = to_lower(value);
    return {};
}

Checked read_expect(std::string_view value, RequestHead& head) {
    if (!equals_ignoring_case(value, "100-continue")) {
        return refuse(417, "Expect knows only 100-continue");
    }
    head.expects_continue = true;
    return {};
}

void read_connection(std::string_view value, RequestHead& head) {
    while (!value.empty()) {
        const std::size_t comma = value.find(',');
        const std::string_view option = trimmed(value.substr(0, comma));
        if (equals_ignoring_case(option, "close")) head.keep_alive = false;
        value = comma == std::string_view::npos ? std::string_view{} : value.substr(comma + 1);
    }
}

Checked read_header(std::string_view name, std::string_view value, const HeadLimits& limits,
                    RequestHead& head, Seen& seen) {
    const auto is = [&](std::string_view known) { return equals_ignoring_case(name, known); };
    if (is("Transfer-Encoding")) {
        return refuse(501, "Transfer-Encoding is not taken, send Content-Length");
    }
    if (is("Host")) {
        const Checked once = check_once(seen.host, "Host");
        return once ? read_host(value, head) : once;
    }
    if (is("Content-Length")) {
        const Checked once = check_once(seen.content_length, "Content-Length");
        return once ? read_content_length(value, limits, head) : once;
    }
    if (is("Expect")) {
        const Checked once = check_once(seen.expect, "Expect");
        return once ? read_expect(value, head) : once;
    }
    if (is("Authorization")) {
        head.authorization = value;
        return check_once(seen.authorization, "Authorization");
    }
    if (is("Origin")) {
        head.origin = to_lower(value);
        return check_once(seen.origin, "Origin");
    }
    if (is("Connection")) read_connection(value, head);
    return {};
}

Checked parse_header(std::string_view line, const HeadLimits& limits, RequestHead& head,
                     Seen& seen) {
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || colon == 0 ||
        !std::ranges::all_of(line.substr(0, colon), is_token)) {
        return refuse(400, "a header line is not: name, colon, value, with no space in the name");
    }
    return read_header(line.substr(0, colon), trimmed(line.substr(colon + 1)), limits, head, seen);
}

Checked check_whole(const RequestHead& head, const Seen& seen) {
    if (!seen.host) return refuse(400, "Host is missing");
    if (head.body_size > 0 && (head.method == "GET" || head.method == "HEAD")) {
        return refuse(400, fmt::format("{} takes no body", head.method));
    }
    return {};
}

}  // namespace

std::optional<Refusal> HeadScanner::end_line(std::string_view line) {
    if (lines_ == 0 && line.empty()) return Refusal{400, "an empty line before the request line"};
    if (lines_ > 0 && is_blank(line.front())) return Refusal{400, "a header is folded"};
    if (lines_ > limits_->header_count_max) {
        return Refusal{431, fmt::format("more than {} headers", limits_->header_count_max)};
    }
    ++lines_;
    return std::nullopt;
}

std::optional<Refusal> HeadScanner::check_first_line(char c) {
    if (c == ' ') {
        if (++spaces_ == 1) target_begin_ = at_ + 1;
        return std::nullopt;
    }
    if (spaces_ == 0 && at_ >= method_max) return Refusal{400, "the method is not a token"};
    if (spaces_ == 1 && at_ - target_begin_ >= limits_->target_max) {
        return Refusal{414, fmt::format("the target is longer than {} bytes", limits_->target_max)};
    }
    return std::nullopt;
}

std::expected<std::optional<std::size_t>, Refusal> HeadScanner::scan(std::string_view bytes) {
    for (; at_ < bytes.size(); ++at_) {
        if (at_ >= limits_->head_max) {
            return refuse(431, fmt::format("the head is longer than {} bytes", limits_->head_max));
        }
        const char c = bytes[at_];
        if (c == '\r') {
            if (at_ + 1 == bytes.size()) return std::nullopt;
            if (bytes[at_ + 1] != '\n') return refuse(400, "a carriage return without a line feed");
            const std::string_view line = bytes.substr(line_begin_, at_ - line_begin_);
            if (lines_ > 0 && line.empty()) {
                const std::size_t size = at_ + line_end.size();
                if (size <= limits_->head_max) return size;
                return refuse(431,
                              fmt::format("the head is longer than {} bytes", limits_->head_max));
            }
            if (auto refusal = end_line(line)) return std::unexpected{std::move(*refusal)};
            line_begin_ = at_ + line_end.size();
            ++at_;
        } else if (c == '\n') {
            return refuse(400, "a line feed without a carriage return");
        } else if (is_control(c) && c != '\t') {
            return refuse(400, "a control byte in the head");
        } else if (lines_ == 0) {
            if (auto refusal = check_first_line(c)) return std::unexpected{std::move(*refusal)};
        }
    }
    return std::nullopt;
}

std::expected<RequestHead, Refusal> parse_head(std::string_view head, const HeadLimits& limits) {
    RequestHead parsed;
    Seen seen;
    bool is_first = true;
    for (;;) {
        const std::size_t end = head.find(line_end);
        if (end == std::string_view::npos) return refuse(400, "the head is not finished");
        const std::string_view line = head.substr(0, end);
        if (line.empty() && !is_first) break;
        const Checked checked = is_first ? parse_request_line(line, limits, parsed)
                                         : parse_header(line, limits, parsed, seen);
        if (!checked) return std::unexpected{checked.error()};
        is_first = false;
        head.remove_prefix(end + line_end.size());
    }
    if (const Checked checked = check_whole(parsed, seen); !checked) {
        return std::unexpected{checked.error()};
    }
    return parsed;
}

std::expected<RequestHead, Refusal> read_head(std::string_view bytes, const HeadLimits& limits) {
    HeadScanner scanner{limits};
    const auto size = scanner.scan(bytes);
    if (!size) return std::unexpected{size.error()};
    if (!*size) return refuse(400, "the head is not finished");
    return parse_head(bytes.substr(0, **size), limits);
}

}  // namespace margind::http
