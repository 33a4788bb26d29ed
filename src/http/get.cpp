#include "http/get.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <memory>
#include <optional>
#include <utility>

#include "http/characters.hpp"

namespace margind::http {
namespace {

using SteadyTime = std::chrono::steady_clock::time_point;

constexpr std::size_t response_max = 67'108'864;
constexpr std::size_t response_head_max = 65'536;

std::unexpected<Error> failed(Fault fault, std::string text) {
    return std::unexpected{Error{fault, std::move(text)}};
}

std::unexpected<Error> failed_call(std::string_view what) {
    return failed(Fault::disconnected, fmt::format("{}: {}", what, std::strerror(errno)));
}

/// A file descriptor that closes itself.
class Descriptor {
public:
    explicit Descriptor(int fd) : fd_{fd} {}
    Descriptor(Descriptor&& other) noexcept : fd_{std::exchange(other.fd_, -1)} {}
    Descriptor& operator=(Descriptor&&) = delete;
    ~Descriptor() {
        if (fd_ >= 0) ::close(fd_);
    }
    [[nodiscard]] int get() const { return fd_; }

private:
    int fd_;
};

/// Waits until the socket can be read or written.
Result<void> wait_for(int fd, short events, SteadyTime deadline, std::string_view what) {
    for (;;) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(
            deadline - std::chrono::steady_clock::now());
        pollfd poller{.fd = fd, .events = events, .revents = 0};
        const int ready =
            ::poll(&poller, 1, static_cast<int>(std::max<std::int64_t>(0, left.count())));
        if (ready > 0) return {};
        if (ready == 0) return failed(Fault::timed_out, fmt::format("{}: no answer in time", what));
        if (errno != EINTR) return failed_call(what);
    }
}

Result<Descriptor> connect_to(const addrinfo& address, SteadyTime deadline) {
    Descriptor socket{::socket(address.ai_family,
                               address.ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC,
                               address.ai_protocol)};
    if (socket.get() < 0) return failed_call("socket");
    if (::connect(socket.get(), address.ai_addr, address.ai_addrlen) == 0) return socket;
    if (errno != EINPROGRESS) return failed_call("connect");
    if (const auto ready = wait_for(socket.get(), POLLOUT, deadline, "connect"); !ready) {
        return std::unexpected{ready.error()};
    }
    int error = 0;
    socklen_t size = sizeof(error);
    if (::getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &error, &size) != 0) {
        return failed_call("getsockopt");
    }
    if (error == 0) return socket;
    errno = error;
    return failed_call("connect");
}

Result<Descriptor> connect_to(const HttpUrl& url, SteadyTime deadline) {
    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (const int error = ::getaddrinfo(url.host.c_str(), url.port.c_str(), &hints, &found);
        error != 0) {
        return failed(Fault::disconnected, fmt::format("{}: {}", url.host, ::gai_strerror(error)));
    }
    const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> addresses{found, &::freeaddrinfo};
    Result<Descriptor> socket = failed(Fault::disconnected, "no address");
    for (const addrinfo* address = found; address != nullptr; address = address->ai_next) {
        auto attempt = connect_to(*address, deadline);
        if (attempt) return attempt;
        socket = std::unexpected{attempt.error()};
    }
    return failed(socket.error().fault, fmt::format("{}: {}", url.authority, socket.error().text));
}

Result<void> send_all(int fd, std::string_view bytes, SteadyTime deadline) {
    while (!bytes.empty()) {
        const ssize_t sent = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent >= 0) {
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        } else if (errno == EAGAIN) {
            if (const auto ready = wait_for(fd, POLLOUT, deadline, "send"); !ready) return ready;
        } else if (errno != EINTR) {
            return failed_call("send");
        }
    }
    return {};
}

/// Reads once. False at the end of the stream.
Result<bool> receive_more(int fd, std::string& bytes, SteadyTime deadline) {
    std::array<char, 16'384> chunk;
    for (;;) {
        const ssize_t received = ::recv(fd, chunk.data(), chunk.size(), 0);
        if (received >= 0) {
            bytes.append(chunk.data(), static_cast<std::size_t>(received));
            return received > 0;
        }
        if (errno == EAGAIN) {
            const auto ready = wait_for(fd, POLLIN, deadline, "receive");
            if (!ready) return std::unexpected{ready.error()};
        } else if (errno != EINTR) {
            return failed_call("receive");
        }
    }
}

struct ResponseHead {
    int status = 0;
    std::string content_type;
    std::optional<std::size_t> body_size;
};

Result<ResponseHead> parse_response_head(std::string_view head) {
    const auto malformed = [](std::string text) {
        return failed(Fault::malformed, std::move(text));
    };
    ResponseHead parsed;
    const std::size_t line_size = head.find("\r\n");
    const bool is_http = head.starts_with("HTTP/1.") && line_size >= 12 && head[8] == ' ';
    if (!is_http) return malformed("the answer is not HTTP/1");
    std::from_chars(head.data() + 9, head.data() + 12, parsed.status);
    if (parsed.status < 200) return malformed("the answer's status is not a final one");
    while (true) {
        head.remove_prefix(head.find("\r\n") + 2);
        const std::string_view line = head.substr(0, head.find("\r\n"));
        if (line.empty()) return parsed;
        const std::size_t colon = std::min(line.find(':'), line.size() - 1);
        const std::string_view name = line.substr(0, colon);
        const std::string_view value = trimmed(line.substr(colon + 1));
        if (equals_ignoring_case(name, "Transfer-Encoding")) {
            return malformed("the answer has a Transfer-Encoding");
        }
        if (equals_ignoring_case(name, "Content-Type")) parsed.content_type = value;
        if (!equals_ignoring_case(name, "Content-Length")) continue;
        std::size_t size = 0;
        const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), size);
        if (error != std::errc{} || end != value.data() + value.size() || size > response_max) {
            return malformed(fmt::format("the answer's Content-Length '{}' is not usable", value));
        }
        parsed.body_size = size;
    }
}

Result<GetResponse> receive_response(int fd, SteadyTime deadline) {
    std::string bytes;
    std::optional<ResponseHead> head;
    std::size_t body_begin = 0;
    for (;;) {
        const auto more = receive_more(fd, bytes, deadline);
        if (!more) return std::unexpected{more.error()};
        const std::size_t head_end = head ? 0 : bytes.find("\r\n\r\n");
        if (!head && head_end != std::string::npos) {
            body_begin = head_end + 4;
            auto parsed = parse_response_head(std::string_view{bytes}.substr(0, body_begin));
            if (!parsed) return std::unexpected{parsed.error()};
            head = std::move(*parsed);
        }
        if (!head && (!*more || bytes.size() > response_head_max)) {
            return failed(Fault::malformed, "the answer has no end of its head");
        }
        if (!head) continue;
        const std::size_t body_size = bytes.size() - body_begin;
        const bool is_whole = head->body_size ? body_size >= *head->body_size : !*more;
        if (is_whole) {
            return GetResponse{head->status, std::move(head->content_type),
                               bytes.substr(body_begin, head->body_size.value_or(body_size))};
        }
        if (!*more || body_size > response_max) {
            return failed(Fault::malformed, "the answer breaks off or is too long");
        }
    }
}

}  // namespace

Result<HttpUrl> parse_http_url(std::string_view url) {
    static constexpr std::string_view scheme = "http://";
    const auto expected = [&](std::string_view why) {
        return failed(Fault::malformed,
                      fmt::format("'{}': expected http://HOST:PORT/PATH, {}", url, why));
    };
    if (!url.starts_with(scheme)) return expected("found another scheme");
    const std::string_view rest = url.substr(scheme.size());
    const std::size_t path = std::min(rest.find_first_of("/?#"), rest.size());
    const std::string_view authority = rest.substr(0, path);
    HttpUrl parsed{.authority = std::string{authority}};
    if (authority.contains('@')) return expected("found a user or a password in it");
    if (path < rest.size()) parsed.target = rest.substr(path);
    if (parsed.target.front() == '?') parsed.target.insert(0, 1, '/');
    if (!std::ranges::all_of(parsed.target, is_target)) {
        return expected("found a character that must be percent-encoded");
    }
    std::string_view port;
    if (authority.starts_with('[')) {
        const std::size_t end = authority.find(']');
        if (end == std::string_view::npos) return expected("found no ']'");
        parsed.host = authority.substr(1, end - 1);
        port = authority.substr(end + 1);
    } else {
        const std::size_t colon = std::min(authority.find(':'), authority.size());
        parsed.host = authority.substr(0, colon);
        port = authority.substr(colon);
    }
    const bool is_host = !parsed.host.empty() && std::ranges::none_of(parsed.host, is_control) &&
                         !parsed.host.contains(' ');
    if (!is_host) return expected("found no host");
    if (port.empty()) return parsed;
    parsed.port = port.substr(1);
    const bool is_port = port.front() == ':' && !parsed.port.empty() && parsed.port.size() <= 5 &&
                         std::ranges::all_of(parsed.port, is_digit) &&
                         std::stoul(parsed.port) <= 65'535;
    if (!is_port) return expected("found no port behind the colon");
    return parsed;
}

Result<GetResponse> get(std::string_view url, std::chrono::milliseconds deadline,
                        std::string_view token) {
    const SteadyTime until = std::chrono::steady_clock::now() + deadline;
    const auto parsed = parse_http_url(url);
    if (!parsed) return std::unexpected{parsed.error()};
    if (std::ranges::any_of(token, is_control)) {
        return failed(Fault::malformed, "the token holds a control character");
    }
    std::string request = fmt::format("GET {} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n",
                                      parsed->target, parsed->authority);
    if (!token.empty()) request += fmt::format("Authorization: Bearer {}\r\n", token);
    request += "Accept: application/json, text/plain\r\n\r\n";

    const auto socket = connect_to(*parsed, until);
    if (!socket) return std::unexpected{socket.error()};
    // A server that refuses may answer before it has read everything: its words explain more.
    const auto sent = send_all(socket->get(), request, until);
    auto response = receive_response(socket->get(), until);
    if (!response && !sent) return std::unexpected{sent.error()};
    return response;
}

}  // namespace margind::http
