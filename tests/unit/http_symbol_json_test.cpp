#include "http/symbol_json.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "http/engine_questions.hpp"
#include "http/routes.hpp"
#include "support/desk.hpp"
#include "support/http_fakes.hpp"

using namespace margind;
using namespace margind::http;
using Catch::Matchers::ContainsSubstring;

namespace {

InstrumentSpec guarded() {
    InstrumentSpec spec = test::spec("EURUSD", "forex", 100'000.0, "USD");
    spec.digits = 5;
    spec.soft_points = 150;
    spec.discard_points = 5'000;
    spec.max_spread = 500.5;
    return spec;
}

std::string json_of(const test::Desk& desk, std::string_view symbol) {
    const auto answer = symbol_of(desk.engine, symbol, desk.now);
    REQUIRE(answer);
    return symbol_json(*answer);
}

Response ask(test::FakeQuestions& questions, const std::string& target) {
    RequestHead head;
    head.method = "GET";
    head.target = target;
    const std::vector<std::string> types{"live", "demo"};
    const ServerStats server;
    const Inputs inputs{std::make_shared<View>(), questions, types, server, {}};
    return test::run_to_end(answer(head, inputs));
}

}  // namespace

TEST_CASE("a symbol's answer shows its quote, its guards and what they did") {
    test::Desk desk;
    desk.engine.intern_symbol("EURUSD");
    desk.engine.apply(guarded());
    desk.engine.apply({.symbol = desk.engine.find_symbol("EURUSD"),
                       .bid = 1.1,
                       .ask = 1.1002,
                       .ts_ms = 1'399'999'999'000},
                      desk.now);
    desk.tick("EURUSD", 1.102, 1.1022);
    desk.now.steady_ms += 35;
    desk.now.wall_ms += 35;
    desk.tick("EURUSD", 1.1001, 1.1023);
    CHECK(json_of(desk, "EURUSD") ==
          R"({"symbol":"EURUSD","quote":{"bid":1.1001,"ask":1.1002},"causes":[],)"
          R"("last_good":{"bid":1.1001,"ask":1.1002,"ts_ms":null},)"
          R"("age_ms":35,"bid_age_ms":0,"ask_age_ms":35,)"
          R"("settings":{"digits":5,"soft_points":150,"confirm_ticks":3,"confirm_ms":800,)"
          R"("discard_points":5000,"min_spread":null,"max_spread":500.5,"freeze_after_ms":null,)"
          R"("max_age_ms":null,"allow_negative":false,"ref_symbol":null,)"
          R"("ref_band_percent":null},)"
          R"("guard":{"state":"holding","problem":null,)"
          R"("bid":{"state":"open","held":null,"held_ticks":0,"held_ms":null},)"
          R"("ask":{"state":"holding","held":1.1023,"held_ticks":2,"held_ms":35}},)"
          R"("ticks":{"received":3,"accepted":1,"not_finite":0,"not_positive":0,"late":0,)"
          R"("crossed":0,"spread":0,"off_reference":0,"no_reference":0,"outlier_held":2,)"
          R"("outlier_discarded":0,"unchanged":0},)"
          R"("last_refused":{"reason":"outlier_held","bid":1.1001,"ask":1.1023,"ts_ms":null,)"
          R"("received_ms":1400000000035}})");
}

TEST_CASE("a symbol without guards and without a price says so") {
    test::Desk desk;
    desk.engine.intern_symbol("XAUUSD");
    const std::string json = json_of(desk, "XAUUSD");
    CHECK_THAT(json, ContainsSubstring(R"("quote":{"bid":null,"ask":null},"causes":["no_price"])"));
    CHECK_THAT(json, ContainsSubstring(R"("age_ms":null,"bid_age_ms":null,"ask_age_ms":null)"));
    CHECK_THAT(json, ContainsSubstring(R"("guard":null,"ticks":{"received":0,"accepted":0,)"));
    CHECK_THAT(json, ContainsSubstring(R"("last_refused":null})"));
    CHECK_FALSE(symbol_of(desk.engine, "GBPUSD", desk.now));
}

TEST_CASE("settings that cannot be understood are shown with what is wrong") {
    test::Desk desk;
    InstrumentSpec broken = guarded();
    broken.confirm_ticks = -1;
    desk.engine.apply(broken);
    CHECK_THAT(json_of(desk, "EURUSD"),
               ContainsSubstring(R"("guard":{"state":"bad_settings",)"
                                 R"("problem":"confirm_ticks: expected an integer)"));
}

TEST_CASE("a symbol is asked for by its name, whatever it is made of") {
    test::FakeQuestions questions;
    questions.symbols["US 500/CASH"] = {.symbol = "US 500/CASH"};
    const Response found = ask(questions, "/v1/symbols/US%20500%2FCASH");
    CHECK(found.status == 200);
    CHECK(found.content_type == "application/json");
    CHECK_THAT(found.body, ContainsSubstring(R"({"symbol":"US 500/CASH","quote":)"));
    const Response missing = ask(questions, "/v1/symbols/NOTHING");
    CHECK(missing.status == 404);
    CHECK(missing.content_type == "application/problem+json");
    CHECK(ask(questions, "/v1/symbols/EURUSD?full=1").status == 400);
    CHECK(ask(questions, "/v1/symbols/").status == 404);
}
