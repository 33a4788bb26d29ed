#include <catch2/catch_test_macros.hpp>
#include <csignal>
#include <filesystem>

#include "integration/platform.hpp"
#include "support/daemon.hpp"
#include "support/temp_folder.hpp"

namespace margind::test {
namespace {

using std::chrono::milliseconds;

/// Runs a daemon until it is ready, and stops it.
void run_once(Platform& platform, const std::string& setting) {
    Daemon daemon{platform.server().port(), {setting}};
    daemon.until_ready();
    daemon.process().signal(SIGTERM);
    REQUIRE(daemon.process().wait(milliseconds{10'000}) == 0);
    CHECK(daemon.process().errors().contains("event=warm_image accounts=3"));
}

void load_three(Platform& platform) {
    platform.load("1", "50000");
    platform.load("2", "700");
    platform.load("3", "5000");
}

TEST_CASE("what a daemon leaves behind, the next one starts from", "[integration]") {
    Platform platform;
    const TempFolder folder;
    const std::string setting = "warm_start.file=" + folder.path("live.warm");
    load_three(platform);
    run_once(platform, setting);
    Daemon daemon{platform.server().port(), {setting}};
    daemon.until_ready();
    CHECK(daemon.process().errors().contains("event=warm_start accounts=3 positions=3"));
    CHECK(daemon.status("/mirror/warm_accounts") == 3);
    daemon.until("all are valued", [&] { return daemon.status("/accounts/unknown") == 0; });
    CHECK(platform.field("2", "equity") == "700.00");
}

TEST_CASE("accounts of the image are unconfirmed while their server is away", "[integration]") {
    Platform platform;
    const TempFolder folder;
    const std::string setting = "warm_start.file=" + folder.path("live.warm");
    load_three(platform);
    run_once(platform, setting);
    platform.server().pause();
    Daemon daemon{platform.server().port(), {setting}};
    daemon.until("they are known and not confirmed", [&] {
        return daemon.status("/accounts/unknown_by_cause/image_unconfirmed") == 3;
    });
    CHECK(daemon.get("/v1/accounts/live:2").body.contains(R"("verdict":"unknown")"));
    CHECK(daemon.get("/v1/accounts/live:2").body.contains("image_unconfirmed"));
    CHECK(daemon.get("/readyz").status == 503);
    platform.server().resume();
    daemon.until("they are confirmed", [&] { return daemon.status("/accounts/unknown") == 0; });
}

TEST_CASE("who has come is found, who has gone is missing, whatever the image says",
          "[integration]") {
    Platform platform;
    const TempFolder folder;
    const std::string setting = "warm_start.file=" + folder.path("live.warm");
    load_three(platform);
    run_once(platform, setting);
    platform.load("4", "9000");
    platform.redis().text(
        {"DEL", "user:{live:3}:config", "user_orders_index:{live:3}", "user_holdings:{live:3}:A"});
    platform.redis().text({"SREM", "symbol_holders:EURUSD:live", "live:3"});
    Daemon daemon{platform.server().port(), {setting}};
    daemon.until("the new one is written",
                 [&] { return platform.field("4", "equity") == "9000.00"; });
    daemon.until("the other one is missing",
                 [&] { return platform.field("3", "degraded_fields").contains("image_missing"); });
}

TEST_CASE("a daemon starts cold from a torn image, and from none, and says why", "[integration]") {
    Platform platform;
    const TempFolder folder;
    const std::string path = folder.path("live.warm");
    load_three(platform);
    run_once(platform, "warm_start.file=" + path);
    std::filesystem::resize_file(path, 70);
    Daemon torn{platform.server().port(), {"warm_start.file=" + path}};
    torn.until_ready();
    CHECK(torn.process().errors().contains("event=cold_start reason=\"" + path + ": torn: "));
    Daemon none{platform.server().port(), {"warm_start.file=" + path + ".none"}};
    none.until_ready();
    CHECK(none.process().errors().contains("No such file or directory"));
}

}  // namespace
}  // namespace margind::test
