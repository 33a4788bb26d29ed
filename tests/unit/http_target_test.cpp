#include "http/target.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace margind::http;
using Segments = std::vector<std::string>;

TEST_CASE("a path is split before it is decoded") {
    CHECK(parse_target("/")->segments == Segments{""});
    CHECK(parse_target("/v1/status")->segments == Segments{"v1", "status"});
    CHECK(parse_target("/v1/")->segments == Segments{"v1", ""});
    CHECK(parse_target("//v1")->segments == Segments{"", "v1"});
    CHECK(parse_target("/a%2Fb/c")->segments == Segments{"a/b", "c"});
    CHECK(parse_target("/a/../b/./c")->segments == Segments{"a", "..", "b", ".", "c"});
    CHECK(parse_target("/live%3A1001?x=1")->path == "/live%3A1001");
}

TEST_CASE("any text can be encoded as one segment") {
    CHECK(percent_encode("live:1001") == "live:1001");
    CHECK(percent_encode("a/b?c%d e&f") == "a%2Fb%3Fc%25d%20e%26f");
    CHECK(percent_encode("\xC3\xBC") == "%C3%BC");
    CHECK(percent_decode(percent_encode("live:a/b?c%d #é")) == "live:a/b?c%d #é");
}

TEST_CASE("percent-decoding is strict") {
    CHECK(percent_decode("live%3a1001") == "live:1001");
    CHECK(percent_decode("gr%C3%BC%C3%9F+x") == "grüß+x");
    CHECK_FALSE(percent_decode("%"));
    CHECK_FALSE(percent_decode("%4"));
    CHECK_FALSE(percent_decode("%4g"));
    CHECK_FALSE(percent_decode("%%41"));
    CHECK_FALSE(percent_decode("a%00b"));
    CHECK_FALSE(percent_decode("a%0d%0ab"));
    CHECK_FALSE(percent_decode("a%7f"));
    CHECK_FALSE(percent_decode("%ff"));
    CHECK_FALSE(percent_decode("%c0%af"));
}

TEST_CASE("query parameters are decoded, each given once") {
    const auto target = parse_target("/x?limit=10&cursor=a%3Db&flag&empty=&eq=a=b");
    REQUIRE(target);
    CHECK(target->find("limit") == "10");
    CHECK(target->find("cursor") == "a=b");
    CHECK(target->find("flag") == "");
    CHECK(target->find("empty") == "");
    CHECK(target->find("eq") == "a=b");
    CHECK(target->find("other") == std::nullopt);
    CHECK(parse_target("/x?&&a=1&")->query.size() == 1);
    CHECK(parse_target("/x?")->query.empty());
    CHECK_FALSE(parse_target("/x?a=1&a=2"));
    CHECK_FALSE(parse_target("/x?a=1&%61=2"));
    CHECK_FALSE(parse_target("/x?a=%zz"));
    CHECK_FALSE(parse_target("/x?%=1"));
}
