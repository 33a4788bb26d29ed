#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace margind::test {

/// A TCP client that sends what it is told and hides nothing. Waits at most half a minute for
/// anything, then throws: a test that hangs says where.
class RawClient {
public:
    explicit RawClient(std::uint16_t port, std::optional<int> receive_buffer = std::nullopt);
    RawClient(RawClient&& other) noexcept : fd_{std::exchange(other.fd_, -1)} {}
    RawClient(const RawClient&) = delete;
    RawClient& operator=(const RawClient&) = delete;
    ~RawClient();

    /// False when the other side has closed.
    bool send(std::string_view bytes);
    void shut_down_sending();
    /// Closes so that the other side sees a reset.
    void reset();

    struct Response {
        int status = 0;
        std::string head;
        std::string body;
        [[nodiscard]] bool says(std::string_view header) const {
            return head.contains("\r\n" + std::string{header} + "\r\n");
        }
    };
    /// The next response; nothing when the other side closes instead.
    std::optional<Response> receive(bool has_body = true);
    /// Everything until the other side closes.
    std::string receive_all();
    /// True when the other side closes without another byte.
    bool is_closed() { return receive_all().empty(); }
    /// Waits until there is something to read, at most so long.
    [[nodiscard]] bool is_readable(int limit_ms) const;

private:
    bool fill();

    int fd_;
    std::string bytes_;
};

}  // namespace margind::test
