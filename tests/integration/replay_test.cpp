// margind-replay as a user runs it: in process over a book, its feeds, its statistics, its errors.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <sstream>
#include <string>
#include <vector>

#include "support/build.hpp"
#include "support/child_process.hpp"
#include "support/paths.hpp"
#include "support/temp_folder.hpp"
#include "support/tool_run.hpp"

namespace margind::test {
namespace {

using std::chrono::seconds;
using Words = std::vector<std::string>;

ToolRun replay(Words arguments) {
    arguments.insert(arguments.end(), {"--stats", "json"});
    return run("margind-replay", arguments);
}

std::string make_book(const TempFolder& folder, const std::string& accounts) {
    const std::string path = folder.path("book.jsonl");
    const ToolRun made =
        run("margind-load", {"book", "--accounts", accounts, "--seed", "7", "--out", path});
    REQUIRE(made.code == 0);
    return path;
}

struct Tick {
    std::int64_t ts_ms;
    std::string symbol;
    double bid;
    double ask;
};

/// Some minutes of three symbols that fall and come back, off the beat's grid.
std::vector<Tick> small_day() {
    std::vector<Tick> ticks;
    for (int i = 0; i < 3'000; ++i) {
        const double fall = (i < 1'500 ? i : 3'000 - i) * 0.00001;
        const std::int64_t ts_ms = 1'399'507'200'000 + i * 77;
        if (i % 3 == 0) ticks.push_back({ts_ms, "EURUSD", 1.3912 - fall, 1.3913 - fall});
        if (i % 3 == 1) ticks.push_back({ts_ms, "NZDUSD", 0.8649 + fall, 0.8650 + fall});
        if (i % 3 == 2)
            ticks.push_back({ts_ms, "XAUUSD", 1290.5 - fall * 900, 1290.8 - fall * 900});
    }
    return ticks;
}

std::string price(double value) {
    std::ostringstream text;
    text.precision(12);
    text << value;
    return text.str();
}

std::string as_csv(const std::vector<Tick>& ticks) {
    std::string text = "ts_ms,symbol,bid,ask\n";
    for (const Tick& tick : ticks) {
        text += std::to_string(tick.ts_ms) + "," + tick.symbol + "," + price(tick.bid) + "," +
                price(tick.ask) + "\n";
    }
    return text;
}

std::string write_gzip(const std::string& path, std::string_view text) {
    gzFile file = gzopen(path.c_str(), "wb");
    REQUIRE(file != nullptr);
    REQUIRE(gzwrite(file, text.data(), static_cast<unsigned>(text.size())) ==
            static_cast<int>(text.size()));
    REQUIRE(gzclose(file) == Z_OK);
    return path;
}

}  // namespace

TEST_CASE("the real day over a made book gives the same hash and events twice", "[replay]") {
    const char* data = std::getenv("MARGIND_TEST_DATA");
    if (data == nullptr) SKIP("MARGIND_TEST_DATA is not set: the recorded day is not there");
    const TempFolder folder;
    const std::string book = make_book(folder, is_sanitized ? "100" : "2000");
    const std::string day = std::string{data} + "/ticks-oanda-2014-05-08.csv.gz";
    const ToolRun first = replay({day, "--book", book, "--events", folder.path("first")});
    REQUIRE(first.code == 0);
    CHECK(first.number("ticks") == 336'830);
    CHECK(first.number("ticks_unused") == 0);
    CHECK(first.number("unknown") == 0);
    CHECK(first.number("margin_calls") > 50);
    CHECK(first.number("stop_outs") > 5);
    CHECK(first.number("breaches") == first.number("margin_calls") + first.number("stop_outs"));
    const ToolRun second = replay({day, "--book", book, "--events", folder.path("second")});
    CHECK(second.text("state_hash") == first.text("state_hash"));
    CHECK(second.number("recomputed") == first.number("recomputed"));
    const std::string events = content_of(folder.path("first"));
    CHECK(events.find("would_stop_out") != std::string::npos);
    CHECK(content_of(folder.path("second")) == events);
}

TEST_CASE("a feed in pieces of other formats gives the hash of the whole", "[replay]") {
    const TempFolder folder;
    const std::string book = make_book(folder, "200");
    const auto ticks = small_day();
    const ToolRun whole = replay({folder.write("whole.csv", as_csv(ticks)), "--book", book});
    REQUIRE(whole.code == 0);
    CHECK(whole.number("ticks") == ticks.size());
    CHECK(whole.number("margin_calls") > 0);

    std::vector<Tick> euro;
    std::string others = "symbol,ask,bid,volume,ts_us\n";
    for (const Tick& tick : ticks) {
        if (tick.symbol == "EURUSD") {
            euro.push_back(tick);
        } else {
            others += tick.symbol + "," + price(tick.ask) + "," + price(tick.bid) + ",1," +
                      std::to_string(tick.ts_ms * 1000) + "\n";
        }
    }
    const ToolRun pieces = replay({write_gzip(folder.path("euro.gz"), as_csv(euro)),
                                   folder.write("others.csv", others), "--book", book});
    CHECK(pieces.text("state_hash") == whole.text("state_hash"));
    CHECK(pieces.number("recomputed") == whole.number("recomputed"));
}

TEST_CASE("columns without a header are read by a map", "[replay]") {
    const TempFolder folder;
    const std::string book = make_book(folder, "50");
    const auto ticks = small_day();
    std::string lines;
    for (const Tick& tick : ticks) {
        lines += "x," + price(tick.bid) + "," + tick.symbol + "," + price(tick.ask) + "," +
                 std::to_string(tick.ts_ms / 1000) + "." +
                 std::to_string(tick.ts_ms % 1000 + 1000).substr(1) + "\n";
    }
    const ToolRun mapped =
        replay({folder.write("a.csv", lines), "--book", book, "--map", "-,bid,symbol,ask,ts_s"});
    const ToolRun plain = replay({folder.write("b.csv", as_csv(ticks)), "--book", book});
    CHECK(mapped.number("ticks") == ticks.size());
    CHECK(mapped.text("state_hash") == plain.text("state_hash"));
}

TEST_CASE("a torn feed is reported and the rest of it used", "[replay]") {
    const TempFolder folder;
    const std::string text = as_csv(small_day());
    const std::string plain = folder.write("torn.csv", text.substr(0, text.size() - 12));
    const ToolRun torn = replay({plain});
    CHECK(torn.code == 0);
    CHECK(torn.number("ticks") == 2'999);
    CHECK(torn.errors.find("torn.csv:3001: refused: torn") != std::string::npos);
    CHECK(torn.output.find(R"("rejected":{"torn":1})") != std::string::npos);

    const std::string zipped = content_of(write_gzip(folder.path("whole.gz"), text));
    const ToolRun cut = replay({folder.write("cut.gz", zipped.substr(0, zipped.size() / 2))});
    CHECK(cut.code == 1);
    CHECK(cut.errors.find("a file ended before its end") != std::string::npos);
    CHECK(cut.number("ticks") > 500);
    CHECK(cut.number("ticks") < 2'999);
    CHECK(cut.errors.find("cut off") != std::string::npos);
    CHECK(cut.output.find(R"("damaged":[)") != std::string::npos);
}

TEST_CASE("bad lines are counted by reason and skipped", "[replay]") {
    const TempFolder folder;
    const ToolRun seen = replay({folder.write("bad.csv",
                                              "1399507200036,EURUSD,1.1,1.2\n"
                                              "garbage\n"
                                              "1399507200,EURUSD,1.1,1.2\n"
                                              "1399507200037,EURUSD,x,1.2\n"
                                              "1399507200037,EURUSD,y,1.2\n\n"
                                              "1399507200038,EURUSD,1.1,1.2\n")});
    CHECK(seen.code == 0);
    CHECK(seen.number("ticks") == 2);
    CHECK(seen.output.find(R"("rejected":{"bad_time":1,"implausible_time":1,"bad_bid":2})") !=
          std::string::npos);
    CHECK(seen.errors.find("bad.csv:2: refused: bad_time") != std::string::npos);
}

TEST_CASE("a last line without its line break is refused and told", "[replay]") {
    const TempFolder folder;
    const std::string text = as_csv(small_day());
    const ToolRun torn = replay({folder.write("last.csv", text.substr(0, text.size() - 1))});
    CHECK(torn.code == 0);
    CHECK(torn.number("ticks") == 2'999);
    CHECK(torn.errors.find("last.csv:3001: refused: torn") != std::string::npos);
}

TEST_CASE("a replay without any usable tick fails and says so", "[replay]") {
    const TempFolder folder;
    const ToolRun bad = replay({folder.write("bad.csv", "garbage\n1399507200036,EURUSD,x,1.2\n")});
    CHECK(bad.code == 1);
    CHECK(bad.errors.find("no usable tick in 2 lines: 2 refused") != std::string::npos);
    CHECK(bad.number("ticks") == 0);
    const ToolRun none =
        replay({folder.write("day.csv", as_csv(small_day())), "--symbols", "NONE"});
    CHECK(none.code == 1);
    CHECK(none.errors.find("3000 left out by the filters") != std::string::npos);
    CHECK(replay({folder.write("empty.csv", "")}).code == 1);
}

TEST_CASE("a replay is cut by time and symbol", "[replay]") {
    const TempFolder folder;
    const std::string feed = folder.write("day.csv", as_csv(small_day()));
    const ToolRun cut = replay({feed, "--from", "2014-05-08T00:01:00Z", "--to", "1399507320000",
                                "--symbols", "EURUSD,XAUUSD"});
    CHECK(cut.number("ticks") + cut.number("filtered") == 3'000);
    CHECK(cut.number("ticks") == 519);
}

TEST_CASE("a recording replays to the hash of what was recorded", "[replay]") {
    const TempFolder folder;
    const std::string book = make_book(folder, "50");
    const std::string feed = folder.write("day.csv", as_csv(small_day()));
    const std::string recording = folder.path("seen.csv");
    const ToolRun recorded = replay({feed, "--book", book, "--record", recording});
    CHECK(recorded.number("recorded") == 3'000);
    const ToolRun again = replay({recording, "--book", book});
    CHECK(again.text("state_hash") == recorded.text("state_hash"));
    const ToolRun full = replay({feed, "--record", "/dev/full"});
    CHECK(full.code == 1);
    CHECK(full.errors.find("No space left") != std::string::npos);
}

TEST_CASE("a book with bad lines is used as far as it goes", "[replay]") {
    const TempFolder folder;
    const std::string feed = folder.write("day.csv", as_csv(small_day()));
    const std::string good = content_of(make_book(folder, "10"));
    const ToolRun run = replay(
        {feed, "--book", folder.write("bad.jsonl", "{\"key\":1}\n" + good + "{\"key\":\"us")});
    CHECK(run.code == 0);
    CHECK(run.number("accounts") == 10);
    CHECK(run.output.find(R"("book_rejected":{"bad_shape":1,"torn":1})") != std::string::npos);
    const ToolRun none = replay({feed, "--book", folder.write("empty.jsonl", "{}\n")});
    CHECK(none.code == 1);
    CHECK(none.errors.find("no account in 1 lines") != std::string::npos);
}

TEST_CASE("the rule set platform replays as well, to a hash of its own", "[replay]") {
    const TempFolder folder;
    const std::string book = make_book(folder, "50");
    const std::string feed = folder.write("day.csv", as_csv(small_day()));
    const ToolRun first = replay({feed, "--book", book, "--rules", "platform"});
    const ToolRun second = replay({feed, "--book", book, "--rules", "platform"});
    CHECK(first.text("state_hash") == second.text("state_hash"));
    CHECK(first.text("state_hash") != replay({feed, "--book", book}).text("state_hash"));
}

TEST_CASE("what cannot be understood ends with exit code 2 and a reason each", "[replay]") {
    const TempFolder folder;
    const std::string feed = folder.write("day.csv", as_csv(small_day()));
    const auto words = [&](Words more) {
        more.insert(more.begin(), feed);
        return more;
    };
    const auto [arguments, reason] = GENERATE_COPY(values<std::pair<Words, std::string>>({
        {{}, "feed is required"},
        {words({"--bogus"}), "--bogus"},
        {words({"--map", "ts_ms,bid"}), "--map: expected one 'symbol'"},
        {words({"--speed", "fast"}), "--speed: expected max, or 1x"},
        {words({"--speed", "1e300x"}), "--speed: expected max, or 1x"},
        {words({"--symbols", "EURUSD,EURUSD"}), "--symbols: 'EURUSD' is there twice"},
        {words({"--types", "live,live"}), "--types: 'live' is there twice"},
        {words({"--beat-ms", "70000"}), "--beat-ms: expected 10 to 60,000"},
        {words({"--rules", "mine"}), "--rules: expected standard or platform"},
        {words({"--from", "noon"}), "--from: expected 2014-05-08T12:30:00"},
        {words({"--redis", "redis://u:secret@localhost"}), "--redis:"},
        {words({"--redis", "redis://localhost", "--password-file", "none"}),
         "--password-file: cannot read a password from none"},
        {words({"--book", "none.jsonl"}), "none.jsonl: no such file"},
        {{"none.csv"}, "none.csv: no such file"},
    }));
    const ToolRun refused = run("margind-replay", arguments);
    CAPTURE(refused.errors);
    CHECK(refused.code == 2);
    CHECK((refused.errors + refused.output).find(reason) != std::string::npos);
}

TEST_CASE("a scenario is replayed and its failed expectations are named", "[replay]") {
    const TempFolder folder;
    const ToolRun good = replay({source_dir() + "/tests/golden/style_example.scenario"});
    CHECK(good.code == 0);
    CHECK(good.number("breaches") == 1);
    CHECK(good.number("failures") == 0);
    const ToolRun wrong = replay({folder.write("w.scenario",
                                               "account live:1 balance 5.00\nflush\n"
                                               "expect live:1 equity 6.00\n")});
    CHECK(wrong.code == 1);
    CHECK(wrong.number("failures") == 1);
    CHECK(wrong.errors.find("w.scenario:3:22: expected live:1 equity 6.00, found 5.00") !=
          std::string::npos);
    const ToolRun unread = replay({folder.write("u.scenario", "flash\n")});
    CHECK(unread.code == 2);
    CHECK(unread.errors.find("u.scenario:1:1: expected account") != std::string::npos);
}

TEST_CASE("an interrupted replay says how far it went", "[replay]") {
    const TempFolder folder;
    const std::string pipe = folder.path("pipe");
    REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
    ChildProcess child{binary("margind-replay"), {pipe, "--stats", "json", "--speed", "1x"}};
    const int writer = ::open(pipe.c_str(), O_WRONLY);  // returns once the tool reads
    REQUIRE(writer >= 0);
    const std::string text = as_csv(small_day());
    REQUIRE(::write(writer, text.data(), 10'000) == 10'000);
    child.signal(SIGINT);
    ::close(writer);
    CHECK(child.wait(seconds{60}) == 1);
    CHECK(child.errors().find("interrupted") != std::string::npos);
    CHECK(child.output().find(R"({"ticks":)") != std::string::npos);
    CHECK(child.output().find(R"("interrupted":true)") != std::string::npos);
}

}  // namespace margind::test
