#pragma once
#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "support/temp_folder.hpp"

namespace margind::test {

/// An answer of a server, as tests like to look at it.
struct ServerReply {
    std::string text;  // of a text, number or error; empty for nil and arrays
    std::vector<ServerReply> elements;
    bool is_error = false;
    bool is_nil = false;
};

/// A plain blocking client, for what a test does behind the back of the code under test.
/// Every wait has a deadline; whatever goes wrong is a std::runtime_error.
class ServerClient {
public:
    explicit ServerClient(std::uint16_t port);
    ~ServerClient();
    ServerClient(const ServerClient&) = delete;
    ServerClient& operator=(const ServerClient&) = delete;

    ServerReply call(std::initializer_list<std::string_view> words) {
        return call(std::vector<std::string_view>{words});
    }
    ServerReply call(const std::vector<std::string_view>& words);
    /// A command whose answer is read later, or never.
    void send(const std::vector<std::string_view>& words);
    /// The text of the answer; an error answer is thrown.
    std::string text(std::initializer_list<std::string_view> words);
    /// Waits for the next answer or message.
    ServerReply read();

private:
    void write_all(std::string_view bytes);
    std::string read_line();
    std::string read_bytes(std::size_t count);
    void fill();

    int socket_ = -1;
    std::string buffer_;
};

/// A redis-server or valkey-server of its own, on a free loopback port, with its files in a
/// temporary folder that goes away with it. Started and ended by its own process id.
class RedisServer {
public:
    /// `program` is "redis-server" or "valkey-server". Returns once the server answers PING.
    explicit RedisServer(std::string program, std::vector<std::string> arguments = {});
    ~RedisServer();
    RedisServer(const RedisServer&) = delete;
    RedisServer& operator=(const RedisServer&) = delete;

    [[nodiscard]] static bool is_installed(const std::string& program);

    [[nodiscard]] std::uint16_t port() const { return port_; }
    [[nodiscard]] int pid() const { return pid_; }
    [[nodiscard]] std::string folder() const { return folder_.path(); }
    [[nodiscard]] bool is_running() const { return pid_ > 0; }

    void start();   // on the same port, with the same files
    void stop();    // SIGTERM, and SIGKILL when it does not obey
    void kill();    // SIGKILL
    void pause();   // SIGSTOP
    void resume();  // SIGCONT
    void restart() {
        stop();
        start();
    }
    /// A connection of the test's own.
    [[nodiscard]] ServerClient client() const { return ServerClient{port_}; }

private:
    void launch();
    void wait_until_it_answers();
    bool wait_for_end(std::chrono::milliseconds limit);
    void end(int signal);
    [[nodiscard]] std::string log_tail() const;

    std::string program_;
    std::vector<std::string> arguments_;
    TempFolder folder_;
    std::uint16_t port_ = 0;
    int pid_ = 0;
    int process_handle_ = -1;  // a pidfd
};

}  // namespace margind::test
