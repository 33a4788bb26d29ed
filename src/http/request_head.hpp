#pragma once
#include <cstddef>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

namespace margind::http {

/// Why a request is not served: the status to answer with, and the reason in words.
/// The connection closes after it, because where the next request begins is in doubt.
struct Refusal {
    int status = 400;
    std::string detail;
};

/// Sizes in bytes unless the name says otherwise.
struct HeadLimits {
    std::size_t head_max = 8'192;       // request line, headers and the empty line; beyond: 431
    std::size_t target_max = 2'048;     // beyond: 414
    std::size_t header_count_max = 64;  // beyond: 431
    std::size_t body_max = 65'536;      // beyond: 413
};

/// A request head that passed every check below. Texts are copies: the buffer may move on.
struct RequestHead {
    std::string method;
    std::string target;  // origin-form: a path and perhaps a query, still percent-encoded
    std::string host;    // lower case, syntax checked
    std::optional<std::string> origin;
    std::optional<std::string> authorization;
    std::size_t body_size = 0;
    bool keep_alive = true;
    bool expects_continue = false;
};

/// Finds the end of a head in bytes that arrive piece by piece and refuses, as soon as it shows,
/// what no head may hold: a line feed or a carriage return alone, a control byte, a folded line, an
/// empty line at the front, more than the limits. Looks at each byte once. One scanner per head.
class HeadScanner {
public:
    explicit HeadScanner(const HeadLimits& limits) : limits_{&limits} {}

    /// `bytes` are all that has arrived of the head, from its first byte on. The size of the head,
    /// with its empty line, once it is there; nothing while it is not.
    [[nodiscard]] std::expected<std::optional<std::size_t>, Refusal> scan(std::string_view bytes);

private:
    [[nodiscard]] std::optional<Refusal> end_line(std::string_view line);
    [[nodiscard]] std::optional<Refusal> check_first_line(char c);

    const HeadLimits* limits_;
    std::size_t at_ = 0;
    std::size_t line_begin_ = 0;
    std::size_t lines_ = 0;
    std::size_t spaces_ = 0;  // in the first line
    std::size_t target_begin_ = 0;
};

/// Reads one whole head as `HeadScanner` found it. Refused: any version but HTTP/1.1, any target
/// but a path, a missing or repeated Host, any Transfer-Encoding, a repeated or unclear
/// Content-Length, a body on GET or HEAD, a body beyond the limit, a name that is no token, an
/// expectation we do not know.
[[nodiscard]] std::expected<RequestHead, Refusal> parse_head(std::string_view head,
                                                             const HeadLimits& limits);

/// Both steps over bytes that hold at least one whole head; an unfinished one is refused with 400.
[[nodiscard]] std::expected<RequestHead, Refusal> read_head(std::string_view bytes,
                                                            const HeadLimits& limits);

}  // namespace margind::http
