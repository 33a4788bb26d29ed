#include "http/metrics.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <set>
#include <sstream>
#include <utility>

#include "http/handlers.hpp"
#include "support/http_fakes.hpp"

using namespace margind;
using namespace margind::http;
using Catch::Matchers::ContainsSubstring;

namespace {

struct Scene {
    test::FakeQuestions questions;
    std::vector<std::string> types{"live", "de\"mo"};
    ServerStats server;
    std::shared_ptr<View> view = std::make_shared<View>();

    Inputs inputs() { return {view, questions, types, server, {5'500, 1'700'000'000'000}}; }
};

Scene busy_scene() {
    Scene scene;
    View& view = *scene.view;
    view.version = "0.1.0";
    view.not_ready.clear();
    view.dirty = {3, 4};
    view.data_epoch = 2;
    view.engine.tick_fates = {10, 1, 2, 3, 4};
    view.engine.stop_outs = 5;
    view.book.states.by_state = {100, 20, 3, 1};
    view.book.states.unknown = 7;
    view.service.ingest.refused[std::to_underlying(wire::PayloadFault::bad_json)] = 6;
    view.service.beat.beat_us_last = 1'500;
    view.beat_interval_ms = 200;
    scene.server.requests = 11;
    return scene;
}

}  // namespace

TEST_CASE("metrics show what the view counts") {
    Scene scene = busy_scene();
    const std::string text = metrics_text(scene.inputs());
    for (const char* line : {
             "# HELP margind_engine_ticks_total Prices received, by what became of them.\n"
             "# TYPE margind_engine_ticks_total counter\n"
             "margind_engine_ticks_total{fate=\"accepted\"} 10\n"
             "margind_engine_ticks_total{fate=\"not_finite\"} 1\n"
             "margind_engine_ticks_total{fate=\"not_positive\"} 2\n"
             "margind_engine_ticks_total{fate=\"late\"} 3\n"
             "margind_engine_ticks_total{fate=\"crossed\"} 4\n",
             "# TYPE margind_accounts gauge\nmargind_accounts{state=\"ok\"} 100\n"
             "margind_accounts{state=\"margin_call\"} 20\nmargind_accounts{state=\"stop_out\"} 3\n"
             "margind_accounts{state=\"recovering\"} 1\n",
             "margind_accounts_unknown 7\n",
             "margind_dirty_accounts{type=\"live\"} 3\n"
             "margind_dirty_accounts{type=\"de\\\"mo\"} 4\n",
             "margind_ingest_refused_total{reason=\"bad_json\"} 6\n",
             "margind_beat_last_seconds 0.0015\n",
             "margind_beat_interval_seconds 0.2\n",
             "margind_engine_stop_outs_total 5\n",
             "margind_http_requests_total 11\n",
             "margind_ready 1\n",
             "margind_uptime_seconds 5.5\n",
             "margind_build_info{version=\"0.1.0\"} 1\n",
         }) {
        CHECK_THAT(text, ContainsSubstring(line));
    }
}

TEST_CASE("every metric family is announced once and before its samples") {
    Scene scene = busy_scene();
    scene.view->not_ready = {{"feed_down", ""}, {"reading", ""}};
    std::istringstream lines{metrics_text(scene.inputs())};
    std::set<std::string> families;
    std::string family;
    std::string type;
    for (std::string line; std::getline(lines, line);) {
        CAPTURE(line);
        std::istringstream words{line};
        std::string word;
        words >> word;
        if (word == "#") {
            std::string kind;
            words >> kind >> family;
            if (kind == "HELP") CHECK(families.insert(family).second);
            if (kind == "TYPE") words >> type;
            continue;
        }
        CHECK(word.substr(0, word.find('{')) == family);
        CHECK(word.starts_with("margind_"));
        CHECK(family.ends_with("_total") == (type == "counter"));
    }
    CHECK(families.size() > 60);
}

TEST_CASE("label values are escaped") {
    CHECK(escaped_label("plain") == "plain");
    CHECK(escaped_label("a\"b\\c\nd") == R"(a\"b\\c\nd)");
    CHECK(escaped_label("grün") == "grün");
    CHECK(escaped_label("gr\xFCn") == "gr?n");
}

TEST_CASE("the metrics route answers in the text exposition format") {
    Scene scene = busy_scene();
    RequestHead head;
    head.method = "GET";
    head.target = "/metrics?name[]=up";
    const Inputs inputs = scene.inputs();
    const Response response = test::run_to_end(answer(head, inputs));
    CHECK(response.status == 200);
    CHECK(response.content_type == "text/plain; version=0.0.4; charset=utf-8");
}

TEST_CASE("the status holds every block of counters") {
    Scene scene = busy_scene();
    scene.view->rules = "standard";
    scene.view->not_ready = {{"reading", "3 of 8"}};
    scene.view->service.control_readable = true;
    scene.view->service.frozen = {"EURUSD", "XAUUSD"};
    scene.view->service.ingest.last_message_ms = 1'699'999'999'000;
    const std::string json = status_json(scene.inputs());
    for (const char* part :
         {R"({"version":"0.1.0","rules":{"set":"standard","hash":""},"started_ms":0,)"
          R"("uptime_seconds":5.500,"is_running":false,"ready":false,)"
          R"("reasons":[{"code":"reading","text":"3 of 8"}],"armed":false,"killed":false,)"
          R"("control_readable":true,"frozen":["EURUSD","XAUUSD"],"data_epoch":2,"term":0,)",
          R"("accounts":{"total":0,"ok":100,"margin_call":20,"stop_out":3,"recovering":1,)"
          R"("unknown":7,"unknown_by_cause":{"no_price":0,)",
          R"("dirty":{"live":3,"de\"mo":4})", R"("beat":{"interval_ms":200,"beats":0,)",
          R"("recompute_us_last":0,"recompute_us_max":0,"beat_us_last":1500,"beat_us_max":0,)"
          R"("last":{"symbols_dirty":0,"recomputed":0,"unknown":0,"deferred":0,"events":0}})",
          R"("engine":{"ticks":0,"tick_fates":{"accepted":10,"not_finite":1,)",
          R"("refused":{"empty":0,)", R"("bad_json":6,)", R"("last_message_ms":1699999999000})",
          R"("mirror":{"resyncs":0,)", R"("seed":{"symbols_processed":0,)",
          R"("http":{"connections":0,)", R"("connections_open":0}})"}) {
        CHECK_THAT(json, ContainsSubstring(part));
    }
}
