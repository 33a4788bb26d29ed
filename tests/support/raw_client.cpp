#include "support/raw_client.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <stdexcept>
#include <system_error>

namespace margind::test {
namespace {

constexpr int patience_ms = 30'000;

[[noreturn]] void fail(const char* what) {
    throw std::system_error{errno, std::generic_category(), what};
}

std::size_t content_length(std::string_view head) {
    constexpr std::string_view name = "\r\nContent-Length: ";
    const std::size_t at = head.find(name);
    if (at == std::string_view::npos) throw std::runtime_error{"no Content-Length"};
    std::size_t length = 0;
    std::from_chars(head.data() + at + name.size(), head.data() + head.size(), length);
    return length;
}

}  // namespace

RawClient::RawClient(std::uint16_t port, std::optional<int> receive_buffer)
    : fd_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
    if (fd_ < 0) fail("socket");
    if (receive_buffer) {
        ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &*receive_buffer, sizeof(*receive_buffer));
    }
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
        ::close(std::exchange(fd_, -1));
        fail("connect");
    }
}

RawClient::~RawClient() {
    if (fd_ >= 0) ::close(fd_);
}

bool RawClient::send(std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent < 0 && (errno == EPIPE || errno == ECONNRESET)) return false;
        if (sent < 0) fail("send");
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

void RawClient::shut_down_sending() { ::shutdown(fd_, SHUT_WR); }

void RawClient::reset() {
    const linger at_once{.l_onoff = 1, .l_linger = 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
    ::close(std::exchange(fd_, -1));
}

bool RawClient::is_readable(int limit_ms) const {
    pollfd poller{.fd = fd_, .events = POLLIN, .revents = 0};
    return ::poll(&poller, 1, limit_ms) > 0;
}

bool RawClient::fill() {
    if (!is_readable(patience_ms)) throw std::runtime_error{"nothing came for half a minute"};
    std::array<char, 64 * 1024> chunk;
    const ssize_t received = ::recv(fd_, chunk.data(), chunk.size(), 0);
    if (received < 0 && errno == ECONNRESET) return false;
    if (received < 0) fail("recv");
    bytes_.append(chunk.data(), static_cast<std::size_t>(received));
    return received > 0;
}

std::optional<RawClient::Response> RawClient::receive(bool has_body) {
    constexpr std::string_view end = "\r\n\r\n";
    std::size_t head_end = 0;
    while ((head_end = bytes_.find(end)) == std::string::npos) {
        if (!fill()) return std::nullopt;
    }
    Response response;
    response.head = bytes_.substr(0, head_end + 2);
    bytes_.erase(0, head_end + end.size());
    const char* status = response.head.data() + std::string_view{"HTTP/1.1 "}.size();
    std::from_chars(status, status + 3, response.status);
    if (response.status == 100 || !has_body) return response;
    const std::size_t length = content_length(response.head);
    while (bytes_.size() < length) {
        if (!fill()) return std::nullopt;
    }
    response.body = bytes_.substr(0, length);
    bytes_.erase(0, length);
    return response;
}

std::string RawClient::receive_all() {
    while (fill()) {}
    return std::exchange(bytes_, {});
}

}  // namespace margind::test
