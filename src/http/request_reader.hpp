#pragma once
#include <cstddef>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "http/request_head.hpp"

namespace margind::http {

/// Cuts a stream of bytes into requests. No socket, no clock. After a refusal nothing more may be
/// read from it: where the next request would begin is in doubt. A body is skipped: no route takes
/// one yet.
class RequestReader {
public:
    explicit RequestReader(const HeadLimits& limits) : limits_{limits}, scanner_{limits} {}

    void append(std::string_view bytes);
    /// The next whole request; nothing while it has not arrived.
    [[nodiscard]] std::expected<std::optional<RequestHead>, Refusal> next();

    /// True when not one byte of the next request has arrived.
    [[nodiscard]] bool is_between_requests() const { return !head_ && pending().empty(); }
    /// True once for a client that waits to be told to send its body.
    [[nodiscard]] bool take_continue();
    /// Bytes held. At most a head and a body and what one `append` brings.
    [[nodiscard]] std::size_t size() const { return pending().size(); }

private:
    [[nodiscard]] std::string_view pending() const {
        return std::string_view{bytes_}.substr(consumed_);
    }

    const HeadLimits& limits_;
    std::string bytes_;
    std::size_t consumed_ = 0;
    HeadScanner scanner_;
    std::optional<RequestHead> head_;  // of a request whose body is still arriving
    bool has_continued_ = false;
};

}  // namespace margind::http
