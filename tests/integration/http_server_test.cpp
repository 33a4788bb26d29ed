#include "http/server.hpp"

#include <fmt/format.h>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <thread>

#include "http/get.hpp"
#include "support/http_house.hpp"
#include "support/raw_client.hpp"
#include "support/temp_folder.hpp"

using namespace margind;
using namespace std::chrono_literals;
using Catch::Matchers::ContainsSubstring;
using test::eventually;
using test::HttpHouse;
using test::RawClient;

namespace {

std::string get(std::string_view path, std::string_view headers = "") {
    return fmt::format("GET {} HTTP/1.1\r\nHost: localhost\r\n{}\r\n", path, headers);
}

}  // namespace

TEST_CASE("a connection is kept for request after request") {
    HttpHouse house;
    RawClient client = house.connect();
    for (int i = 0; i < 50; ++i) {
        REQUIRE(client.send(get("/livez")));
        const auto response = client.receive();
        REQUIRE(response);
        CHECK(response->status == 200);
        CHECK(response->body == R"({"status":"alive"})");
        CHECK(response->says("Connection: keep-alive"));
    }
    CHECK(house.server().stats().connections == 1);
    CHECK(house.server().stats().requests == 50);
}

TEST_CASE("a client that says close is closed") {
    HttpHouse house;
    RawClient client = house.connect();
    client.send(get("/livez", "Connection: close\r\n"));
    CHECK(client.receive()->says("Connection: close"));
    CHECK(client.is_closed());
}

TEST_CASE("pipelined requests are answered in their order") {
    HttpHouse house;
    RawClient client = house.connect();
    client.send(get("/livez") + get("/nothing") + get("/api/market/portfolio/dirty-users/x"));
    CHECK(client.receive()->status == 200);
    CHECK(client.receive()->status == 404);
    CHECK(client.receive()->status == 400);
}

TEST_CASE("a pipeline of more than 16 is cut after 16 answers") {
    HttpHouse house;
    RawClient client = house.connect();
    std::string requests;
    for (int i = 0; i < 100; ++i) requests += get("/livez");
    client.send(requests);
    for (int i = 1; i <= 16; ++i) {
        CAPTURE(i);
        const auto response = client.receive();
        REQUIRE(response);
        CHECK(response->says(i < 16 ? "Connection: keep-alive" : "Connection: close"));
    }
    CHECK(client.is_closed());
    CHECK(house.server().stats().pipelines_cut == 1);
}

TEST_CASE("a connection closes after its last allowed request") {
    HttpHouse house{[](http::ServerOptions& options) { options.connection.requests_max = 3; }};
    RawClient client = house.connect();
    client.send(get("/livez") + get("/livez") + get("/livez") + get("/livez"));
    CHECK(client.receive()->says("Connection: keep-alive"));
    CHECK(client.receive()->says("Connection: keep-alive"));
    CHECK(client.receive()->says("Connection: close"));
    CHECK(client.is_closed());
}

TEST_CASE("a request may arrive byte by byte") {
    HttpHouse house;
    RawClient client = house.connect();
    for (const char c : get("/livez")) REQUIRE(client.send(std::string_view{&c, 1}));
    CHECK(client.receive()->status == 200);
}

TEST_CASE("a client that has said all it will say still gets its answers") {
    HttpHouse house;
    RawClient client = house.connect();
    client.send(get("/livez") + get("/nothing"));
    client.shut_down_sending();
    CHECK(client.receive()->status == 200);
    CHECK(client.receive()->status == 404);
    CHECK(client.is_closed());
}

TEST_CASE("on every address a client may name the one it reached") {
    HttpHouse house{[](http::ServerOptions& options) {
        options.listen = "0.0.0.0:0";
        options.insecure_bind = true;
        options.hosts.clear();
    }};
    CHECK(http::get(house.url("/livez"), 10s)->status == 200);
    CHECK(http::get(fmt::format("http://127.0.0.2:{}/livez", house.port()), 10s)->status == 200);
    RawClient client = house.connect();
    client.send("GET /livez HTTP/1.1\r\nHost: 127.0.0.2:1\r\n\r\n");
    CHECK(client.receive()->status == 421);
}

TEST_CASE("HEAD tells the length and sends no body") {
    HttpHouse house;
    RawClient client = house.connect();
    client.send("HEAD /livez HTTP/1.1\r\nHost: localhost\r\n\r\n" + get("/livez"));
    const auto head = client.receive(false);
    CHECK(head->status == 200);
    CHECK(head->says("Content-Length: 18"));
    CHECK(client.receive()->body == R"({"status":"alive"})");
}

TEST_CASE("the body of a refused method is skipped, the connection goes on") {
    HttpHouse house;
    RawClient client = house.connect();
    client.send("POST /livez HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nGET /" +
                get("/livez"));
    const auto refused = client.receive();
    CHECK(refused->status == 405);
    CHECK(refused->says("Allow: GET, HEAD"));
    CHECK(client.receive()->status == 200);
}

TEST_CASE("a client that asks first is told to send its body") {
    HttpHouse house;
    RawClient client = house.connect();
    client.send(
        "POST /livez HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n"
        "Content-Length: 2\r\n\r\n");
    CHECK(client.receive()->status == 100);
    client.send("{}");
    CHECK(client.receive()->status == 405);
}

TEST_CASE("a hostile head gets its status, and the connection closes") {
    const std::pair<std::string, int> heads[] = {
        {"GET /livez HTTP/1.0\r\n\r\n", 505},
        {"GET /livez HTTP/1.1\r\n\r\n", 400},
        {"GET /livez HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n", 400},
        {"GET http://localhost/livez HTTP/1.1\r\nHost: localhost\r\n\r\n", 400},
        {get("/livez", "Transfer-Encoding: chunked\r\n") + "0\r\n\r\n", 501},
        {get("/livez", "Content-Length: 5\r\n") + "hello", 400},
        {get("/livez", "Content-Length: 0\r\nContent-Length: 0\r\n"), 400},
        {get("/livez", "X: y\r\n folded\r\n"), 400},
        {"GET /livez HTTP/1.1\nHost: localhost\n\n", 400},
        {get("/livez", std::string{"X: a\0b\r\n", 8}), 400},
        {get("/livez", "X: " + std::string(9'000, 'x') + "\r\n"), 431},
        {get("/" + std::string(3'000, 'a')), 414},
        {"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 65537\r\n\r\n", 413},
        {"GET /livez HTTP/1.1\r\nHost: evil.example\r\n\r\n", 421},
        {get("/livez", "Origin: http://evil.example\r\n"), 403},
        {get("/livez", "Expect: the-worst\r\n"), 417},
        {"\x16\x03\x01\x02\x00", 400},
    };
    HttpHouse house;
    for (const auto& [head, status] : heads) {
        CAPTURE(head);
        RawClient client = house.connect();
        client.send(get("/livez") + head + get("/smuggled"));
        CHECK(client.receive()->status == 200);
        const auto response = client.receive();
        REQUIRE(response);
        CHECK(response->status == status);
        CHECK(response->says("Connection: close"));
        CHECK(response->says("Content-Type: application/problem+json"));
        CHECK(client.is_closed());
    }
    CHECK(house.server().stats().requests_refused == std::size(heads));
}

TEST_CASE("a head that does not come to its end is cut at the deadline") {
    HttpHouse house{
        [](http::ServerOptions& options) { options.connection.request_deadline = 50ms; }};
    RawClient stuck = house.connect();
    stuck.send("GET /livez HTT");
    CHECK(stuck.receive()->status == 408);
    CHECK(stuck.is_closed());

    RawClient dripping = house.connect();  // a byte now and then does not move the deadline
    dripping.send("GET /livez HTTP/1.1\r\nX: ");
    bool is_open = true;
    while (is_open && !dripping.is_readable(2)) is_open = dripping.send("x");
    CHECK(dripping.receive()->status == 408);
    CHECK(house.server().stats().request_timeouts == 2);
}

TEST_CASE("a body that does not come to its end is cut at the deadline") {
    HttpHouse house{
        [](http::ServerOptions& options) { options.connection.request_deadline = 50ms; }};
    RawClient client = house.connect();
    client.send("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nabc");
    CHECK(client.receive()->status == 408);
    CHECK(client.is_closed());
}

TEST_CASE("a silent connection is closed without a word") {
    HttpHouse house{[](http::ServerOptions& options) {
        options.connection.request_deadline = 50ms;
        options.connection.idle_deadline = 50ms;
    }};
    RawClient silent = house.connect();
    CHECK(silent.is_closed());
    RawClient idle = house.connect();
    idle.send(get("/livez"));
    CHECK(idle.receive()->status == 200);
    CHECK(idle.is_closed());
    CHECK(house.server().stats().idle_timeouts == 2);
}

TEST_CASE("more connections than allowed are told so") {
    HttpHouse house{[](http::ServerOptions& options) { options.connections_max = 2; }};
    RawClient first = house.connect();
    {
        RawClient second = house.connect();
        CHECK(eventually([&] { return house.server().stats().connections_open == 2; }));
        RawClient third = house.connect();
        const auto refusal = third.receive();
        CHECK(refusal->status == 503);
        CHECK(refusal->says("Retry-After: 1"));
        CHECK(third.is_closed());
    }
    CHECK(eventually([&] { return house.server().stats().connections_open == 1; }));
    RawClient fourth = house.connect();
    fourth.send(get("/livez"));
    CHECK(fourth.receive()->status == 200);
    CHECK(house.server().stats().connections_refused == 1);
}

TEST_CASE("more connections than one address may have are told so") {
    HttpHouse house{[](http::ServerOptions& options) { options.connections_per_address_max = 1; }};
    RawClient first = house.connect();
    RawClient second = house.connect();
    CHECK(second.receive()->status == 429);
    CHECK(second.is_closed());
    first.send(get("/livez"));
    CHECK(first.receive()->status == 200);
    CHECK(house.server().stats().connections_refused_address == 1);
}

TEST_CASE("a crowd of refused connections costs nothing that lasts") {
    HttpHouse house{[](http::ServerOptions& options) { options.connections_max = 1; }};
    RawClient first = house.connect();
    std::vector<RawClient> crowd;
    for (int i = 0; i < 100; ++i) crowd.push_back(house.connect());
    for (RawClient& client : crowd) client.receive_all();
    first.send(get("/livez"));
    CHECK(first.receive()->status == 200);
    CHECK(house.server().stats().connections_refused == 100);
}

TEST_CASE("a client that does not take its answer is cut off") {
    HttpHouse house{[](http::ServerOptions& options) { options.connection.write_deadline = 50ms; }};
    http::AccountAnswer& account = house.questions.accounts["live:1"];
    account.explanation.account = {"live", "1"};
    account.explanation.steps.assign(200, std::string(100'000, 'x'));
    RawClient client{house.port(), 4'096};
    client.send(get("/v1/accounts/live:1"));
    CHECK(eventually([&] { return house.server().stats().write_timeouts == 1; }));
    CHECK(eventually([&] { return house.server().stats().connections_open == 0; }));
}

TEST_CASE("clients that vanish do no harm") {
    HttpHouse house;
    for (int i = 0; i < 50; ++i) {
        RawClient client = house.connect();
        client.send(get("/metrics") + get("/metrics") + get("/met"));
        if (i % 2 == 0) client.reset();
    }
    CHECK(http::get(house.url("/livez"), 10s)->status == 200);
}

TEST_CASE("with a token only livez and readyz are open") {
    const test::TempFolder folder;
    const std::string token = "a-token-of-enough-length";
    HttpHouse house{[&](http::ServerOptions& options) {
        options.token_file = folder.write("token", token + "\n");
    }};
    CHECK(http::get(house.url("/livez"), 10s)->status == 200);
    CHECK(http::get(house.url("/readyz"), 10s)->status == 503);
    for (const char* path :
         {"/metrics", "/v1/status", "/nothing", "/api/market/portfolio/status"}) {
        CAPTURE(path);
        CHECK(http::get(house.url(path), 10s)->status == 401);
        CHECK(http::get(house.url(path), 10s, token + "x")->status == 401);
        CHECK(http::get(house.url(path), 10s, token)->status != 401);
    }
    RawClient client = house.connect();
    client.send(get("/metrics"));
    CHECK(client.receive()->says("WWW-Authenticate: Bearer realm=\"margind\""));
    CHECK(house.server().stats().unauthorized == 9);
}

TEST_CASE("a handler that fails is a 500, and the connection goes on") {
    HttpHouse house;
    house.questions.on_ask = [] { throw std::runtime_error{"broken"}; };
    RawClient client = house.connect();
    client.send(get("/v1/dirty/live") + get("/livez"));
    const auto failed = client.receive();
    CHECK(failed->status == 500);
    CHECK_THAT(failed->body, !ContainsSubstring("broken"));
    CHECK(client.receive()->status == 200);
    CHECK(house.server().stats().handler_failures == 1);
}

TEST_CASE("answers come from whole views while new ones are published") {
    HttpHouse house;
    std::atomic<bool> is_over = false;
    std::jthread publisher{[&] {
        for (std::uint64_t number = 1; !is_over; ++number) {
            auto view = std::make_unique<http::View>();
            view->data_epoch = view->term = number;
            house.board.publish(std::move(view));
        }
    }};
    std::atomic<int> wrong = 0;
    {
        std::vector<std::jthread> readers;
        for (int reader = 0; reader < 4; ++reader) {
            readers.emplace_back([&] {
                RawClient client = house.connect();
                for (int i = 0; i < 100; ++i) {
                    client.send(get("/v1/status"));
                    const auto response = client.receive();
                    const std::string& body = response->body;
                    const std::size_t epoch = body.find("\"data_epoch\":") + 13;
                    const std::size_t comma = body.find(',', epoch);
                    const std::string number = body.substr(epoch, comma - epoch);
                    if (!body.contains(fmt::format("\"data_epoch\":{0},\"term\":{0},", number))) {
                        ++wrong;
                    }
                }
            });
        }
    }
    is_over = true;
    CHECK(wrong == 0);
    CHECK(house.server().stats().requests == 400);
}

TEST_CASE("a port that is taken is named in the error") {
    HttpHouse house;
    http::ServerOptions options{.listen = fmt::format("127.0.0.1:{}", house.port())};
    http::Server second{options, house.board, house.questions, house.clock};
    const auto started = second.start();
    REQUIRE_FALSE(started);
    CHECK_THAT(started.error().text, ContainsSubstring(options.listen));
}

TEST_CASE("an open address without a token is refused before any socket opens") {
    const http::ViewBoard board;
    test::FakeQuestions questions;
    const service::SystemClock clock;
    http::Server server{{.listen = "0.0.0.0:0"}, board, questions, clock};
    const auto started = server.start();
    REQUIRE_FALSE(started);
    CHECK_THAT(started.error().text, ContainsSubstring("http.token_file"));
}
