#pragma once
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace margind::http {

/// A request target taken apart and percent-decoded. Segments are split before they are decoded, so
/// that `%2F` is a character of a segment and never a separator.
struct Target {
    std::string path;                   // as it was sent, without the query
    std::vector<std::string> segments;  // "/v1/status" has two, "/" has one that is empty
    std::vector<std::pair<std::string, std::string>> query;

    /// The value of a query parameter; nothing when it is absent.
    [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const;
};

/// Nothing else is tolerated: `%` without two hex digits, a decoded control character (NUL among
/// them), or decoded bytes that are no UTF-8 are errors, said in words. `+` stays a plus.
[[nodiscard]] std::expected<std::string, std::string> percent_decode(std::string_view text);

/// `text` as one segment of a path: all but letters, digits and `-._~:` is encoded.
[[nodiscard]] std::string percent_encode(std::string_view text);

/// `target` is in origin-form, as `parse_head` leaves it. A query parameter may be given once.
[[nodiscard]] std::expected<Target, std::string> parse_target(std::string_view target);

}  // namespace margind::http
