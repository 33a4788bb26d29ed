#include "http/engine_questions.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <thread>

#include "http/account_json.hpp"
#include "http/make_view.hpp"
#include "support/http_fakes.hpp"
#include "support/manual_time.hpp"

using namespace margind;
using namespace margind::http;
using Catch::Matchers::ContainsSubstring;

namespace {

constexpr Moment now{1'000, 1'700'000'000'000};

InstrumentSpec eurusd() {
    InstrumentSpec spec{.group = "Standard", .symbol = "EURUSD"};
    spec.contract_size = 100'000.0;
    spec.profit = "USD";
    spec.type = 1;
    return spec;
}

AccountImage account(const std::string& id, double balance) {
    AccountImage image{.key = {"live", id}, .balance = balance, .leverage = 100.0};
    OrderImage order{.id = "7", .symbol = "EURUSD", .side = Side::buy};
    order.open_price = 1.1;
    order.quantity = 1.0;
    order.volume = Volume::from_raw(Volume::per_lot);
    image.orders.push_back(order);
    return image;
}

/// An engine with `count` accounts of one lot each, all dirty.
void fill(Engine& engine, int count, double balance = 1'200.0) {
    engine.intern_symbol("EURUSD");
    engine.apply(eurusd());
    engine.apply({.symbol = engine.find_symbol("EURUSD"), .bid = 1.093, .ask = 1.09302}, now);
    for (int i = 0; i < count; ++i) engine.apply(account(std::to_string(1'001 + i), balance), now);
}

}  // namespace

TEST_CASE("the engine's dirty accounts come in pages that cover them all once") {
    Engine engine{EngineOptions{}};
    fill(engine, 25);
    CHECK(dirty_counts_of(engine) == std::vector<std::uint64_t>{25, 0});
    std::vector<std::string> seen;
    for (AccountId from{0}; !from.is_none();) {
        const DirtyPage page = dirty_page_of(engine, 0, from, 10);
        CHECK(page.total == 25);
        CHECK(page.accounts.size() <= 10);
        seen.insert(seen.end(), page.accounts.begin(), page.accounts.end());
        from = page.next;
    }
    REQUIRE(seen.size() == 25);
    CHECK(seen.front() == "live:1001");
    CHECK(seen.back() == "live:1025");
    CHECK(dirty_page_of(engine, 0, AccountId{0}, 25).next.is_none());
    CHECK(dirty_page_of(engine, 1, AccountId{0}, 10).accounts.empty());
}

TEST_CASE("an account's answer carries what the engine knows of it") {
    Engine engine{EngineOptions{}};
    fill(engine, 1);
    engine.recompute(now);
    const auto answer = account_of(engine, {"live", "1001"}, now);
    REQUIRE(answer);
    CHECK_FALSE(answer->platform);
    CHECK(answer->ts_ms == now.wall_ms);
    CHECK(answer->breach == 1);
    const std::string json = account_json(*answer);
    CHECK_THAT(json, ContainsSubstring(R"("verdict":"breach","causes":[],"state":"stop_out")"));
    CHECK_THAT(json,
               ContainsSubstring(R"("equity":500.00,"margin":1093.02,"free_margin":-593.02)"));
    CHECK_THAT(json, ContainsSubstring(R"("stop_out_plan":[{"close":"7","symbol":"EURUSD")"));
    CHECK_FALSE(account_of(engine, {"live", "9"}, now));
    CHECK_FALSE(account_of(engine, {"gold", "1001"}, now));
}

TEST_CASE("an account that has not been read yet has no figures") {
    for (const RuleSet& rules : {standard_rules(), platform_rules()}) {
        Engine engine{EngineOptions{.rules = rules}};
        engine.adopt({"live", "5"}, now);
        engine.recompute(now);
        const auto answer = account_of(engine, {"live", "5"}, now);
        REQUIRE(answer);
        const std::string json = account_json(*answer);
        CHECK_THAT(json, ContainsSubstring(R"("verdict":"unknown")"));
        CHECK_THAT(json, ContainsSubstring(R"("balance":null)"));
        CHECK_THAT(json, ContainsSubstring(R"("equity":null)"));
    }
}

TEST_CASE("the rule set platform answers with its own figures") {
    Engine engine{EngineOptions{.rules = platform_rules()}};
    fill(engine, 1);
    engine.recompute(now);
    const auto answer = account_of(engine, {"live", "1001"}, now);
    REQUIRE(answer);
    REQUIRE(answer->platform);
    CHECK_THAT(account_json(*answer), ContainsSubstring(R"("pnl":-700.00,"equity":500.00,)"));
}

TEST_CASE("questions are answered from the engine's own thread") {
    Engine engine{EngineOptions{}};
    fill(engine, 3);
    const test::ManualClock clock;
    boost::asio::io_context io{1};
    auto guard = boost::asio::make_work_guard(io);
    EngineQuestions questions{engine, clock, io.get_executor(), {std::chrono::minutes{1}, 8}};
    {
        const std::jthread engine_thread{[&] { io.run(); }};
        CHECK(test::run_to_end(questions.dirty_counts()).value()[0] == 3);
        CHECK(test::run_to_end(questions.dirty(0, AccountId{1}, 1))->accounts[0] == "live:1002");
        CHECK(test::run_to_end(questions.account({"live", "1003"}))->has_value());
        CHECK_FALSE(test::run_to_end(questions.account({"live", "1004"}))->has_value());
        guard.reset();
    }
}

TEST_CASE("a view is made of what engine and loops count") {
    Engine engine{EngineOptions{}};
    fill(engine, 4);
    service::Status status;
    status.feed_up = status.directory_up = true;
    status.sets_done = 3;
    status.sets_total = 8;
    status.ingest.messages = 11;
    status.beat.last_update_ms = 5;
    const BeatStats beat = engine.recompute(now);
    const ViewOrigin origin{"0.1.0", {500, 1'699'999'999'500}, 200, 3'000};
    auto view = make_view(origin, engine, status, beat, 9, now);
    CHECK(view->version == "0.1.0");
    CHECK(view->is_running);
    CHECK(view->rules == "standard");
    CHECK(view->rules_hash == engine.rules_hash());
    CHECK(view->term == 9);
    CHECK(view->dirty == std::vector<std::uint64_t>{4, 0});
    CHECK(view->book.accounts == 4);
    CHECK(view->book.positions == 4);
    CHECK(view->book.events_pending == engine.events().size());
    CHECK(view->last_beat.recomputed == 4);
    CHECK(view->seed.symbols_processed == 11);
    CHECK(view->seed.last_update_ms == 5);
    REQUIRE(view->not_ready.size() == 1);
    CHECK(view->not_ready[0].code == "reading");
    CHECK_THAT(view->not_ready[0].text, ContainsSubstring("3 of 8 holder sets"));

    status.is_synced = true;
    CHECK(make_view(origin, engine, status, beat, 9, now)->not_ready.empty());
    status = service::Status{.awaits_term = true, .is_fenced = true, .is_stopping = true};
    view = make_view(origin, engine, status, beat, 9, now);
    CHECK_FALSE(view->is_running);
    CHECK(view->not_ready.size() == 5);
}
