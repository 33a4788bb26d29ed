#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace margind::bench {

/// A blocking connection to a server on this machine: what the peers and the drivers of a run talk
/// through, with nothing between them and the socket. Whatever goes wrong is a std::runtime_error,
/// silence of twenty seconds among it.
class RawSocket {
public:
    explicit RawSocket(std::uint16_t port);
    ~RawSocket();
    RawSocket(const RawSocket&) = delete;
    RawSocket& operator=(const RawSocket&) = delete;

    void send_all(std::string_view bytes);
    /// Waits for some bytes and says how many came.
    std::size_t receive(std::span<char> into);
    /// Sends a command and reads exactly this answer.
    void expect(std::span<const std::string_view> words, std::string_view answer);

private:
    int handle_ = -1;
};

/// Appends a command as it goes over the wire.
void append_command(std::string& out, std::span<const std::string_view> words);

/// The words of a command.
using Words = std::vector<std::string_view>;

/// Sends commands whose answers are one line each and counts those. An error among them is thrown.
class PipelinedWriter {
public:
    explicit PipelinedWriter(std::uint16_t port) : socket_{port}, buffer_(64u << 10) {}

    /// Bytes that end with the end of a command, and how many commands they are.
    void send(std::string_view bytes, std::uint64_t commands);
    /// Waits until no more than so many commands are unanswered.
    void wait_for_answers(std::uint64_t unanswered_max);
    [[nodiscard]] std::uint64_t unanswered() const { return unanswered_; }

private:
    RawSocket socket_;
    std::vector<char> buffer_;
    std::uint64_t unanswered_ = 0;
};

}  // namespace margind::bench
