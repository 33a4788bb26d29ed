#include "support/redis_server.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <stdexcept>
#include <utility>

extern "C" char** environ;  // NOLINT: POSIX declares it nowhere

namespace margind::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds patience{20'000};

[[noreturn]] void fail(const std::string& what) { throw std::runtime_error{what}; }

[[noreturn]] void fail_with_errno(const std::string& what) {
    fail(what + ": " + std::strerror(errno));
}

sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

std::uint16_t free_port() {
    const int probe = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    const bool is_bound =
        ::bind(probe, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
        ::getsockname(probe, reinterpret_cast<sockaddr*>(&address), &size) == 0;
    ::close(probe);
    if (!is_bound) fail_with_errno("no free port");
    return ntohs(address.sin_port);
}

/// A connected socket, or -1 when nobody listens.
int try_connect(std::uint16_t port) {
    const int handle = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const sockaddr_in address = loopback(port);
    if (::connect(handle, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
        const int on = 1;
        ::setsockopt(handle, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        return handle;
    }
    ::close(handle);
    return -1;
}

bool wait_until_readable(int handle, milliseconds limit) {
    pollfd entry{handle, POLLIN, 0};
    return ::poll(&entry, 1, static_cast<int>(limit.count())) > 0;
}

std::string find_program(const std::string& program) {
    for (const char* folder : {"/usr/bin/", "/usr/sbin/", "/usr/local/bin/"}) {
        if (::access((folder + program).c_str(), X_OK) == 0) return folder + program;
    }
    return {};
}

}  // namespace

// ---- ServerClient ----------------------------------------------------------------------------

ServerClient::ServerClient(std::uint16_t port) : socket_{try_connect(port)} {
    if (socket_ < 0) fail("nobody listens on port " + std::to_string(port));
}

ServerClient::~ServerClient() { ::close(socket_); }

void ServerClient::write_all(std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t written = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (written <= 0) fail_with_errno("send");
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
}

void ServerClient::fill() {
    if (!wait_until_readable(socket_, patience)) fail("no answer in time");
    char bytes[65'536];
    const ssize_t count = ::recv(socket_, bytes, sizeof bytes, 0);
    if (count <= 0) fail("the server closed the connection");
    buffer_.append(bytes, static_cast<std::size_t>(count));
}

std::string ServerClient::read_line() {
    std::size_t end = 0;
    while ((end = buffer_.find("\r\n")) == std::string::npos) fill();
    std::string line = buffer_.substr(0, end);
    buffer_.erase(0, end + 2);
    return line;
}

std::string ServerClient::read_bytes(std::size_t count) {
    while (buffer_.size() < count + 2) fill();
    std::string bytes = buffer_.substr(0, count);
    buffer_.erase(0, count + 2);
    return bytes;
}

ServerReply ServerClient::read() {
    const std::string line = read_line();
    const std::string rest = line.substr(1);
    ServerReply reply;
    switch (line.front()) {
        case '-': reply.is_error = true; [[fallthrough]];
        case '+':
        case ':': reply.text = rest; return reply;
        case '$':
            reply.is_nil = rest == "-1";
            if (!reply.is_nil) reply.text = read_bytes(std::stoul(rest));
            return reply;
        case '*':
            reply.is_nil = rest == "-1";
            for (long i = std::stol(rest); i > 0; --i) reply.elements.push_back(read());
            return reply;
        default: fail("unexpected answer: " + line);
    }
}

ServerReply ServerClient::call(const std::vector<std::string_view>& words) {
    send(words);
    return read();
}

void ServerClient::send(const std::vector<std::string_view>& words) {
    std::string request = "*" + std::to_string(words.size()) + "\r\n";
    for (const std::string_view word : words) {
        request += "$" + std::to_string(word.size()) + "\r\n";
        request += word;
        request += "\r\n";
    }
    write_all(request);
}

std::string ServerClient::text(std::initializer_list<std::string_view> words) {
    const ServerReply reply = call(words);
    if (reply.is_error) fail(reply.text);
    return reply.text;
}

// ---- RedisServer -----------------------------------------------------------------------------

bool RedisServer::is_installed(const std::string& program) {
    return !find_program(program).empty();
}

RedisServer::RedisServer(std::string program, std::vector<std::string> arguments)
    : program_{std::move(program)}, arguments_{std::move(arguments)} {
    // Somebody may take the port between its choice and the server's start: then choose again.
    constexpr int attempts = 5;
    for (int attempt = 1;; ++attempt) {
        port_ = free_port();
        try {
            start();
            return;
        } catch (const std::runtime_error&) {
            if (attempt == attempts) throw;
        }
    }
}

RedisServer::~RedisServer() {
    if (is_running()) end(SIGKILL);
}

void RedisServer::launch() {
    const std::string path = find_program(program_);
    if (path.empty()) fail(program_ + " is not installed");
    std::vector<std::string> words{path,
                                   "--port",
                                   std::to_string(port_),
                                   "--bind",
                                   "127.0.0.1",
                                   "--dir",
                                   folder(),
                                   "--save",
                                   "",
                                   "--daemonize",
                                   "no",
                                   "--logfile",
                                   folder_.path("log")};
    words.insert(words.end(), arguments_.begin(), arguments_.end());
    std::vector<char*> pointers;
    for (std::string& word : words) pointers.push_back(word.data());
    pointers.push_back(nullptr);
    if (::posix_spawn(&pid_, path.c_str(), nullptr, nullptr, pointers.data(), environ) != 0) {
        pid_ = 0;
        fail_with_errno("cannot start " + path);
    }
    process_handle_ = static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0));
    if (process_handle_ < 0) {
        const int reason = errno;
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
        pid_ = 0;
        errno = reason;
        fail_with_errno("pidfd_open");
    }
}

void RedisServer::start() {
    launch();
    wait_until_it_answers();
}

void RedisServer::wait_until_it_answers() {
    constexpr milliseconds pause{5};
    const auto deadline = steady_clock::now() + patience;
    while (steady_clock::now() < deadline) {
        // The wait between two attempts ends at once when the server ends.
        if (wait_until_readable(process_handle_, pause)) {
            const std::string tail = log_tail();
            end(SIGKILL);
            fail(program_ + " ended at its start: " + tail);
        }
        const int probe = try_connect(port_);
        if (probe < 0) continue;
        ::close(probe);
        ServerClient client{port_};
        const ServerReply pong = client.call({"PING"});
        const bool needs_password = pong.is_error && pong.text.starts_with("NOAUTH");
        if (pong.text == "PONG" || needs_password) return;  // else it is still loading
    }
    end(SIGKILL);
    fail(program_ + " does not answer: " + log_tail());
}

bool RedisServer::wait_for_end(milliseconds limit) {
    if (!wait_until_readable(process_handle_, limit)) return false;
    int status = 0;
    ::waitpid(pid_, &status, 0);
    ::close(process_handle_);
    process_handle_ = -1;
    pid_ = 0;
    return true;
}

void RedisServer::end(int signal) {
    if (!is_running()) return;
    ::kill(pid_, signal);
    if (wait_for_end(patience)) return;
    ::kill(pid_, SIGKILL);
    if (!wait_for_end(patience)) fail(program_ + " cannot be ended");
}

void RedisServer::stop() { end(SIGTERM); }

void RedisServer::kill() { end(SIGKILL); }

void RedisServer::pause() {
    if (is_running()) ::kill(pid_, SIGSTOP);
}

void RedisServer::resume() {
    if (is_running()) ::kill(pid_, SIGCONT);
}

std::string RedisServer::log_tail() const {
    std::ifstream file{folder_.path("log")};
    const std::string text{std::istreambuf_iterator<char>{file}, {}};
    constexpr std::size_t tail_bytes = 1'000;
    return text.size() > tail_bytes ? text.substr(text.size() - tail_bytes) : text;
}

}  // namespace margind::test
