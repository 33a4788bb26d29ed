#include "wire/redis_url.hpp"

#include <charconv>
#include <optional>

namespace margind::wire {
namespace {

template <class Number>
std::optional<Number> whole(std::string_view text) {
    Number value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return {};
    return value;
}

bool take_prefix(std::string_view& text, std::string_view prefix) {
    if (!text.starts_with(prefix)) return false;
    text.remove_prefix(prefix.size());
    return true;
}

std::unexpected<std::string> fail(std::string text) { return std::unexpected{std::move(text)}; }

std::expected<RedisUrl, std::string> parse_unix(std::string_view rest) {
    RedisUrl url;
    const std::size_t query = rest.find("?db=");
    url.unix_path = rest.substr(0, query);
    if (url.unix_path.size() < 2 || url.unix_path.front() != '/') {
        return fail("expected unix:///path/to/socket");
    }
    if (query != std::string_view::npos) {
        const auto db = whole<std::uint32_t>(rest.substr(query + 4));
        if (!db) return fail("expected a database number after ?db=");
        url.db = *db;
    }
    return url;
}

/// Splits "host:port", "[::1]:port" or either without a port.
bool read_host(std::string_view text, RedisUrl& url) {
    std::string_view port;
    if (take_prefix(text, "[")) {
        const std::size_t close = text.find(']');
        if (close == std::string_view::npos) return false;
        url.host = text.substr(0, close);
        port = text.substr(close + 1);
        if (!port.empty() && !take_prefix(port, ":")) return false;
    } else {
        const std::size_t colon = text.find(':');
        url.host = text.substr(0, colon);
        if (colon != std::string_view::npos) port = text.substr(colon + 1);
        if (colon != std::string_view::npos && port.empty()) return false;
    }
    if (url.host.empty()) return false;
    if (port.empty()) return true;
    const auto number = whole<std::uint16_t>(port);
    if (!number || *number == 0) return false;
    url.port = *number;
    return true;
}

}  // namespace

std::expected<RedisUrl, std::string> parse_redis_url(std::string_view text) {
    if (take_prefix(text, "unix://")) return parse_unix(text);
    if (!take_prefix(text, "redis://")) {
        return fail("expected redis://host:port or unix:///path, found \"" + std::string{text} +
                    "\"");
    }
    RedisUrl url;
    if (const std::size_t at = text.rfind('@'); at != std::string_view::npos) {
        url.username = text.substr(0, at);
        if (url.username.find(':') != std::string::npos) {
            return fail("a password in the URL is refused: use redis.password_file");
        }
        text.remove_prefix(at + 1);
    }
    if (const std::size_t slash = text.find('/'); slash != std::string_view::npos) {
        const std::string_view db = text.substr(slash + 1);
        if (!db.empty()) {
            const auto number = whole<std::uint32_t>(db);
            if (!number) return fail("expected a database number after the host");
            url.db = *number;
        }
        text = text.substr(0, slash);
    }
    if (!read_host(text, url)) return fail("expected host or host:port with a port of 1 to 65535");
    return url;
}

}  // namespace margind::wire
