#include "http/request_head.hpp"

#include <catch2/catch_test_macros.hpp>
#include <string>

using namespace margind::http;

namespace {

constexpr HeadLimits limits;
const std::string host = "Host: localhost:8600\r\n";

std::string get(const std::string& target, const std::string& headers = host) {
    return "GET " + target + " HTTP/1.1\r\n" + headers + "\r\n";
}

/// The status with which a head is refused; 0 when it is accepted.
int status_of(std::string_view bytes) {
    const auto head = read_head(bytes, limits);
    return head ? 0 : head.error().status;
}

int status_with(const std::string& headers) { return status_of(get("/livez", host + headers)); }

int status_of_host(const std::string& value) {
    return status_of(get("/", "Host: " + value + "\r\n"));
}

}  // namespace

TEST_CASE("a plain head is read") {
    const auto head = read_head(
        "GET /v1/dirty/live?limit=5 HTTP/1.1\r\nHost: LocalHost:8600\r\nUser-Agent: curl/8\r\n"
        "Authorization:  Bearer abc \r\nORIGIN: http://LOCALHOST:8600\r\n\r\n",
        limits);
    REQUIRE(head);
    CHECK(head->method == "GET");
    CHECK(head->target == "/v1/dirty/live?limit=5");
    CHECK(head->host == "localhost:8600");
    CHECK(head->authorization == "Bearer abc");
    CHECK(head->origin == "http://localhost:8600");
    CHECK(head->body_size == 0);
    CHECK(head->keep_alive);
    CHECK_FALSE(head->expects_continue);
}

TEST_CASE("a connection is kept unless the client says close") {
    CHECK_FALSE(read_head(get("/", host + "Connection: close\r\n"), limits)->keep_alive);
    CHECK_FALSE(read_head(get("/", host + "Connection: TE, Close\r\n"), limits)->keep_alive);
    CHECK_FALSE(
        read_head(get("/", host + "Connection: TE\r\nConnection: close\r\n"), limits)->keep_alive);
    CHECK(read_head(get("/", host + "Connection: keep-alive\r\n"), limits)->keep_alive);
    CHECK(
        read_head(get("/", host + "Connection: Upgrade, HTTP2-Settings\r\n"), limits)->keep_alive);
}

TEST_CASE("any Transfer-Encoding is refused with 501") {
    CHECK(status_with("Transfer-Encoding: chunked\r\n") == 501);
    CHECK(status_with("transfer-encoding: identity\r\n") == 501);
    CHECK(status_with("Transfer-Encoding:\r\n") == 501);
    CHECK(status_with("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n") == 501);
    CHECK(status_with("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n") == 501);
    CHECK(status_of("POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: xchunked\r\n\r\n") == 501);
}

TEST_CASE("a disguised Transfer-Encoding is refused as well") {
    CHECK(status_with("Transfer-Encoding : chunked\r\n") == 400);
    CHECK(status_with(" Transfer-Encoding: chunked\r\n") == 400);
    CHECK(status_with("Transfer-Encoding\t: chunked\r\n") == 400);
    CHECK(status_with("X: y\r\n\tTransfer-Encoding: chunked\r\n") == 400);
    CHECK(status_with("X: y\nTransfer-Encoding: chunked\r\n") == 400);
    CHECK(status_with("X: y\rTransfer-Encoding: chunked\r\n") == 400);
    CHECK(status_with("Transfer-Encoding: \x0b chunked\r\n") == 400);
}

TEST_CASE("GET and HEAD take no body") {
    CHECK(status_with("Content-Length: 1\r\n") == 400);
    CHECK(status_of("HEAD / HTTP/1.1\r\n" + host + "Content-Length: 10\r\n\r\n") == 400);
    CHECK(status_with("Content-Length: 0\r\n") == 0);
}

TEST_CASE("Host is needed exactly once") {
    CHECK(status_of("GET / HTTP/1.1\r\n\r\n") == 400);
    CHECK(status_of("GET / HTTP/1.1\r\nUser-Agent: x\r\n\r\n") == 400);
    CHECK(status_with(host) == 400);
    CHECK(status_with("host: other\r\n") == 400);
    CHECK(status_of("GET / HTTP/1.1\r\nHost:\r\n\r\n") == 400);
}

TEST_CASE("Host is a name or an address with an optional port") {
    CHECK(status_of_host("margind.internal") == 0);
    CHECK(status_of_host("margind_1.internal:80") == 0);
    CHECK(status_of_host("10.0.0.7:8600") == 0);
    CHECK(status_of_host("[::1]") == 0);
    CHECK(status_of_host("[fe80::1]:8600") == 0);
    CHECK(status_of_host("[::ffff:10.0.0.1]:1") == 0);
    CHECK(status_of_host("a b") == 400);
    CHECK(status_of_host("a,b") == 400);
    CHECK(status_of_host("user@localhost") == 400);
    CHECK(status_of_host("localhost/x") == 400);
    CHECK(status_of_host("localhost:") == 400);
    CHECK(status_of_host("localhost:12345678") == 400);
    CHECK(status_of_host("localhost:80a") == 400);
    CHECK(status_of_host(":80") == 400);
    CHECK(status_of_host("[]") == 400);
    CHECK(status_of_host("[::1") == 400);
    CHECK(status_of_host("[::1]x") == 400);
    CHECK(status_of_host("[::g]") == 400);
    CHECK(status_of_host("h\xC3\xB6st") == 400);
}

TEST_CASE("only HTTP/1.1 is spoken") {
    CHECK(status_of("GET / HTTP/1.0\r\n\r\n") == 505);
    CHECK(status_of("OPTIONS * HTTP/1.0\r\n\r\n") == 505);
    CHECK(status_of("GET / HTTP/1.2\r\n" + host + "\r\n") == 505);
    CHECK(status_of("GET / HTTP/0.9\r\n" + host + "\r\n") == 505);
    CHECK(status_of("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n") == 505);
    CHECK(status_of("GET / http/1.1\r\n" + host + "\r\n") == 400);
    CHECK(status_of("GET / HTTP/1.1x\r\n" + host + "\r\n") == 400);
    CHECK(status_of("GET / HTTP/11\r\n" + host + "\r\n") == 400);
    CHECK(status_of("GET / HTTP/1.\r\n" + host + "\r\n") == 400);
    CHECK(status_of("GET / ICY/1.1\r\n" + host + "\r\n") == 400);
    CHECK(status_of("GET /\r\n" + host + "\r\n") == 400);
}

TEST_CASE("a folded header is refused") {
    CHECK(status_with("X-Note: one\r\n two\r\n") == 400);
    CHECK(status_with("X-Note: one\r\n\ttwo\r\n") == 400);
    CHECK(status_of("GET / HTTP/1.1\r\n " + host + "\r\n") == 400);
    CHECK(status_with(" \r\n") == 400);
}

TEST_CASE("a target that is not a path is refused") {
    CHECK(status_of(get("http://localhost:8600/livez")) == 400);
    CHECK(status_of(get("https://evil.example/")) == 400);
    CHECK(status_of(get("*")) == 400);
    CHECK(status_of("OPTIONS * HTTP/1.1\r\n" + host + "\r\n") == 400);
    CHECK(status_of("CONNECT localhost:22 HTTP/1.1\r\n" + host + "\r\n") == 400);
    CHECK(status_of(get("livez")) == 400);
    CHECK(status_of(get("?x")) == 400);
    CHECK(status_of(get("")) == 400);
}

TEST_CASE("a target holds only what RFC 3986 lets stand unencoded") {
    CHECK(status_of(get("/a-._~!$&'()*+,;=:@%20?x=/[1]?")) == 0);
    for (const char c : std::string_view{"\"<>\\^`{|}#"}) {
        CAPTURE(c);
        CHECK(status_of(get(std::string{"/a"} + c)) == 400);
    }
    CHECK(status_of(get("/\xC3\xA4")) == 400);
    CHECK(status_of(get("/a b")) == 400);
    CHECK(status_of(get("/a\tb")) == 400);
}

TEST_CASE("Content-Length is one plain decimal number, once") {
    const auto post = [](const std::string& headers) {
        return status_of("POST / HTTP/1.1\r\n" + host + headers + "\r\n");
    };
    CHECK(post("Content-Length: 5\r\n") == 0);
    CHECK(post("Content-Length: 65536\r\n") == 0);
    CHECK(post("Content-Length: 5\r\nContent-Length: 5\r\n") == 400);
    CHECK(post("Content-Length: 5\r\ncontent-length: 6\r\n") == 400);
    CHECK(post("Content-Length: 5, 5\r\n") == 400);
    CHECK(post("Content-Length: +5\r\n") == 400);
    CHECK(post("Content-Length: -5\r\n") == 400);
    CHECK(post("Content-Length: 05\r\n") == 400);
    CHECK(post("Content-Length: 0x5\r\n") == 400);
    CHECK(post("Content-Length: 5 5\r\n") == 400);
    CHECK(post("Content-Length: 5.0\r\n") == 400);
    CHECK(post("Content-Length:\r\n") == 400);
    CHECK(post("Content-Length: 65537\r\n") == 413);
    CHECK(post("Content-Length: 99999999999999999999999\r\n") == 413);
}

TEST_CASE("a line ends in carriage return and line feed, nothing else") {
    CHECK(status_of("GET / HTTP/1.1\nHost: localhost\n\n") == 400);
    CHECK(status_of("GET / HTTP/1.1\r\nHost: localhost\n\r\n") == 400);
    CHECK(status_of("GET / HTTP/1.1\r\nHost: localhost\r\r\n") == 400);
    CHECK(status_of("GET / HTTP/1.1\rHost: localhost\r\n\r\n") == 400);
    CHECK(status_of("GET / HTTP/1.1\r\nHost: localhost\r\n\n") == 400);
    CHECK(status_of("GET / HTTP/1.1\r\nHost: localhost\r\n\rx") == 400);
    CHECK(status_of("\r\nGET / HTTP/1.1\r\n" + host + "\r\n") == 400);
    CHECK(status_of("\nGET / HTTP/1.1\r\n" + host + "\r\n") == 400);
}

TEST_CASE("a control byte anywhere in the head is refused") {
    for (int byte = 0; byte < 0x20; ++byte) {
        if (byte == '\t') continue;
        CAPTURE(byte);
        const std::string control(1, static_cast<char>(byte));
        CHECK(status_with("X: a" + control + "b\r\n") == 400);
        CHECK(status_of(get("/a" + control)) == 400);
    }
    CHECK(status_with("X: a\x7f\r\n") == 400);
    CHECK(status_of(std::string("\x16\x03\x01\x02\x00\x01\x00", 7)) == 400);  // TLS
    CHECK(status_with("X: a\tb\r\n") == 0);
    CHECK(status_with("X: gr\xC3\xBC\xC3\x9F\r\n") == 0);
}

TEST_CASE("a header name is a token without blanks around it") {
    CHECK(status_with("no colon here\r\n") == 400);
    CHECK(status_with(": empty\r\n") == 400);
    CHECK(status_with("X : y\r\n") == 400);
    CHECK(status_with("X(Y): z\r\n") == 400);
    CHECK(status_with("X\xC3\xA4: z\r\n") == 400);
    CHECK(status_with("X-!#$%&'*+.^_`|~1: z\r\n") == 0);
    CHECK(status_with("X:\r\n") == 0);
}

TEST_CASE("headers that decide about access are taken once") {
    CHECK(status_with("Authorization: Bearer a\r\nAuthorization: Bearer b\r\n") == 400);
    CHECK(status_with("Origin: http://a\r\nOrigin: http://b\r\n") == 400);
}

TEST_CASE("an expectation other than 100-continue is refused") {
    CHECK(status_with("Expect: 200-maybe\r\n") == 417);
    CHECK(status_with("Expect: 100-continue\r\nExpect: 100-continue\r\n") == 400);
    CHECK(read_head(get("/", host + "Expect: 100-Continue\r\n"), limits)->expects_continue);
}

TEST_CASE("a method is a token of at most 32 characters") {
    CHECK(status_of("PURGE / HTTP/1.1\r\n" + host + "\r\n") == 0);
    CHECK(status_of(" GET / HTTP/1.1\r\n" + host + "\r\n") == 400);
    CHECK(status_of("G(T / HTTP/1.1\r\n" + host + "\r\n") == 400);
    CHECK(status_of("GET  / HTTP/1.1\r\n" + host + "\r\n") == 400);
    CHECK(status_of("GET /  HTTP/1.1\r\n" + host + "\r\n") == 400);
    CHECK(status_of(std::string(33, 'A')) == 400);
}

TEST_CASE("a head of 8 KB is read, one byte more is 431") {
    const std::string start = "GET / HTTP/1.1\r\n" + host + "X: ";
    const std::string end = "\r\n\r\n";
    const std::size_t room = limits.head_max - start.size() - end.size();
    CHECK(status_of(start + std::string(room, 'x') + end) == 0);
    CHECK(status_of(start + std::string(room + 1, 'x') + end) == 431);
    CHECK(status_of(start + std::string(room + 2, 'x') + end) == 431);
    CHECK(status_of(start + std::string(room + 3, 'x') + end) == 431);
    CHECK(status_of(start + std::string(room + 4, 'x') + end) == 431);
    CHECK(status_of(start + std::string(room * 2, 'x')) == 431);
}

TEST_CASE("a target of 2 KB is read, one byte more is 414") {
    const std::string most = "/" + std::string(limits.target_max - 1, 'a');
    CHECK(status_of(get(most)) == 0);
    CHECK(status_of(get(most + "a")) == 414);
    CHECK(status_of("GET " + most + "a") == 414);  // known before the line ends
}

TEST_CASE("64 headers are read, one more is 431") {
    std::string headers = host;
    for (std::size_t i = 1; i < limits.header_count_max; ++i) headers += "X: y\r\n";
    CHECK(status_of(get("/", headers)) == 0);
    CHECK(status_of(get("/", headers + "X: y\r\n")) == 431);
}

TEST_CASE("the end of a head is found however the bytes are sliced") {
    const std::string head = get("/livez", host + "Accept: */*\r\n");
    const std::string bytes = head + "GET /next";
    for (std::size_t slice = 1; slice <= bytes.size(); ++slice) {
        CAPTURE(slice);
        HeadScanner scanner{limits};
        std::optional<std::size_t> size;
        for (std::size_t at = 0; !size && at < bytes.size();) {
            at = std::min(at + slice, bytes.size());
            const auto scanned = scanner.scan(std::string_view{bytes}.substr(0, at));
            REQUIRE(scanned);
            CHECK((!*scanned || at >= head.size()));
            size = *scanned;
        }
        CHECK(size == head.size());
    }
}

TEST_CASE("what no head may hold is refused as soon as it shows") {
    HeadScanner scanner{limits};
    CHECK(scanner.scan("GET / HTTP/1.1\r").value() == std::nullopt);
    CHECK(scanner.scan("GET / HTTP/1.1\r\nHost: x\n").error().status == 400);
}

TEST_CASE("a head that is not finished is not read") {
    const std::string head = get("/livez");
    for (std::size_t size = 0; size < head.size(); ++size) {
        CAPTURE(size);
        CHECK(status_of(std::string_view{head}.substr(0, size)) == 400);
    }
}

TEST_CASE("no cut through a head makes the parser alone read beyond it") {
    const std::string head = get("/livez", host + "Content-Length: 0\r\n");
    for (std::size_t size = 0; size < head.size(); ++size) {
        CAPTURE(size);
        CHECK_FALSE(parse_head(std::string_view{head}.substr(0, size), limits));
    }
}
