#include "http/routes.hpp"

#include <fmt/format.h>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "http/handlers.hpp"
#include "support/http_fakes.hpp"

using namespace margind;
using namespace margind::http;
using Catch::Matchers::ContainsSubstring;

namespace {

constexpr Moment started{10'000, 1'700'000'000'500};
constexpr Moment now{22'345, 1'700'000'012'845};

/// A house with everything a route may look at.
struct House {
    test::FakeQuestions questions;
    std::vector<std::string> types{"live", "demo"};
    ServerStats server;
    std::shared_ptr<View> view = std::make_shared<View>();

    House() {
        view->version = "0.1.0";
        view->started = started;
        view->published = now;
        view->is_running = true;
        view->not_ready.clear();
    }

    Response ask(const std::string& target, const std::string& method = "GET") {
        RequestHead head;
        head.method = method;
        head.target = target;
        const Inputs inputs{view, questions, types, server, now};
        return test::run_to_end(answer(head, inputs));
    }
    void make_dirty(TypeIndex type, int count) {
        for (int i = 0; i < count; ++i) {
            questions.dirty_by_type[type].push_back(fmt::format("{}:{}", types[type], 1'001 + i));
        }
    }
};

std::string header(const Response& response, std::string_view name) {
    for (const auto& [key, value] : response.headers) {
        if (key == name) return value;
    }
    return "";
}

constexpr std::string_view problem_type = "application/problem+json";

}  // namespace

TEST_CASE("the seed's status route answers in exactly the seed's shape") {
    House house;
    house.view->seed = {.symbols_processed = 336'830,
                        .users_affected_total = 1'200,
                        .users_processed = 1'190,
                        .calculation_errors = 3,
                        .calc_fatal_errors = 3,
                        .calc_degraded = 2,
                        .calc_orders_skipped = 7,
                        .calc_users_processed = 1'201,
                        .last_update_ms = 1'700'000'012'700};
    house.make_dirty(0, 2);
    house.make_dirty(1, 5);
    house.view->dirty = {99, 99};  // of the beat: the route asks for the exact ones
    const Response response = house.ask("/api/market/portfolio/status");
    CHECK(response.status == 200);
    CHECK(response.content_type == "application/json");
    CHECK(response.body ==
          R"({"success":true,"message":"Portfolio calculator status retrieved successfully",)"
          R"("data":{"symbols_processed":336830,"users_affected_total":1200,)"
          R"("last_update_time":1700000012.700,"start_time":1700000000.500,)"
          R"("users_processed":1190,"calculation_errors":3,"calc.fatal_errors":3,)"
          R"("calc.degraded":2,"calc.orders_skipped":7,"calc.users_processed":1201,)"
          R"("uptime_seconds":12.345,"dirty_users_live":2,"dirty_users_demo":5,)"
          R"("is_running":true}})");
}

TEST_CASE("before the first update the seed's status route says null") {
    House house;
    house.view->started.wall_ms = 0;
    house.view->is_running = false;
    const std::string body = house.ask("/api/market/portfolio/status").body;
    CHECK_THAT(body, ContainsSubstring(R"("last_update_time":null,"start_time":null,)"));
    CHECK_THAT(body, ContainsSubstring(R"("is_running":false)"));
}

TEST_CASE("the seed's status route has a dirty count for each configured type") {
    House house;
    house.types = {"live", "demo", "strategy_provider"};
    house.questions.dirty_by_type.resize(3);
    house.make_dirty(2, 4);
    CHECK_THAT(house.ask("/api/market/portfolio/status").body,
               ContainsSubstring(R"("dirty_users_live":0,"dirty_users_demo":0,)"
                                 R"("dirty_users_strategy_provider":4,"is_running")"));
}

TEST_CASE("the seed's dirty route lists at most 100 accounts and counts all") {
    House house;
    house.make_dirty(0, 2);
    house.make_dirty(1, 250);
    CHECK(house.ask("/api/market/portfolio/dirty-users/live").body ==
          R"({"success":true,"message":"Dirty live users retrieved successfully",)"
          R"("data":{"user_type":"live","count":2,"users":["live:1001","live:1002"]}})");
    const std::string demo = house.ask("/api/market/portfolio/dirty-users/demo").body;
    CHECK_THAT(demo, ContainsSubstring(R"("count":250,"users":["demo:1001",)"));
    CHECK(demo.ends_with(R"("demo:1100"]}})"));
}

TEST_CASE("the seed's dirty route refuses an unknown type in the seed's words") {
    House house;
    const Response two = house.ask("/api/market/portfolio/dirty-users/gold");
    CHECK(two.status == 400);
    CHECK(two.content_type == "application/json");
    CHECK(two.body == R"({"detail":"user_type must be 'live' or 'demo'"})");
    house.types = {"live", "demo", "copy_follower"};
    CHECK(house.ask("/api/market/portfolio/dirty-users/LIVE").body ==
          R"({"detail":"user_type must be 'live', 'demo' or 'copy_follower'"})");
    house.types = {"live"};
    CHECK(house.ask("/api/market/portfolio/dirty-users/x").body ==
          R"({"detail":"user_type must be 'live'"})");
}

TEST_CASE("an engine that does not answer is 503 with Retry-After") {
    House house;
    house.questions.error = Error{Fault::timed_out, "the engine did not answer in time"};
    for (const char* path :
         {"/api/market/portfolio/status", "/api/market/portfolio/dirty-users/live",
          "/v1/dirty/live", "/v1/accounts/live:1", "/v1/symbols/EURUSD"}) {
        CAPTURE(path);
        const Response response = house.ask(path);
        CHECK(response.status == 503);
        CHECK(response.content_type == problem_type);
        CHECK(header(response, "Retry-After") == "1");
        CHECK_THAT(response.body, ContainsSubstring("the engine did not answer in time"));
    }
}

TEST_CASE("livez answers whatever the engine does") {
    House house;
    house.questions.error = Error{Fault::timed_out, "stalled"};
    house.view->not_ready = {{"feed_down", "down"}};
    const Response response = house.ask("/livez");
    CHECK(response.status == 200);
    CHECK(response.body == R"({"status":"alive"})");
}

TEST_CASE("readyz says ready, or why not") {
    House house;
    CHECK(house.ask("/readyz").status == 200);
    CHECK(house.ask("/readyz").body == R"({"ready":true,"reasons":[]})");
    house.view->not_ready = {{"feed_down", "no \"subscription\""}, {"reading", "3 of 8"}};
    const Response response = house.ask("/readyz?verbose");
    CHECK(response.status == 503);
    CHECK(response.body ==
          R"({"ready":false,"reasons":[{"code":"feed_down","text":"no \"subscription\""},)"
          R"({"code":"reading","text":"3 of 8"}]})");
}

TEST_CASE("a view that has not been renewed in time is not believed") {
    House house;
    house.view->stale_after_ms = 1'000;
    house.view->published.steady_ms = now.steady_ms - 1'000;
    CHECK(house.ask("/readyz").status == 200);
    house.view->published.steady_ms = now.steady_ms - 1'001;
    const Response response = house.ask("/readyz");
    CHECK(response.status == 503);
    CHECK(response.body == R"({"ready":false,"reasons":[{"code":"stalled",)"
                           R"("text":"the last beat was 1001 ms ago, 1000 are allowed"}]})");
}

TEST_CASE("a service that has published nothing is alive and not ready") {
    House house;
    *house.view = View{};
    CHECK(house.ask("/livez").status == 200);
    CHECK(house.ask("/readyz").body == R"({"ready":false,"reasons":[{"code":"starting",)"
                                       R"("text":"the service has not reached its first beat"}]})");
    CHECK(house.ask("/v1/status").status == 200);
    CHECK(house.ask("/metrics").status == 200);
}

TEST_CASE("an unknown path is 404, a wrong method 405 with Allow") {
    House house;
    const Response missing = house.ask("/nothing?x=1");
    CHECK(missing.status == 404);
    CHECK(missing.content_type == problem_type);
    CHECK(missing.body == R"({"type":"about:blank","title":"Not Found","status":404,)"
                          R"("detail":"there is nothing at this path","instance":"/nothing"})");
    for (const char* path : {"/", "/livez/", "//livez", "/LIVEZ", "/v1", "/v1/dirty", "/v1/dirty/",
                             "/v1/dirty/live/x", "/v1/accounts/", "/api/market/portfolio"}) {
        CAPTURE(path);
        CHECK(house.ask(path).status == 404);
    }
    for (const char* method :
         {"POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH", "get", "FOO"}) {
        CAPTURE(method);
        const Response wrong = house.ask("/v1/status", method);
        CHECK(wrong.status == 405);
        CHECK(wrong.content_type == problem_type);
        CHECK(header(wrong, "Allow") == "GET, HEAD");
    }
    CHECK(house.ask("/nothing", "POST").status == 404);
}

TEST_CASE("HEAD is answered like GET") {
    House house;
    CHECK(house.ask("/livez", "HEAD").body == house.ask("/livez").body);
    CHECK(house.ask("/readyz", "HEAD").status == 200);
    CHECK(house.ask("/nothing", "HEAD").status == 404);
}

TEST_CASE("a path that cannot be decoded is 400") {
    House house;
    for (const char* target :
         {"/v1/accounts/live%3", "/v1/accounts/live:%00", "/%ff", "/livez?%zz", "/livez?a=1&a=2"}) {
        CAPTURE(target);
        const Response response = house.ask(target);
        CHECK(response.status == 400);
        CHECK(response.content_type == problem_type);
    }
}

TEST_CASE("only livez and readyz are public") {
    CHECK(is_public("/livez"));
    CHECK(is_public("/readyz?x=1"));
    for (const char* target : {"/", "/metrics", "/livez/", "/livez/x", "/%6Civez", "/v1/status",
                               "/api/market/portfolio/status", "/v1/status?/livez"}) {
        CAPTURE(target);
        CHECK_FALSE(is_public(target));
    }
}

TEST_CASE("the dirty accounts are paged by a cursor") {
    House house;
    house.make_dirty(1, 25);
    const Response first = house.ask("/v1/dirty/demo?limit=20");
    CHECK(first.status == 200);
    CHECK_THAT(first.body,
               ContainsSubstring(R"({"type":"demo","total":25,"accounts":["demo:1001")"));
    const std::string cursor = encode_cursor(AccountId{20}, "demo", started.wall_ms);
    CHECK(first.body.ends_with(R"("demo:1020"],"next_cursor":")" + cursor + "\"}"));
    CHECK(house.ask("/v1/dirty/demo?limit=20&cursor=" + cursor).body ==
          R"({"type":"demo","total":25,"accounts":["demo:1021","demo:1022","demo:1023",)"
          R"("demo:1024","demo:1025"],"next_cursor":null})");
    CHECK(house.ask("/v1/dirty/live").body ==
          R"({"type":"live","total":0,"accounts":[],"next_cursor":null})");
}

TEST_CASE("a page of dirty accounts has 100 unless asked, 1,000 at most") {
    House house;
    house.make_dirty(0, 1'500);
    const auto accounts = [&](const std::string& query) {
        const std::string body = house.ask("/v1/dirty/live" + query).body;
        std::size_t count = 0;
        for (std::size_t at = 0; (at = body.find("\"live:", at)) != std::string::npos; ++at)
            ++count;
        return count;
    };
    CHECK(accounts("") == 100);
    CHECK(accounts("?limit=1") == 1);
    CHECK(accounts("?limit=1000") == 1'000);
    for (const char* limit :
         {"0", "1001", "-1", "+1", "1.0", "", "ten", "1e2", "99999999999", " 1"}) {
        CAPTURE(limit);
        const Response response = house.ask(std::string{"/v1/dirty/live?limit="} + limit);
        CHECK(response.status == 400);
        CHECK_THAT(response.body, ContainsSubstring("limit must be a number from 1 to 1000"));
    }
}

TEST_CASE("bad parameters of the dirty route are 400") {
    House house;
    CHECK_THAT(house.ask("/v1/dirty/gold").body,
               ContainsSubstring("type must be 'live' or 'demo'"));
    CHECK_THAT(house.ask("/v1/dirty/live?limits=1").body,
               ContainsSubstring("query parameter 'limits' is not known here"));
    const std::string good = encode_cursor(AccountId{7}, "live", started.wall_ms);
    CHECK(house.ask("/v1/dirty/live?cursor=" + good).status == 200);
    CHECK(house.ask("/v1/dirty/demo?cursor=" + good).status == 400);  // another list's
    house.view->started.wall_ms += 1;
    CHECK(house.ask("/v1/dirty/live?cursor=" + good).status == 400);  // another run's
    for (const char* cursor : {"", "0", "0000000700000000", "ffffffffffffffff", "zzzzzzzzzzzzzzzz",
                               "00000007FFFFFFFF0"}) {
        CAPTURE(cursor);
        CHECK(house.ask(std::string{"/v1/dirty/live?cursor="} + cursor).status == 400);
    }
}

TEST_CASE("a cursor comes back as it went") {
    for (const std::uint32_t place : {0u, 1u, 1'000'000u, 0xfffffffeu}) {
        const std::string cursor = encode_cursor(AccountId{place}, "live", 5);
        CHECK(decode_cursor(cursor, "live", 5) == AccountId{place});
        CHECK(decode_cursor(cursor, "demo", 5) == std::nullopt);
    }
}

TEST_CASE("an account is named type:id") {
    House house;
    for (const char* key : {"live", "live:", "1001"}) {
        CAPTURE(key);
        CHECK_THAT(house.ask(std::string{"/v1/accounts/"} + key).body,
                   ContainsSubstring("an account is named type:id"));
    }
    const Response type = house.ask("/v1/accounts/gold:1");
    CHECK(type.status == 400);
    CHECK_THAT(type.body, ContainsSubstring("must be 'live' or 'demo'"));
    CHECK(house.ask("/v1/accounts/:1").status == 400);
    CHECK(house.ask("/v1/accounts/live:1?x=1").status == 400);
    const Response missing = house.ask("/v1/accounts/live:1");
    CHECK(missing.status == 404);
    CHECK_THAT(missing.body, ContainsSubstring("this account is not known here"));
}

TEST_CASE("an account's name may be percent-encoded") {
    House house;
    house.questions.accounts["live:1001"].explanation.account = {"live", "1001"};
    house.questions.accounts["live:a/b"].explanation.account = {"live", "a/b"};
    CHECK(house.ask("/v1/accounts/live%3A1001").status == 200);
    CHECK_THAT(house.ask("/v1/accounts/live:a%2Fb").body,
               ContainsSubstring(R"("account":"live:a/b")"));
    CHECK(house.ask("/v1/accounts/live:a/b").status == 404);
}

TEST_CASE("dates are written as RFC 9110 wants them") {
    CHECK(http_date(784'111'777'000) == "Sun, 06 Nov 1994 08:49:37 GMT");
    CHECK(http_date(1'709'164'799'999) == "Wed, 28 Feb 2024 23:59:59 GMT");
    CHECK(http_date(1'709'164'800'000) == "Thu, 29 Feb 2024 00:00:00 GMT");
    CHECK(http_date(0) == "Thu, 01 Jan 1970 00:00:00 GMT");
}

TEST_CASE("a response goes onto the wire with its length, HEAD without its body") {
    Response response{.status = 405, .body = "{}", .headers = {{"Allow", "GET, HEAD"}}};
    std::string bytes;
    append_response(bytes, response, {.keep_alive = true, .omit_body = false, .wall_ms = 0});
    CHECK(
        bytes ==
        "HTTP/1.1 405 Method Not Allowed\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT\r\n"
        "Content-Type: application/json\r\nContent-Length: 2\r\nCache-Control: no-store\r\n"
        "X-Content-Type-Options: nosniff\r\nAllow: GET, HEAD\r\nConnection: keep-alive\r\n\r\n{}");
    bytes.clear();
    append_response(bytes, response, {.keep_alive = false, .omit_body = true, .wall_ms = 0});
    CHECK_THAT(bytes, ContainsSubstring("Content-Length: 2\r\n"));
    CHECK(bytes.ends_with("Connection: close\r\n\r\n"));
}
