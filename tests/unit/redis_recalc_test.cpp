#include "wire/redis_recalc.hpp"

#include <array>
#include <catch2/catch_test_macros.hpp>

using namespace margind;
using namespace margind::wire;

namespace {

const std::array<std::string, 2> types{"live", "demo"};

}  // namespace

TEST_CASE("a request to recalculate names accounts, whose ids may be numbers") {
    const auto request = parse_recalc(
        R"({"users":[{"user_type":"live","user_id":"123"},{"user_type":"demo","user_id":7}],)"
        R"("reason":"deposit","type":null,"timestamp":1700000000.5})",
        types);
    REQUIRE(request.has_value());
    CHECK(request->accounts == std::vector<AccountKey>{{"live", "123"}, {"demo", "7"}});
    CHECK(request->unknown_types == 0);
    CHECK(request->junk_users == 0);
}

TEST_CASE("only users is needed") {
    const auto request = parse_recalc(R"({"users":[]})", types);
    REQUIRE(request.has_value());
    CHECK(request->accounts.empty());
}

TEST_CASE("users of an unknown type and users that are none are counted and dropped") {
    const auto request = parse_recalc(
        R"({"users":[{"user_type":"copy_follower","user_id":"1"},{"user_id":"2"},)"
        R"({"user_type":"live"},{"user_type":"live","user_id":null},5,"live:9",)"
        R"({"user_type":"live","user_id":""},{"user_type":"live","user_id":"demo:1"},)"
        R"({"user_type":"live","user_id":1.5},{"user_type":"live","user_id":-3},)"
        R"({"user_type":"live","user_id":"a\u0000b"},{"user_type":"live","user_id":"8"}]})",
        types);
    REQUIRE(request.has_value());
    CHECK(request->accounts == std::vector<AccountKey>{{"live", "8"}});
    CHECK(request->unknown_types == 1);
    CHECK(request->junk_users == 10);
}

TEST_CASE("what is no such document is refused as a whole") {
    for (const char* payload :
         {"", "null", "[]", "EURUSD", "{}", R"({"users":{}})", R"({"users":[]} x)",
          R"({"users":[]}{"users":[]})", R"({"users":[)", R"({"users":[],"users":[]})",
          R"({"users":[{"user_type":"live","user_type":"demo","user_id":"1"}]})",
          R"({"users":[{"user_type":"live","user_id":"1","user\u005fid":"2"}]})",
          "{\"users\":[\xff]}", "{'users':[]}"}) {
        CAPTURE(payload);
        CHECK_FALSE(parse_recalc(payload, types).has_value());
    }
    CHECK_FALSE(parse_recalc(std::string(2'000'000, ' '), types).has_value());
    CHECK_FALSE(parse_recalc(std::string(100'000, '['), types).has_value());
}
