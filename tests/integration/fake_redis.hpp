#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "integration/redis_edge.hpp"

namespace margind::test {

/// A server that speaks RESP3 and says what a test wants: broken answers, refusals, pushes, slices.
class FakeRedis {
public:
    using Words = std::vector<std::string>;
    enum class Then : std::uint8_t {
        go_on,
        hang_up,  // say nothing more, and end the connection
    };
    /// Raw bytes, and what follows them. No bytes: silence.
    struct Say {
        Say(std::string to_say, Then then_what = Then::go_on)
            : bytes{std::move(to_say)}, then{then_what} {}
        Say(const char* to_say) : bytes{to_say} {}

        /// `bytes`, and then `chunk` again and again until the client has gone.
        static Say endless(std::string bytes, std::string chunk);

        std::string bytes;
        Then then = Then::go_on;
        std::string endless_chunk;  // empty = none
    };
    using Answer = std::function<Say(const Words&)>;

    struct Manners {
        std::size_t slice_bytes = 0;  // written at once; 0 = all
        bool asks_greeting = false;   // HELLO and PING are answered by the test, too
    };

    /// Listens on a free loopback port, in the loop of the test. `answer` is asked about every
    /// command but HELLO and PING, which are answered as a real server does.
    FakeRedis(TestLoop& loop, Answer answer, Manners manners);
    FakeRedis(TestLoop& loop, Answer answer) : FakeRedis{loop, std::move(answer), Manners{}} {}
    ~FakeRedis();
    FakeRedis(const FakeRedis&) = delete;
    FakeRedis& operator=(const FakeRedis&) = delete;

    [[nodiscard]] std::uint16_t port() const;
    /// For a client of it: quick to try again, slow to give up.
    [[nodiscard]] redis::Options options() const;
    /// Connections accepted so far.
    [[nodiscard]] std::uint64_t accepted() const;
    /// What clients, and the sockets between, have taken so far.
    [[nodiscard]] std::uint64_t bytes_written() const;
    /// Says it to all that are connected, unasked, after what is being said.
    void push(const Say& what);

private:
    struct Client;
    struct State;
    std::shared_ptr<State> state_;
};

/// A RESP bulk string.
std::string bulk(const std::string& text);

}  // namespace margind::test
