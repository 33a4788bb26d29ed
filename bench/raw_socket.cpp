#include "bench/raw_socket.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <iterator>
#include <stdexcept>

namespace margind::bench {
namespace {

[[noreturn]] void fail(std::string_view what) {
    throw std::runtime_error{fmt::format("{}: {}", what, std::strerror(errno))};
}

}  // namespace

RawSocket::RawSocket(std::uint16_t port)
    : handle_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
    if (handle_ < 0) fail("socket");
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int on = 1;
    const timeval patience{.tv_sec = 20, .tv_usec = 0};
    ::setsockopt(handle_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    ::setsockopt(handle_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ::setsockopt(handle_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    if (::connect(handle_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        const int reason = errno;
        ::close(handle_);
        errno = reason;
        fail(fmt::format("connect to port {}", port));
    }
}

RawSocket::~RawSocket() { ::close(handle_); }

void RawSocket::send_all(std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t sent = ::send(handle_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) continue;
        if (sent <= 0) fail("send");
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
}

std::size_t RawSocket::receive(std::span<char> into) {
    for (;;) {
        const ssize_t count = ::recv(handle_, into.data(), into.size(), 0);
        if (count > 0) return static_cast<std::size_t>(count);
        if (count == 0) throw std::runtime_error{"receive: the server closed the connection"};
        if (errno != EINTR) fail("receive");
    }
}

void RawSocket::expect(std::span<const std::string_view> words, std::string_view answer) {
    std::string command;
    append_command(command, words);
    send_all(command);
    std::string found(answer.size(), '\0');
    for (std::size_t got = 0; got < found.size();) got += receive(std::span{found}.subspan(got));
    if (found != answer) {
        throw std::runtime_error{
            fmt::format("{}: expected '{}', found '{}'", words.front(), answer, found)};
    }
}

void append_command(std::string& out, std::span<const std::string_view> words) {
    const auto to = std::back_inserter(out);
    fmt::format_to(to, "*{}\r\n", words.size());
    for (const std::string_view word : words)
        fmt::format_to(to, "${}\r\n{}\r\n", word.size(), word);
}

void PipelinedWriter::send(std::string_view bytes, std::uint64_t commands) {
    unanswered_ += commands;
    socket_.send_all(bytes);
}

void PipelinedWriter::wait_for_answers(std::uint64_t unanswered_max) {
    while (unanswered_ > unanswered_max) {
        const std::string_view answers{buffer_.data(), socket_.receive(buffer_)};
        if (answers.contains('-')) {
            throw std::runtime_error{fmt::format("a command was refused: {}", answers)};
        }
        unanswered_ -= static_cast<std::uint64_t>(std::ranges::count(answers, '\n'));
    }
}

}  // namespace margind::bench
