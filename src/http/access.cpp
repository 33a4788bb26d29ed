#include "http/access.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/asio/ip/address.hpp>
#include <charconv>
#include <fstream>

#include "http/characters.hpp"

namespace margind::http {
namespace {

constexpr std::size_t token_size_min = 16;
constexpr std::size_t token_size_max = 4096;

std::unexpected<Error> malformed(std::string text) {
    return std::unexpected{Error{Fault::malformed, std::move(text)}};
}

/// The host of "name:port" without the port.
std::string_view without_port(std::string_view host) {
    const std::size_t end = host.starts_with('[') ? host.find(']') : 0;
    return host.substr(0, host.find(':', end));
}

bool is_allowed_host(std::string_view host, const std::vector<std::string>& allowed) {
    return std::ranges::any_of(allowed, [&](const std::string& entry) {
        if (entry == "*" || entry == host) return true;
        return without_port(entry) == entry && entry == without_port(host);
    });
}

/// Port 80 is not written in a Host header.
bool is_own_host(std::string_view host, std::string_view own_address) {
    if (host == own_address) return true;
    return own_address.ends_with(":80") && host == without_port(own_address);
}

std::string host_text(const boost::asio::ip::address& address) {
    return address.is_v6() ? fmt::format("[{}]", address.to_string()) : address.to_string();
}

/// Equal, in a time that depends on the sizes alone.
bool equals_in_constant_time(std::string_view a, std::string_view b) {
    volatile unsigned difference = a.size() == b.size() ? 0u : 1u;
    for (std::size_t i = 0; i < a.size(); ++i) {
        const auto x = static_cast<unsigned char>(a[i]);
        const auto y = static_cast<unsigned char>(b.empty() ? '\0' : b[i % b.size()]);
        difference = difference | static_cast<unsigned>(x ^ y);
    }
    return difference == 0;
}

}  // namespace

Result<Endpoint> parse_listen(std::string_view text) {
    const std::size_t colon = text.rfind(':');
    const auto expected = [&] {
        return malformed(fmt::format(
            "listen address '{}': expected ADDRESS:PORT, such as 127.0.0.1:8600 or [::1]:8600",
            text));
    };
    if (colon == std::string_view::npos || colon + 1 == text.size()) return expected();
    std::uint16_t port = 0;
    const auto [end, error] =
        std::from_chars(text.data() + colon + 1, text.data() + text.size(), port);
    if (error != std::errc{} || end != text.data() + text.size()) return expected();

    std::string host{text.substr(0, colon)};
    if (host == "localhost") host = "127.0.0.1";
    const bool is_bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
    if (is_bracketed) host = host.substr(1, host.size() - 2);
    boost::system::error_code bad;
    const auto address = boost::asio::ip::make_address(host, bad);
    if (bad || address.is_v6() != is_bracketed) return expected();
    return Endpoint{address, port};
}

std::string to_text(const Endpoint& endpoint) {
    boost::asio::ip::address address = endpoint.address();
    if (address.is_v6() && address.to_v6().is_v4_mapped()) {
        address = boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, address.to_v6());
    }
    return fmt::format("{}:{}", host_text(address), endpoint.port());
}

AllowList default_allow_list(const Endpoint& listen) {
    AllowList allowed;
    const std::array<std::string, 4> names{host_text(listen.address()), "localhost", "127.0.0.1",
                                           "[::1]"};
    for (const std::string& name : names) {
        allowed.hosts.push_back(fmt::format("{}:{}", name, listen.port()));
        allowed.origins.push_back(fmt::format("http://{}:{}", name, listen.port()));
        if (listen.port() != 80) continue;
        allowed.hosts.push_back(name);
        allowed.origins.push_back(fmt::format("http://{}", name));
    }
    return allowed;
}

std::optional<Refusal> check_access(const RequestHead& head, const AllowList& allowed,
                                    std::string_view own_address) {
    if (!is_own_host(head.host, own_address) && !is_allowed_host(head.host, allowed.hosts)) {
        return Refusal{421, fmt::format("host '{}' is not on the list http.hosts", head.host)};
    }
    if (!head.origin) return std::nullopt;
    const bool is_own = *head.origin == fmt::format("http://{}", own_address);
    const auto listed = std::ranges::find(allowed.origins, *head.origin);
    if (is_own || listed != allowed.origins.end()) return std::nullopt;
    return Refusal{403, "the origin of this page is not on the list http.origins"};
}

Result<std::string> read_token_file(const std::string& path) {
    std::ifstream file{path, std::ios::binary};
    if (!file) return malformed(fmt::format("token file '{}': cannot be opened", path));
    std::string token(token_size_max + 1, '\0');
    file.read(token.data(), static_cast<std::streamsize>(token.size()));
    if (file.bad()) return malformed(fmt::format("token file '{}': cannot be read", path));
    token.resize(static_cast<std::size_t>(file.gcount()));
    if (token.ends_with('\n')) token.pop_back();
    if (token.ends_with('\r')) token.pop_back();
    if (token.size() < token_size_min || token.size() > token_size_max) {
        return malformed(
            fmt::format("token file '{}': expected one line of {} to {} characters, "
                        "found {}",
                        path, token_size_min, token_size_max, token.size()));
    }
    if (!std::ranges::all_of(token, [](char c) { return c > ' ' && c < 0x7f; })) {
        return malformed(fmt::format(
            "token file '{}': expected one line of visible ASCII characters without spaces", path));
    }
    return token;
}

bool is_authorized(const std::optional<std::string>& authorization, std::string_view token) {
    static constexpr std::string_view scheme = "bearer ";
    if (!authorization || authorization->size() < scheme.size()) return false;
    const std::string_view given{*authorization};
    if (!equals_ignoring_case(given.substr(0, scheme.size()), scheme)) return false;
    return equals_in_constant_time(trimmed(given.substr(scheme.size())), token);
}

}  // namespace margind::http
