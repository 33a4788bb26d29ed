#include "integration/fake_redis.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <deque>
#include <optional>
#include <utility>

namespace margind::test {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

constexpr auto no_throw = asio::as_tuple(asio::use_awaitable);

/// Takes one whole command from the front of `bytes`.
std::optional<FakeRedis::Words> take_command(std::string& bytes) {
    std::size_t at = 0;
    const auto number = [&]() -> std::optional<std::size_t> {
        const std::size_t end = bytes.find("\r\n", at);
        if (end == std::string::npos) return {};
        const std::size_t value = std::stoul(bytes.substr(at + 1, end - at - 1));
        at = end + 2;
        return value;
    };
    const auto count = number();
    if (!count) return {};
    FakeRedis::Words words;
    for (std::size_t i = 0; i < *count; ++i) {
        const auto length = number();
        if (!length || bytes.size() < at + *length + 2) return {};
        words.push_back(bytes.substr(at, *length));
        at += *length + 2;
    }
    bytes.erase(0, at);
    return words;
}

}  // namespace

/// One client, and what is still to be said to it: one thing after the other.
struct FakeRedis::Client {
    explicit Client(tcp::socket connected) : socket{std::move(connected)} {}

    tcp::socket socket;
    std::deque<Say> queue;
    bool is_writing = false;
};

struct FakeRedis::State {
    State(TestLoop& on, Answer to_say, Manners how)
        : loop{on},
          answer{std::move(to_say)},
          manners{how},
          acceptor{on.executor(), tcp::endpoint{asio::ip::address_v4::loopback(), 0}} {}

    [[nodiscard]] Say answer_to(const Words& words) const {
        if (!manners.asks_greeting && words[0] == "HELLO") return "%1\r\n$5\r\nproto\r\n:3\r\n";
        if (!manners.asks_greeting && words[0] == "PING") {
            return words.size() > 1 ? bulk(words[1]) : "+PONG\r\n";
        }
        return answer(words);
    }

    TestLoop& loop;
    Answer answer;
    Manners manners;
    tcp::acceptor acceptor;
    std::vector<std::shared_ptr<Client>> clients;
    std::uint64_t accepted = 0;
    std::uint64_t bytes_written = 0;

    static void say(const std::shared_ptr<State>& state, const std::shared_ptr<Client>& client,
                    Say what) {
        client->queue.push_back(std::move(what));
        if (!std::exchange(client->is_writing, true)) state->loop.spawn(write(state, client));
    }

    static asio::awaitable<bool> write_once(std::shared_ptr<State> state,
                                            std::shared_ptr<Client> client,
                                            const std::string& bytes) {
        const std::size_t slice =
            state->manners.slice_bytes == 0 ? bytes.size() : state->manners.slice_bytes;
        for (std::size_t at = 0; at < bytes.size(); at += slice) {
            const auto some = asio::buffer(bytes.data() + at, std::min(slice, bytes.size() - at));
            const auto [error, written] =
                co_await asio::async_write(client->socket, some, no_throw);
            state->bytes_written += written;
            if (error) co_return false;
            co_await asio::post(client->socket.get_executor(), asio::use_awaitable);  // their turn
        }
        co_return true;
    }

    static asio::awaitable<void> write(std::shared_ptr<State> state,
                                       std::shared_ptr<Client> client) {
        for (; !client->queue.empty(); client->queue.pop_front()) {
            const Say& what = client->queue.front();  // a deque's elements stay where they are
            bool is_there = co_await write_once(state, client, what.bytes);
            while (is_there && !what.endless_chunk.empty()) {
                is_there = co_await write_once(state, client, what.endless_chunk);
            }
            if (!is_there) co_return;
            if (what.then == Then::hang_up) {
                boost::system::error_code gone_already;
                client->socket.shutdown(tcp::socket::shutdown_send, gone_already);
                co_return;
            }
        }
        client->is_writing = false;
    }

    static asio::awaitable<void> talk(std::shared_ptr<State> state,
                                      std::shared_ptr<Client> client) {
        std::string received;
        for (;;) {
            char some[4'096];
            const auto [error, count] =
                co_await client->socket.async_read_some(asio::buffer(some), no_throw);
            if (error) break;
            received.append(some, count);
            while (const auto words = take_command(received)) {
                say(state, client, state->answer_to(*words));
            }
        }
        client->socket.close();
        std::erase(state->clients, client);
    }

    static asio::awaitable<void> accept(std::shared_ptr<State> state) {
        for (;;) {
            auto [error, socket] = co_await state->acceptor.async_accept(no_throw);
            if (error) co_return;
            ++state->accepted;
            socket.set_option(tcp::no_delay{true});
            state->clients.push_back(std::make_shared<Client>(std::move(socket)));
            state->loop.spawn(talk(state, state->clients.back()));
        }
    }
};

FakeRedis::Say FakeRedis::Say::endless(std::string bytes, std::string chunk) {
    Say what{std::move(bytes)};
    what.endless_chunk = std::move(chunk);
    return what;
}

FakeRedis::FakeRedis(TestLoop& loop, Answer answer, Manners manners)
    : state_{std::make_shared<State>(loop, std::move(answer), manners)} {
    loop.spawn(State::accept(state_));
}

FakeRedis::~FakeRedis() {
    state_->acceptor.close();
    for (const auto& client : state_->clients) client->socket.close();
}

std::uint16_t FakeRedis::port() const { return state_->acceptor.local_endpoint().port(); }

redis::Options FakeRedis::options() const {
    redis::Options options;
    options.port = port();
    options.retry_min = std::chrono::milliseconds{1};
    options.retry_max = std::chrono::milliseconds{10};
    options.connect_timeout = std::chrono::seconds{10};
    options.request_timeout = std::chrono::seconds{10};
    options.ping_interval = std::chrono::seconds{5};
    return options;
}

std::uint64_t FakeRedis::accepted() const { return state_->accepted; }

std::uint64_t FakeRedis::bytes_written() const { return state_->bytes_written; }

void FakeRedis::push(const Say& what) {
    for (const auto& client : state_->clients) State::say(state_, client, what);
}

std::string bulk(const std::string& text) {
    return "$" + std::to_string(text.size()) + "\r\n" + text + "\r\n";
}

}  // namespace margind::test
