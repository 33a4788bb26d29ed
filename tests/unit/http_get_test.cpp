#include "http/get.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

using namespace margind;
using namespace margind::http;
using Catch::Matchers::ContainsSubstring;

TEST_CASE("an address is taken apart") {
    const auto url = parse_http_url("http://127.0.0.1:8600/v1/status?x=1");
    REQUIRE(url);
    CHECK(url->host == "127.0.0.1");
    CHECK(url->port == "8600");
    CHECK(url->authority == "127.0.0.1:8600");
    CHECK(url->target == "/v1/status?x=1");
    CHECK(parse_http_url("http://localhost")->target == "/");
    CHECK(parse_http_url("http://localhost")->port == "80");
    CHECK(parse_http_url("http://localhost?x")->target == "/?x");
    CHECK(parse_http_url("http://[::1]:8600/")->host == "::1");
    CHECK(parse_http_url("http://[::1]")->authority == "[::1]");
}

TEST_CASE("an address that is none is refused with the reason") {
    for (const char* bad :
         {"", "localhost:8600", "https://localhost/", "http://", "http:///x", "http://:80/",
          "http://user:secret@localhost/", "http://localhost:/", "http://localhost:80x/",
          "http://localhost:123456/", "http://[::1", "http://[::1]80/", "http://[]/",
          "http://localhost/a b", "http://localhost/#x", "http://local host/",
          "http://localhost/\r\nX: y"}) {
        CAPTURE(bad);
        const auto url = parse_http_url(bad);
        REQUIRE_FALSE(url);
        CHECK(url.error().fault == Fault::malformed);
        CHECK_THAT(url.error().text, ContainsSubstring("expected http://"));
    }
}

TEST_CASE("a token cannot smuggle a header") {
    const auto response = get("http://127.0.0.1:1/", std::chrono::seconds{1}, "a\r\nX: y");
    REQUIRE_FALSE(response);
    CHECK(response.error().fault == Fault::malformed);
}
