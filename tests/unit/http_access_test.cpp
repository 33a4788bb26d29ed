#include "http/access.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <fstream>

#include "http/admission.hpp"
#include "http/server_options.hpp"
#include "support/temp_folder.hpp"

using namespace margind;
using namespace margind::http;
using boost::asio::ip::make_address;
using Catch::Matchers::ContainsSubstring;

namespace {

constexpr std::string_view own = "10.0.0.5:8600";

/// The status for a host and an origin; 0 = let through.
int status_of(const std::string& host, std::optional<std::string> origin = std::nullopt,
              const AllowList& allowed = default_allow_list(*parse_listen("127.0.0.1:8600"))) {
    RequestHead head;
    head.host = host;
    head.origin = std::move(origin);
    const auto refusal = check_access(head, allowed, own);
    return refusal ? refusal->status : 0;
}

}  // namespace

TEST_CASE("a listen address is an address and a port") {
    CHECK(to_text(*parse_listen("127.0.0.1:8600")) == "127.0.0.1:8600");
    CHECK(to_text(*parse_listen("[::1]:0")) == "[::1]:0");
    CHECK(to_text(*parse_listen("localhost:1")) == "127.0.0.1:1");
    CHECK(to_text(*parse_listen("0.0.0.0:65535")) == "0.0.0.0:65535");
    for (const char* bad :
         {"", "8600", ":8600", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1",
          "127.0.0.1:80x", "::1:80", "[::1]", "[127.0.0.1]:80", "example.com:80", "[]:80"}) {
        CAPTURE(bad);
        const auto parsed = parse_listen(bad);
        REQUIRE_FALSE(parsed);
        CHECK_THAT(parsed.error().text, ContainsSubstring("expected ADDRESS:PORT"));
    }
}

TEST_CASE("an IPv4 client of an IPv6 socket is named by its IPv4 address") {
    CHECK(to_text(Endpoint{make_address("::ffff:10.1.2.3"), 80}) == "10.1.2.3:80");
}

TEST_CASE("by default only names of the listen address are answered to") {
    CHECK(status_of("127.0.0.1:8600") == 0);
    CHECK(status_of("localhost:8600") == 0);
    CHECK(status_of("[::1]:8600") == 0);
    CHECK(status_of("localhost:8601") == 421);
    CHECK(status_of("localhost") == 421);
    CHECK(status_of("evil.example:8600") == 421);
    CHECK(status_of("localhost.evil.example:8600") == 421);
}

TEST_CASE("a client that names the address it reached is answered") {
    CHECK(status_of("10.0.0.5:8600") == 0);
    CHECK(status_of("10.0.0.6:8600") == 421);
}

TEST_CASE("port 80 is not written in Host") {
    const AllowList allowed = default_allow_list(*parse_listen("127.0.0.1:80"));
    CHECK(status_of("localhost", std::nullopt, allowed) == 0);
    CHECK(status_of("localhost:80", "http://localhost", allowed) == 0);
    RequestHead head;
    head.host = "10.0.0.5";
    CHECK_FALSE(check_access(head, allowed, "10.0.0.5:80"));
}

TEST_CASE("a configured host with a port is that port, without one any") {
    const AllowList allowed{{"margind.internal", "proxy:443", "[fd00::1]"}, {}};
    CHECK(status_of("margind.internal", std::nullopt, allowed) == 0);
    CHECK(status_of("margind.internal:9000", std::nullopt, allowed) == 0);
    CHECK(status_of("proxy:443", std::nullopt, allowed) == 0);
    CHECK(status_of("proxy", std::nullopt, allowed) == 421);
    CHECK(status_of("[fd00::1]:8600", std::nullopt, allowed) == 0);
    CHECK(status_of("[fd00::2]:8600", std::nullopt, allowed) == 421);
    CHECK(status_of("anything:1", std::nullopt, {{"*"}, {}}) == 0);
}

TEST_CASE("a page of another origin is refused") {
    CHECK(status_of("localhost:8600", "http://localhost:8600") == 0);
    CHECK(status_of("localhost:8600", "http://127.0.0.1:8600") == 0);
    CHECK(status_of("10.0.0.5:8600", "http://10.0.0.5:8600") == 0);
    CHECK(status_of("localhost:8600", "http://evil.example") == 403);
    CHECK(status_of("localhost:8600", "https://localhost:8600") == 403);
    CHECK(status_of("localhost:8600", "null") == 403);
    CHECK(status_of("localhost:8600", "") == 403);
}

TEST_CASE("a bearer token must match as a whole") {
    const std::string token = "0123456789abcdef";
    CHECK(is_authorized("Bearer " + token, token));
    CHECK(is_authorized("bearer   " + token, token));
    CHECK_FALSE(is_authorized(std::nullopt, token));
    CHECK_FALSE(is_authorized("", token));
    CHECK_FALSE(is_authorized("Bearer ", token));
    CHECK_FALSE(is_authorized("Bearer", token));
    CHECK_FALSE(is_authorized(token, token));
    CHECK_FALSE(is_authorized("Basic " + token, token));
    CHECK_FALSE(is_authorized("Bearer " + token + "0", token));
    CHECK_FALSE(is_authorized("Bearer " + token.substr(1), token));
    CHECK_FALSE(is_authorized("Bearer 0123456789abcdeF", token));
    CHECK_FALSE(is_authorized("Bearer " + token + token, token));
}

TEST_CASE("a token file holds one line of at least 16 visible characters") {
    const test::TempFolder folder;
    const std::string path = folder.path("token");
    const auto write = [&](std::string_view text) {
        std::ofstream{path, std::ios::binary | std::ios::trunc} << text;
    };
    write("0123456789abcdef");
    CHECK(read_token_file(path) == "0123456789abcdef");
    write("0123456789abcdef\n");
    CHECK(read_token_file(path) == "0123456789abcdef");
    write("0123456789abcdef\r\n");
    CHECK(read_token_file(path) == "0123456789abcdef");
    for (const std::string bad : {"", "\n", "short\n", "0123456789abcdef\nsecond\n",
                                  "0123456789 abcdef\n", "0123456789abcd\xC3\xA4\n"}) {
        CAPTURE(bad);
        write(bad);
        const auto token = read_token_file(path);
        REQUIRE_FALSE(token);
        CHECK_THAT(token.error().text, ContainsSubstring(path));
        if (!bad.empty()) CHECK_THAT(token.error().text, !ContainsSubstring("0123456789"));
    }
    write(std::string(5'000, 'x'));
    CHECK_FALSE(read_token_file(path));
    CHECK_FALSE(read_token_file(folder.path("missing")));
    CHECK_FALSE(read_token_file("/"));
}

TEST_CASE("every problem of the options is named, before any socket opens") {
    CHECK(problems_of({}).empty());
    CHECK(problems_of({.listen = "0.0.0.0:8600", .insecure_bind = true}).empty());
    CHECK(problems_of({.listen = "[::1]:8600"}).empty());
    const auto open = problems_of({.listen = "0.0.0.0:8600"});
    REQUIRE(open.size() == 1);
    CHECK_THAT(open[0], ContainsSubstring("http.token_file"));
    CHECK(problems_of({.listen = "nowhere", .token_file = "/none", .types = {}}).size() == 3);
}

TEST_CASE("connections are limited in all and by address") {
    Admission admission{3, 2};
    const auto a = make_address("10.0.0.1");
    const auto b = make_address("10.0.0.2");
    CHECK(admission.admit(a) == Admission::Verdict::admitted);
    CHECK(admission.admit(a) == Admission::Verdict::admitted);
    CHECK(admission.admit(a) == Admission::Verdict::full_for_address);
    CHECK(admission.admit(b) == Admission::Verdict::admitted);
    CHECK(admission.admit(b) == Admission::Verdict::full);
    admission.release(a);
    CHECK(admission.open() == 2);
    CHECK(admission.admit(b) == Admission::Verdict::admitted);
}

TEST_CASE("one customer's IPv6 addresses count together, and so does one IPv4 in two notations") {
    Admission admission{10, 1};
    CHECK(admission.admit(make_address("2001:db8::1")) == Admission::Verdict::admitted);
    CHECK(admission.admit(make_address("2001:db8::2")) == Admission::Verdict::full_for_address);
    CHECK(admission.admit(make_address("2001:db8:0:1::1")) == Admission::Verdict::admitted);
    CHECK(admission.admit(make_address("10.0.0.1")) == Admission::Verdict::admitted);
    CHECK(admission.admit(make_address("::ffff:10.0.0.1")) == Admission::Verdict::full_for_address);
}
