// Prop-firm rules beside a real server: what is remembered outlives the daemon.
#include <catch2/catch_test_macros.hpp>
#include <csignal>

#include "integration/platform.hpp"
#include "support/daemon.hpp"

namespace margind::test {
namespace {

using std::chrono::milliseconds;

/// An account with 100,000 whose equity may fall 10 % below its highest.
void load_trader(const Platform& platform) {
    platform.load("1", "100000");
    platform.redis().text({"HSET", "user:{live:1}:config", "drawdown", "10", "drawdown_mode",
                           "trailing", "drawdown_base", "equity"});
}

TEST_CASE("a killed daemon goes on from the peak that it has written", "[integration]") {
    Platform platform;
    load_trader(platform);
    {
        Daemon daemon{platform.server().port()};
        daemon.until_ready();
        platform.price("1.20000", "1.20010");
        daemon.until("the peak is written", [&] {
            return platform.field("1", "prop_state").contains(" peak=110000.00 ");
        });
        daemon.process().signal(SIGKILL);
        REQUIRE(daemon.process().wait(milliseconds{10'000}) == 128 + SIGKILL);
    }
    platform.price_in_silence("1.09000", "1.09010");
    Daemon daemon{platform.server().port()};
    daemon.until("the drawdown is told", [&] { return platform.kinds() == Kinds{"drawdown"}; });
    CHECK(platform.of_events("threshold") == std::vector<std::string>{"99000.00"});
    CHECK(platform.of_events("decision").front().contains(R"("peak":110000.00)"));
    daemon.until("its breach is remembered", [&] {
        return platform.field("1", "prop_state").contains(" drawdown_breach_ms=");
    });
    CHECK(platform.field("1", "prop_state").contains(" peak=110000.00 "));
    CHECK(daemon.get("/v1/accounts/live:1").body.contains(R"("floor":99000.00)"));
    CHECK(daemon.status("/engine/drawdowns") == 1);
}

TEST_CASE("a daily loss counts from the reset of the configuration", "[integration]") {
    Platform platform;
    platform.load("1", "100000");
    Daemon daemon{platform.server().port(), {"prop.reset_time=00:00", "prop.daily_loss=5"}};
    daemon.until("the day has begun", [&] {
        return platform.field("1", "prop_state").contains(" reference_balance=100000.00 ");
    });
    const std::string state = platform.field("1", "prop_state");
    const std::size_t reset = state.find(" reset_ms=");
    REQUIRE(reset != std::string::npos);
    constexpr std::int64_t day_ms = 86'400'000;
    CHECK(std::stoll(state.substr(reset + 10)) % day_ms == 0);  // midnight, UTC
    platform.price("1.04000", "1.04010");
    daemon.until("the loss is told", [&] { return platform.kinds() == Kinds{"daily_loss"}; });
    CHECK(platform.of_events("threshold") == std::vector<std::string>{"95000.00"});
    CHECK(platform.of_events("equity") == std::vector<std::string>{"94000.00"});
}

TEST_CASE("a breach that is remembered is not told again by the next daemon", "[integration]") {
    Platform platform;
    load_trader(platform);
    platform.redis().text({"HSET", "user_portfolio:{live:1}", "prop_state",
                           "digits=2 peak=110000.00 drawdown_start_ms=0 drawdown_breach_ms=1 "
                           "currency=USD"});
    platform.price_in_silence("1.09000", "1.09010");
    Daemon daemon{platform.server().port()};
    daemon.until("the account is written",
                 [&] { return platform.field("1", "equity") == "99000.00"; });
    CHECK(platform.kinds().empty());
    CHECK(platform.field("1", "prop_state").contains(" drawdown_breach_ms=1 "));
}

TEST_CASE("a memory that cannot be read stays, and its account is UNKNOWN until it is gone",
          "[integration]") {
    Platform platform;
    load_trader(platform);
    platform.redis().text({"HSET", "user_portfolio:{live:1}", "prop_state", "peak=110000"});
    Daemon daemon{platform.server().port()};
    daemon.until("the account is known to be in doubt",
                 [&] { return platform.field("1", "degraded_fields").contains("bad_setting"); });
    CHECK(platform.field("1", "prop_state") == "peak=110000");
    CHECK(daemon.get("/v1/accounts/live:1").body.contains("prop_state: cannot be read"));
    platform.redis().text({"HDEL", "user_portfolio:{live:1}", "prop_state"});
    platform.redis().text(
        {"PUBLISH", "portfolio_force_recalc", R"({"users":[{"user_type":"live","user_id":"1"}]})"});
    daemon.until("a new memory begins",
                 [&] { return platform.field("1", "prop_state").contains(" peak=100000.00 "); });
    CHECK(platform.field("1", "verdict") == "ok");
}

}  // namespace
}  // namespace margind::test
