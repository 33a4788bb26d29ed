#include "http/request_reader.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace margind::http;

namespace {

constexpr HeadLimits limits;

std::string get(const std::string& path) {
    return "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
}

std::string post(const std::string& headers, const std::string& body) {
    return "POST /x HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n" + body;
}

}  // namespace

TEST_CASE("requests that arrive together come out one by one") {
    RequestReader reader{limits};
    reader.append(get("/a") + get("/b") + "GET /c");
    CHECK(reader.next()->value().target == "/a");
    CHECK(reader.next()->value().target == "/b");
    CHECK(reader.next().value() == std::nullopt);
    CHECK_FALSE(reader.is_between_requests());
    reader.append(" HTTP/1.1\r\nHost: localhost\r\n\r\n");
    CHECK(reader.next()->value().target == "/c");
    CHECK(reader.is_between_requests());
}

TEST_CASE("requests come out whatever the slices") {
    const std::string bytes =
        get("/a") + post("Content-Length: 5\r\n", "GET /") + get("/b") + get("/c");
    for (std::size_t slice = 1; slice <= bytes.size(); ++slice) {
        CAPTURE(slice);
        RequestReader reader{limits};
        std::string targets;
        for (std::size_t at = 0; at < bytes.size(); at += slice) {
            reader.append(std::string_view{bytes}.substr(at, slice));
            for (;;) {
                auto request = reader.next();
                REQUIRE(request);
                if (!*request) break;
                targets += (*request)->target;
            }
        }
        CHECK(targets == "/a/x/b/c");
        CHECK(reader.is_between_requests());
    }
}

TEST_CASE("a body is never taken for a request") {
    RequestReader reader{limits};
    reader.append(post("Content-Length: 40\r\n", get("/smuggled")));
    CHECK(reader.next()->value().target == "/x");
    const auto rest = reader.next();
    CHECK((!rest || !*rest || (*rest)->target != "/smuggled"));
}

TEST_CASE("a request is not whole before its body is") {
    RequestReader reader{limits};
    reader.append(post("Content-Length: 3\r\n", "ab"));
    CHECK(reader.next().value() == std::nullopt);
    CHECK_FALSE(reader.is_between_requests());
    reader.append("c");
    CHECK(reader.next()->value().method == "POST");
}

TEST_CASE("a client that waits to be told to send its body is told once") {
    RequestReader reader{limits};
    reader.append(post("Expect: 100-continue\r\nContent-Length: 2\r\n", ""));
    CHECK_FALSE(reader.take_continue());  // nothing has been read yet
    CHECK(reader.next().value() == std::nullopt);
    CHECK(reader.take_continue());
    CHECK_FALSE(reader.take_continue());
    reader.append("ab");
    CHECK(reader.next()->has_value());
}

TEST_CASE("a refusal shows behind the good requests before it") {
    RequestReader reader{limits};
    reader.append(get("/a") + "GET / HTTP/1.0\r\n\r\n");
    CHECK(reader.next()->value().target == "/a");
    CHECK(reader.next().error().status == 505);
}
