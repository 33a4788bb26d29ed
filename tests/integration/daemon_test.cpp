#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <csignal>
#include <optional>

#include "integration/platform.hpp"
#include "support/daemon.hpp"
#include "support/recordings.hpp"
#include "support/temp_folder.hpp"
#include "support/tool_run.hpp"

namespace margind::test {
namespace {

using std::chrono::milliseconds;

TEST_CASE("the session of the README ends with its snapshot, notification and events",
          "[integration]") {
    Platform platform;
    Daemon daemon{platform.server().port()};
    daemon.until_ready();
    ServerClient listener = platform.server().client();
    listener.call({"SUBSCRIBE", "portfolio_updates"});

    for (int i = 1; i <= 10; ++i) {
        platform.load(std::to_string(i), std::to_string(i * 1'000));
    }
    daemon.until("all ten are written",
                 [&] { return platform.field("10", "used_margin") == "1100.10"; });
    platform.price("1.09000", "1.09010");
    daemon.until("the fall is written", [&] { return platform.field("2", "equity") == "1000.00"; });
    CHECK(platform.field("2", "margin_level") == "91.73");
    CHECK(platform.field("2", "verdict") == "breach");
    CHECK(platform.field("10", "verdict") == "ok");
    CHECK(listener.read().elements.at(2).text.starts_with("live:"));
    CHECK(platform.kinds() == Kinds{"margin_call", "would_stop_out", "margin_call"});
    CHECK(daemon.get("/v1/accounts/live:2").body.contains("\"verdict\":\"breach\""));
}

TEST_CASE("a daemon started before its server is alive, not ready, and catches up",
          "[integration]") {
    Platform platform;
    platform.server().stop();
    Daemon daemon{platform.server().port()};
    CHECK(daemon.get("/livez").status == 200);
    CHECK(daemon.get("/readyz").status == 503);
    platform.server().start();
    platform.open_market();
    platform.load("1", "5000");
    daemon.until("the account is written",
                 [&] { return platform.field("1", "equity") == "5000.00"; });
    daemon.until_ready();
}

TEST_CASE("SIGTERM writes the last beat and exits 0", "[integration]") {
    Platform platform;
    platform.load("1", "5000");
    Daemon daemon{platform.server().port()};
    daemon.until_ready();
    platform.price("1.09500", "1.09510");
    daemon.until("the price has arrived", [&] { return daemon.status("/ingest/prices_read") > 1; });
    daemon.process().signal(SIGTERM);
    REQUIRE(daemon.process().wait(milliseconds{10'000}) == 0);
    CHECK(platform.field("1", "equity") == "4500.00");
}

TEST_CASE("from SIGTERM on the daemon is not ready, however long its last beat takes",
          "[integration]") {
    Platform platform;
    platform.load("1", "5000");
    Daemon daemon{platform.server().port()};
    daemon.until_ready();
    platform.server().pause();
    daemon.process().signal(SIGTERM);
    daemon.until("it says that it stops",
                 [&] { return daemon.get("/readyz").body.contains(R"("code":"stopping")"); });
    platform.server().resume();
    CHECK(daemon.process().wait(milliseconds{10'000}) == 0);
}

TEST_CASE("a second signal ends the daemon at once, an echo of the first does not",
          "[integration]") {
    Platform platform;
    platform.load("1", "5000");
    Daemon daemon{platform.server().port()};
    daemon.until_ready();
    platform.server().pause();  // the last beat cannot end
    daemon.process().signal(SIGTERM);
    daemon.process().signal(SIGTERM);
    daemon.until("it says that it stops",
                 [&] { return daemon.get("/readyz").body.contains(R"("code":"stopping")"); });
    std::optional<int> code;
    for (int signals = 0; !code && signals < 50; ++signals) {
        daemon.process().signal(SIGINT);
        code = daemon.process().wait(milliseconds{100});
    }
    CHECK(code == 128 + SIGINT);
    CHECK(daemon.process().errors().contains("event=stopped_at_once signal=2"));
    platform.server().resume();
}

TEST_CASE("a snapshot whose key holds something else is told of, and holds up nobody",
          "[integration]") {
    Platform platform;
    platform.load("1", "5000");
    platform.load("2", "5000");
    platform.redis().text({"SET", "user_portfolio:{live:2}", "mine"});
    Daemon daemon{platform.server().port()};
    daemon.until("the other one is written",
                 [&] { return platform.field("1", "equity") == "5000.00"; });
    daemon.until("it is counted", [&] { return daemon.status("/beat/snapshots_refused") >= 1; });
    CHECK(daemon.status("/beat/snapshots_written") == 1);
    CHECK(daemon.process().errors().contains("event=write_failed what=refused_snapshots"));
}

TEST_CASE("a killed subscription is a gap, after which the figures are right", "[integration]") {
    Platform platform;
    platform.load("1", "5000");
    Daemon daemon{platform.server().port()};
    daemon.until("the account is written",
                 [&] { return platform.field("1", "equity") == "5000.00"; });
    // Nobody is told of this price: only reading everything again can find it.
    platform.price_in_silence("1.08000", "1.08010");
    platform.redis().text({"CLIENT", "KILL", "TYPE", "pubsub"});
    daemon.until("the figures are right again",
                 [&] { return platform.field("1", "equity") == "3000.00"; });
    CHECK(daemon.status("/engine/gaps") >= 1);
    CHECK(platform.field("1", "verdict") == "ok");
}

TEST_CASE("a server that restarts empty leaves accounts UNKNOWN and flags nothing",
          "[integration]") {
    Platform platform;
    platform.load("1", "5000");
    Daemon daemon{platform.server().port()};
    daemon.until("the account is written",
                 [&] { return platform.field("1", "equity") == "5000.00"; });
    platform.server().kill();
    platform.server().start();
    daemon.until("the account is known to be missing",
                 [&] { return platform.field("1", "degraded_fields").contains("image_missing"); });
    CHECK(platform.field("1", "verdict") == "unknown");
    CHECK(platform.redis().call({"HGET", "user_portfolio:{live:1}", "equity"}).is_nil);
    CHECK(platform.kinds().empty());
}

TEST_CASE("a restarted daemon announces a standing stop-out under its old id, once",
          "[integration]") {
    Platform platform;
    platform.load("1", "1000");
    platform.price("1.09000", "1.09010");
    const Kinds once{"would_stop_out"};
    {
        Daemon daemon{platform.server().port()};
        daemon.until("the stop-out is announced", [&] { return platform.kinds() == once; });
    }
    Daemon daemon{platform.server().port()};
    daemon.until("it is announced again, and known",
                 [&] { return daemon.status("/beat/events_known") == 1; });
    CHECK(platform.kinds() == once);
}

TEST_CASE("an older instance is fenced by a newer one and writes nothing more", "[integration]") {
    Platform platform;
    platform.load("1", "5000");
    Daemon older{platform.server().port()};
    older.until_ready();
    Daemon newer{platform.server().port()};
    newer.until_ready();
    older.until("the older one is fenced", [&] { return older.get("/readyz").status == 503; });
    CHECK(older.get("/readyz").body.contains("fenced"));
    platform.price("1.09000", "1.09010");
    newer.until("the newer one writes", [&] { return platform.field("1", "equity") == "4000.00"; });
    CHECK(platform.field("1", "term") == "2");
}

TEST_CASE("a shadow beside a live instance takes nothing from it", "[integration]") {
    Platform platform;
    platform.load("1", "5000");
    Daemon live{platform.server().port()};
    live.until_ready();
    const std::string term = platform.redis().text({"GET", "{margind:0}:term"});
    Daemon shadow{platform.server().port(), {"snapshots.mode=shadow"}};
    shadow.until_ready();
    platform.price("1.05500", "1.05510");  // 500 USD left against 1,055.10 of margin
    shadow.until("the shadow sees the breach",
                 [&] { return shadow.status("/engine/stop_outs") == 1; });
    live.until("the live one announces it",
               [&] { return platform.kinds() == Kinds{"would_stop_out"}; });
    CHECK(platform.field("1", "equity") == "500.00");
    CHECK(live.is_ready());
    CHECK(platform.redis().text({"GET", "{margind:0}:term"}) == term);
}

TEST_CASE("the kill switch takes effect although stop-outs are armed", "[integration]") {
    Platform platform;
    platform.redis().text({"HSET", "margind:control", "armed", "1", "killed", "1"});
    platform.load("1", "1000");
    platform.price("1.09000", "1.09010");
    Daemon daemon{platform.server().port()};
    daemon.until("it is said", [&] { return platform.kinds() == Kinds{"would_stop_out"}; });
    platform.redis().text({"HSET", "margind:control", "killed", "0"});
    daemon.until("it is said in earnest",
                 [&] { return platform.kinds() == Kinds{"would_stop_out", "stop_out"}; });
}

TEST_CASE("what a group changes of the rules takes hold, and is heard of", "[integration]") {
    Platform platform;
    platform.load("1", "1000");  // 90.9 % of 1,100.10
    platform.redis().text({"HSET", "groups:{Standard}:*", "margin_call_level", "80"});
    Daemon daemon{platform.server().port()};
    daemon.until("it is valued", [&] { return platform.field("1", "equity") == "1000.00"; });
    CHECK(platform.field("1", "verdict") == "ok");
    platform.redis().text({"HSET", "groups:{Standard}:*", "stop_out_level", "95"});
    daemon.until("the new level is in force",
                 [&] { return platform.kinds() == Kinds{"would_stop_out"}; });
    platform.redis().text({"HSET", "groups:{Standard}:*", "stop_out_level", "a lot"});
    daemon.until("nobody knows what was meant",
                 [&] { return platform.field("1", "degraded_fields").contains("bad_setting"); });
}

TEST_CASE("an order that waits for its price reserves margin", "[integration]") {
    Platform platform;
    platform.load("1", "5000");
    platform.redis().text({"HSET", "user_holdings:{live:1}:B", "order_id", "B", "symbol", "EURUSD",
                           "order_type", "BUY_LIMIT", "order_price", "1.00", "order_quantity",
                           "1.00", "order_status", "PENDING"});
    platform.redis().text({"SADD", "user_orders_index:{live:1}", "B"});
    Daemon daemon{platform.server().port()};
    daemon.until("both are counted",
                 [&] { return platform.field("1", "used_margin") == "2200.20"; });
}

TEST_CASE("accounts beyond the limit are told of, and the daemon is not ready", "[integration]") {
    Platform platform;
    platform.load("1", "5000");
    platform.load("2", "5000");
    Daemon daemon{platform.server().port(), {"limits.accounts_max=1"}};
    daemon.until("one is watched", [&] { return daemon.status("/accounts/ok") == 1; });
    daemon.until("the other one is told of", [&] {
        return daemon.get("/readyz").body.contains("accounts beyond limits.accounts_max (1)") &&
               daemon.process().errors().contains("event=accounts_refused");
    });
    CHECK(daemon.status("/accounts/total") == 1);
}

TEST_CASE("what the operator freezes is logged, shown and obeyed", "[integration]") {
    Platform platform;
    platform.load("1", "5000");
    Daemon daemon{platform.server().port()};
    daemon.until("it is valued", [&] { return daemon.status("/accounts/ok") == 1; });
    CHECK_FALSE(daemon.process().errors().contains("event=control"));
    platform.redis().text({"HSET", "margind:control", "frozen", "EURUSD"});
    daemon.until("nobody can be valued", [&] { return daemon.status("/accounts/unknown") == 1; });
    CHECK(daemon.get("/v1/status").body.contains(R"("frozen":["EURUSD"])"));
    CHECK(daemon.process().errors().contains(R"(readable=true frozen="EURUSD")"));
    platform.redis().text({"HSET", "margind:control", "killed", "maybe"});
    daemon.until("it cannot be read", [&] {
        const std::string status = daemon.get("/v1/status").body;
        return status.contains(R"("killed":true,"control_readable":false,"frozen":["EURUSD"])");
    });
    CHECK(daemon.process().errors().contains(R"(killed=true readable=false frozen="EURUSD")"));
    platform.redis().text({"DEL", "margind:control"});
    platform.redis().text({"SET", "margind:control", "no hash"});
    daemon.until("it is counted", [&] { return daemon.status("/beat/control_failures") > 3; });
    CHECK(daemon.status("/accounts/unknown") == 1);
}

TEST_CASE("an account is shown a line for each of its parts, money with all its decimals",
          "[integration]") {
    Platform platform;
    platform.load("1", "5000");
    platform.load("2", "5000");
    Daemon daemon{platform.server().port()};
    daemon.until_ready();
    daemon.until("they are valued", [&] { return daemon.status("/accounts/ok") == 2; });
    const ToolRun account = run("margind", {"account", "live:1", "--url", daemon.url()});
    INFO(account.output << account.errors);
    CHECK(account.output.contains("\nequity                   5000.00\n"));
    CHECK(account.output.contains("\n  id=A symbol=EURUSD side=buy lots=1 open_price=1.1"));
    CHECK(account.output.contains("\ncauses\n"));
    const ToolRun dirty = run("margind", {"dirty", "live", "--limit", "0", "--url", daemon.url()});
    CHECK(dirty.code == 2);
    const ToolRun page = run("margind", {"dirty", "live", "--cursor", "x", "--url", daemon.url()});
    CHECK(page.errors.contains("cursor is none of this list"));
}

TEST_CASE("documents on lines are answered line by line", "[integration]") {
    const TempFolder folder;
    const std::string path =
        folder.write("cases.jsonl", R"({"account": {"currency": "USD", "balance": 5}})"
                                    "\n\n"
                                    R"({"account": {"currency": "USD", "balanse": 5}})"
                                    "\n"
                                    R"({"account": {"currency": "JPY", "balance": 7}})"
                                    "\n"
                                    R"({"account": x})"
                                    "\n"
                                    R"({"acount": {}})");
    const ToolRun answers = run("margind", {"evaluate", "--lines", path});
    CHECK(answers.code == 2);
    CHECK(answers.output.contains(R"("equity":5.00)"));
    CHECK(answers.output.contains("\nnull\n"));
    CHECK(answers.output.contains(R"("equity":7,)"));
    CHECK(answers.errors.contains("cases.jsonl:3: account.balanse: unknown field"));
    CHECK(answers.errors.contains("cases.jsonl:5: document: column 13: expected one JSON"));
    CHECK(answers.errors.contains("cases.jsonl:6: account: expected an object, found nothing\n"));
    CHECK(answers.errors.contains("cases.jsonl:6: acount: unknown field, perhaps account\n"));
}

TEST_CASE("what a daemon records can be read while it runs", "[integration]") {
    Platform platform;
    const TempFolder folder;
    platform.load("1", "5000");
    const std::string recording = folder.path("seen.csv");
    Daemon daemon{platform.server().port(), {}, {"--record", recording}};
    daemon.until_ready();
    platform.price("1.09500", "1.09510");
    daemon.until("the price is in the file",
                 [&] { return content_of(recording).contains("EURUSD,1.095,1.0951,"); });
}

TEST_CASE("a daemon records into .ticks files in binary", "[integration]") {
    Platform platform;
    const TempFolder folder;
    platform.load("1", "5000");
    const std::string recording = folder.path("seen.ticks");
    Daemon daemon{platform.server().port(), {}, {"--record", recording}};
    daemon.until_ready();
    platform.price("1.09500", "1.09510");
    daemon.until("the price is in the file", [&] {
        const auto ticks = read_recording(content_of(recording), 1'000).ticks;
        return std::ranges::any_of(ticks, [](const SeenTick& tick) {
            return tick.symbol == "EURUSD" && tick.bid == 1.095 && tick.ask == 1.0951;
        });
    });
}

TEST_CASE("a wrong configuration is told whole, and nothing is opened", "[integration]") {
    ChildProcess margind{binary("margind"),
                         {"serve", "--set", "beat.interval_ms=1", "--set", "beat.intervall_ms=1"}};
    REQUIRE(margind.wait(milliseconds{10'000}) == 2);
    CHECK(margind.errors().contains("beat.interval_ms: 1 is below 10"));
    CHECK(margind.errors().contains("did you mean beat.interval_ms?"));
    CHECK_FALSE(margind.errors().contains("http_listening"));
}

TEST_CASE("the demo ends by itself, with margin calls and without a terminal in lines",
          "[integration]") {
    ChildProcess margind{binary("margind"),
                         {"demo", "--seconds", "3", "--accounts", "500", "--set",
                          "http.listen=127.0.0.1:0", "--set", "demo.shock_at_s=1"}};
    REQUIRE(margind.wait(milliseconds{60'000}) == 0);
    CHECK(margind.output().contains("margin_calls="));
    CHECK_FALSE(margind.output().contains("margin_calls=0 "));
    CHECK_FALSE(margind.output().contains("\x1b["));
}

}  // namespace
}  // namespace margind::test
