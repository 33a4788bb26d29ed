// margind-replay with recordings: CSV into one, the same results out of it, damage in it.
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include "support/temp_folder.hpp"
#include "support/tool_run.hpp"

namespace margind::test {
namespace {

using Words = std::vector<std::string>;

ToolRun replay(Words arguments) {
    arguments.insert(arguments.end(), {"--stats", "json"});
    return run("margind-replay", arguments);
}

std::string make_book(const TempFolder& folder) {
    const std::string path = folder.path("book.jsonl");
    REQUIRE(run("margind-load", {"book", "--accounts", "200", "--seed", "7", "--out", path}).code ==
            0);
    return path;
}

/// Some minutes of three symbols that fall and come back.
std::string csv_of(int first, int step) {
    std::string text = "ts_ms,symbol,bid,ask,arrival_ms\n";
    for (int i = first; i < 3'000; i += step) {
        const double fall = (i < 1'500 ? i : 3'000 - i) * 0.00001;
        const long long ts_ms = 1'399'507'200'000 + i * 77;
        char line[100] = "";
        constexpr const char* names[] = {"EURUSD", "NZDUSD", "XAUUSD"};
        const double bid = i % 3 == 0   ? 1.3912 - fall
                           : i % 3 == 1 ? 0.8649 + fall
                                        : 1290.5 - fall * 900;
        std::snprintf(line, sizeof line, "%lld,%s,%.5f,%.5f,%lld\n", ts_ms, names[i % 3], bid,
                      bid * 1.0002, ts_ms + 5);
        text += line;
    }
    return text;
}

/// What the statistics say, without what differs from run to run or between the kinds of files.
std::string results(const ToolRun& run) {
    const std::string& all = run.output;
    return all.substr(0, all.find(R"("lines":)")) +
           all.substr(all.find(R"("filtered":)"),
                      all.find(R"("seconds":)") - all.find(R"("filtered":)"));
}

}  // namespace

TEST_CASE("a recording gives the statistics and the state hash of the CSV it was made from",
          "[replay]") {
    const TempFolder folder;
    const std::string book = make_book(folder);
    const std::string csv = folder.write("day.csv", csv_of(0, 1));
    const std::string recording = folder.path("day.ticks");
    const ToolRun made = replay({csv, "--record", recording});
    REQUIRE(made.code == 0);
    CHECK(made.number("recorded") == 3'000);
    const Words more = GENERATE(Words{}, Words{"--symbols", "XAUUSD,EURUSD"},
                                Words{"--from", "1399507260000", "--to", "1399507320000"},
                                Words{"--rules", "platform"});
    Words from_csv{csv, "--book", book};
    Words from_recording{recording, "--book", book};
    from_csv.insert(from_csv.end(), more.begin(), more.end());
    from_recording.insert(from_recording.end(), more.begin(), more.end());
    const ToolRun plain = replay(from_csv);
    const ToolRun recorded = replay(from_recording);
    CHECK(recorded.code == 0);
    CHECK(results(recorded) == results(plain));
    CHECK(recorded.number("ticks") + recorded.number("filtered") == 3'000);
}

TEST_CASE("recordings and CSV are merged by time", "[replay]") {
    const TempFolder folder;
    const std::string book = make_book(folder);
    const ToolRun whole = replay({folder.write("day.csv", csv_of(0, 1)), "--book", book});
    Words feeds{folder.write("third.csv", csv_of(2, 3))};
    for (const int first : {0, 1}) {
        const std::string name = "part" + std::to_string(first);
        feeds.push_back(folder.path(name + ".ticks"));
        REQUIRE(replay({folder.write(name + ".csv", csv_of(first, 3)), "--record", feeds.back()})
                    .code == 0);
    }
    feeds.insert(feeds.end(), {"--book", book});
    CHECK(replay(feeds).text("state_hash") == whole.text("state_hash"));
}

TEST_CASE("a damaged recording is used as far as it is whole, and the replay says so", "[replay]") {
    const TempFolder folder;
    const std::string recording = folder.path("day.ticks");
    REQUIRE(replay({folder.write("day.csv", csv_of(0, 1)), "--record", recording}).code == 0);
    std::string bytes = content_of(recording);
    bytes[bytes.size() - 100] ^= 1;
    const std::string damaged = folder.write("damaged.ticks", bytes);
    const ToolRun used = replay({damaged});
    CHECK(used.code == 1);
    CHECK(used.number("damaged_blocks") == 1);
    CHECK(used.number("ticks") == 2'048);  // the first block
    CHECK(used.errors.find("damaged.ticks: byte ") != std::string::npos);
    CHECK(used.errors.find("the checksum of a block is wrong") != std::string::npos);
    CHECK(used.errors.find("a recording is damaged") != std::string::npos);
    CHECK(used.output.find(R"("damaged":[)") != std::string::npos);
}

TEST_CASE("what a replay cannot record into it refuses", "[replay]") {
    const TempFolder folder;
    const std::string csv = folder.write("day.csv", csv_of(0, 1));
    const ToolRun itself = replay({csv, "--record", csv});
    CHECK(itself.code == 2);
    CHECK(itself.errors.find("is one of the feeds") != std::string::npos);
    const std::string other = folder.write("other.ticks", csv_of(0, 1));
    const ToolRun foreign = replay({csv, "--record", other});
    CHECK(foreign.code == 1);
    CHECK(foreign.errors.find("other.ticks: no recording") != std::string::npos);
}

}  // namespace margind::test
