#include "http/target.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "http/characters.hpp"
#include "wire/json_writer.hpp"

namespace margind::http {
namespace {

/// Cuts `text` at the first `separator`: what stands before it, and leaves what stands behind.
/// Without a separator everything is taken and `is_last` is set.
std::string_view cut(std::string_view& text, char separator, bool& is_last) {
    const std::size_t at = text.find(separator);
    is_last = at == std::string_view::npos;
    const std::string_view piece = text.substr(0, at);
    text = is_last ? std::string_view{} : text.substr(at + 1);
    return piece;
}

std::expected<void, std::string> parse_parameter(std::string_view piece, Target& target) {
    bool has_no_value = false;
    const std::string_view raw_name = cut(piece, '=', has_no_value);
    auto name = percent_decode(raw_name);
    if (!name) return std::unexpected{std::move(name.error())};
    auto value = percent_decode(piece);
    if (!value) return std::unexpected{std::move(value.error())};
    if (target.find(*name)) {
        return std::unexpected{fmt::format("query parameter '{}' is given more than once", *name)};
    }
    target.query.emplace_back(std::move(*name), std::move(*value));
    return {};
}

}  // namespace

std::optional<std::string_view> Target::find(std::string_view name) const {
    const auto found = std::ranges::find(query, name, &std::pair<std::string, std::string>::first);
    if (found == query.end()) return std::nullopt;
    return found->second;
}

std::expected<std::string, std::string> percent_decode(std::string_view text) {
    std::string decoded;
    decoded.reserve(text.size());
    for (std::size_t at = 0; at < text.size(); ++at) {
        char c = text[at];
        if (c == '%') {
            const int high = at + 1 < text.size() ? hex_value(text[at + 1]) : -1;
            const int low = at + 2 < text.size() ? hex_value(text[at + 2]) : -1;
            if (high < 0 || low < 0) {
                return std::unexpected{std::string{"'%' is not followed by two hex digits"}};
            }
            c = static_cast<char>(high * 16 + low);
            at += 2;
        }
        if (is_control(c)) return std::unexpected{std::string{"a control character is encoded"}};
        decoded += c;
    }
    if (!wire::is_utf8(decoded)) return std::unexpected{std::string{"the text is not UTF-8"}};
    return decoded;
}

std::string percent_encode(std::string_view text) {
    std::string encoded;
    for (const char c : text) {
        if (is_digit(c) || is_alpha(c) || std::string_view{"-._~:"}.contains(c)) {
            encoded += c;
        } else {
            encoded += fmt::format("%{:02X}", static_cast<unsigned>(static_cast<unsigned char>(c)));
        }
    }
    return encoded;
}

std::expected<Target, std::string> parse_target(std::string_view text) {
    Target target;
    bool is_last = false;
    std::string_view query = text;
    std::string_view path = cut(query, '?', is_last);
    target.path = path;
    path.remove_prefix(1);
    do {
        auto segment = percent_decode(cut(path, '/', is_last));
        if (!segment) return std::unexpected{std::move(segment.error())};
        target.segments.push_back(std::move(*segment));
    } while (!is_last);
    while (!query.empty()) {
        const std::string_view piece = cut(query, '&', is_last);
        if (piece.empty()) continue;
        if (const auto parsed = parse_parameter(piece, target); !parsed) {
            return std::unexpected{parsed.error()};
        }
    }
    return target;
}

}  // namespace margind::http
