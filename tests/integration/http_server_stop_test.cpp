#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <future>
#include <vector>

#include "http/get.hpp"
#include "http/server.hpp"
#include "support/http_house.hpp"
#include "support/raw_client.hpp"

using namespace margind;
using namespace std::chrono_literals;
using Catch::Matchers::ContainsSubstring;
using test::eventually;
using test::HttpHouse;
using test::RawClient;

namespace {

constexpr std::string_view ask_dirty = "GET /v1/dirty/live HTTP/1.1\r\nHost: localhost\r\n\r\n";
constexpr std::string_view ask_livez = "GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n";

/// Says when it is asked, and answers when it is told to.
class HeldQuestions final : public http::Questions {
public:
    std::promise<void> asked;
    std::atomic<bool> is_released = false;

    boost::asio::awaitable<Result<std::vector<std::uint64_t>>> dirty_counts() override {
        co_return std::vector<std::uint64_t>{0, 0};
    }
    boost::asio::awaitable<Result<http::DirtyPage>> dirty(TypeIndex, AccountId,
                                                          std::uint32_t) override {
        asked.set_value();
        boost::asio::steady_timer timer{co_await boost::asio::this_coro::executor};
        while (!is_released) {
            timer.expires_after(1ms);
            co_await timer.async_wait(boost::asio::use_awaitable);
        }
        co_return http::DirtyPage{.total = 77};
    }
    boost::asio::awaitable<Result<std::optional<http::AccountAnswer>>> account(
        AccountKey) override {
        co_return std::nullopt;
    }
    boost::asio::awaitable<Result<std::optional<http::SymbolAnswer>>> symbol(std::string) override {
        co_return std::nullopt;
    }
};

/// Takes every file descriptor this process may have, and gives them back at the end.
class DescriptorFamine {
public:
    DescriptorFamine() {
        ::getrlimit(RLIMIT_NOFILE, &before_);
        taken_.push_back(open_one());
        const rlimit few{static_cast<rlim_t>(taken_.front()) + 1, before_.rlim_max};
        ::setrlimit(RLIMIT_NOFILE, &few);
        for (int fd = open_one(); fd >= 0; fd = open_one()) taken_.push_back(fd);
    }
    DescriptorFamine(const DescriptorFamine&) = delete;
    DescriptorFamine& operator=(const DescriptorFamine&) = delete;
    ~DescriptorFamine() {
        ::setrlimit(RLIMIT_NOFILE, &before_);
        for (const int fd : taken_) ::close(fd);
    }

private:
    static int open_one() { return ::open("/dev/null", O_RDONLY | O_CLOEXEC); }

    rlimit before_{};
    std::vector<int> taken_;
};

}  // namespace

TEST_CASE("a stop lets the answer under way come to its end") {
    HeldQuestions questions;
    HttpHouse house{&questions, [](http::ServerOptions&) {}};
    RawClient idle = house.connect();
    idle.send(ask_livez);
    CHECK(idle.receive()->status == 200);
    RawClient half = house.connect();
    half.send("GET /livez HT");
    RawClient busy = house.connect();
    busy.send(ask_dirty);
    questions.asked.get_future().wait();

    auto stopped = std::async(std::launch::async, [&] { house.server().stop(); });
    CHECK(idle.is_closed());
    CHECK(half.is_closed());
    questions.is_released = true;
    const auto answer = busy.receive();
    REQUIRE(answer);
    CHECK_THAT(answer->body, ContainsSubstring("\"total\":77"));
    CHECK(answer->says("Connection: close"));
    CHECK(busy.is_closed());
    stopped.get();
    CHECK_THROWS(house.connect());
    CHECK(house.server().stats().connections_open == 0);
}

TEST_CASE("a stop does not wait for ever") {
    HeldQuestions questions;
    HttpHouse house{&questions, [](http::ServerOptions& options) { options.stop_deadline = 50ms; }};
    RawClient busy = house.connect();
    busy.send(ask_dirty);
    questions.asked.get_future().wait();
    house.server().stop();
    CHECK(busy.is_closed());
}

TEST_CASE("a server may be stopped twice, at once, or never started") {
    HttpHouse house;
    house.server().stop();
    house.server().stop();
    const HttpHouse brief;
    http::Server never{{}, house.board, house.questions, house.clock};
    never.stop();
}

TEST_CASE("a server that runs out of descriptors waits and goes on") {
    HttpHouse house;
    RawClient before = house.connect();
    before.send(ask_livez);
    CHECK(before.receive()->status == 200);
    // The client's end has its descriptor already; the server's end must do without one.
    const int waiting = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    REQUIRE(waiting >= 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(house.port());
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    {
        const DescriptorFamine famine;
        REQUIRE(::connect(waiting, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) ==
                0);
        CHECK(eventually([&] { return house.server().stats().accept_failures >= 2; }));
        before.send(ask_livez);
        CHECK(before.receive()->status == 200);
    }
    CHECK(eventually([&] { return house.server().stats().connections == 2; }));
    CHECK(http::get(house.url("/livez"), 10s)->status == 200);
    ::close(waiting);
}

TEST_CASE("the command line's client gets the answer, whatever its status") {
    HttpHouse house;
    const auto live = http::get(house.url("/livez"), 10s);
    REQUIRE(live);
    CHECK(live->status == 200);
    CHECK(live->content_type == "application/json");
    CHECK(live->body == R"({"status":"alive"})");
    CHECK(http::get(house.url("/nothing"), 10s)->status == 404);
    CHECK(http::get(fmt::format("http://localhost:{}/livez", house.port()), 10s)->status == 200);
}

TEST_CASE("the command line's client says why there is no answer") {
    std::uint16_t port = 0;
    {
        HttpHouse gone;
        port = gone.port();
    }
    const auto refused = http::get(fmt::format("http://127.0.0.1:{}/", port), 10s);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().fault == Fault::disconnected);

    HeldQuestions questions;
    HttpHouse house{&questions, [](http::ServerOptions& options) { options.stop_deadline = 50ms; }};
    const auto late = http::get(house.url("/v1/dirty/live"), 50ms);
    REQUIRE_FALSE(late);
    CHECK(late.error().fault == Fault::timed_out);
}
