// Recordings as files: written by the recorder, read by the reader, whatever the disk does.
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <filesystem>
#include <string>
#include <vector>

#include "adapters/file/recorder.hpp"
#include "adapters/file/recording_reader.hpp"
#include "support/recordings.hpp"
#include "support/temp_folder.hpp"
#include "support/tool_run.hpp"

using namespace margind;
using file::Recorder;
using file::RecordingReader;

namespace {

constexpr std::int64_t noon_ms = 1'399'507'200'000;

file::RecordedTick tick_of(int i) {
    return {.symbol = i % 2 == 0 ? "EURUSD" : "XAUUSD",
            .bid = 1.0 + i,
            .ask = 1.5 + i,
            .ts_ms = noon_ms + i - 2,
            .arrival_ms = noon_ms + i};
}

/// Appends ticks [from, to), flushing after each; gives what was said about the file's end.
std::string record(const std::string& path, int from, int to) {
    auto recorder = Recorder::open(path);
    REQUIRE(recorder);
    for (int i = from; i < to; ++i) {
        CHECK(recorder->record(tick_of(i)));
        CHECK(recorder->flush());
    }
    CHECK(recorder->ticks_written() == static_cast<std::uint64_t>(to - from));
    return recorder->repair();
}

struct Read {
    std::vector<std::int64_t> times;
    std::vector<std::string> damages;
};

Read read_all(const std::string& path) {
    using Found = RecordingReader::Found;
    auto reader = RecordingReader::open(path);
    REQUIRE(reader);
    Read read;
    for (Found found = reader->next(); found != Found::end; found = reader->next()) {
        if (found == Found::damage) read.damages.push_back(reader->decoder().damage().text());
        if (found != Found::ticks) continue;
        const wire::TickRows rows = reader->decoder().ticks();
        for (std::size_t row = 0; row < rows.size(); ++row) {
            const wire::NumberedTick tick = rows[row];
            CHECK(reader->decoder().names().at(tick.number) ==
                  tick_of(static_cast<int>(tick.time_ms - noon_ms)).symbol);
            read.times.push_back(tick.time_ms);
        }
    }
    CHECK(reader->bytes_read() == reader->bytes_total());
    return read;
}

std::vector<std::int64_t> times_of(int count) {
    std::vector<std::int64_t> times;
    for (int i = 0; i < count; ++i) times.push_back(noon_ms + i);
    return times;
}

}  // namespace

TEST_CASE("a recorder goes on with the recording that is there", "[recording]") {
    const test::TempFolder folder;
    const std::string path = folder.path("seen.ticks");
    CHECK(record(path, 0, 3).empty());
    CHECK(record(path, 3, 3).empty());
    CHECK(record(path, 3, 7).empty());
    const Read read = read_all(path);
    CHECK(read.times == times_of(7));
    CHECK(read.damages.empty());
}

TEST_CASE("wherever an earlier run was torn the recorder goes on behind what is whole",
          "[recording]") {
    const test::TempFolder folder;
    const std::string path = folder.path("seen.ticks");
    record(path, 0, 2);
    const std::string bytes = test::content_of(path);
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        CAPTURE(size);
        std::filesystem::remove(path);
        folder.write("seen.ticks", std::string_view{bytes}.substr(0, size));
        const Read before = read_all(path);
        const std::string repair = record(path, 2, 4);
        CHECK(repair.empty() == before.damages.empty());
        const Read after = read_all(path);
        REQUIRE(after.damages.empty());
        REQUIRE(after.times.size() == before.times.size() + 2);
        REQUIRE(after.times.back() == noon_ms + 3);
    }
}

TEST_CASE("what the recorder had to cut off it says", "[recording]") {
    const test::TempFolder folder;
    const std::string path = folder.path("seen.ticks");
    record(path, 0, 2);
    const std::string bytes = test::content_of(path);
    folder.write("seen.ticks", bytes.substr(0, bytes.size() - 1));
    const std::size_t torn = wire::block_head_bytes + wire::tick_bytes - 1;
    CHECK(record(path, 2, 3) ==
          path + ": its last " + std::to_string(torn) + " bytes were torn and are cut off");
    folder.write("torn.csv", "ts_ms,symbol,bid,ask,arrival_ms\n1399507200036,EUR");
    CHECK(record(folder.path("torn.csv"), 0, 1).find("its last line was torn") !=
          std::string::npos);
}

TEST_CASE("more damage at the end than a torn write leaves stays, and recording goes on behind it",
          "[recording]") {
    const test::TempFolder folder;
    const std::string path = folder.path("seen.ticks");
    record(path, 0, 2);
    const auto size = GENERATE(std::size_t{70'000}, std::size_t{2'000'000});
    folder.write("seen.ticks", test::content_of(path) + std::string(size, '\x8a'));
    CHECK(record(path, 2, 4).find("stay; readers pass over them") != std::string::npos);
    const Read read = read_all(path);
    CHECK(read.times == times_of(4));
    REQUIRE(read.damages.size() == 1);
    CHECK(read.damages[0].find(std::to_string(size) + " bytes are passed over") !=
          std::string::npos);
}

TEST_CASE("a recorder leaves alone what is no recording, or one of another version",
          "[recording]") {
    const test::TempFolder folder;
    const auto [bytes, reason] = GENERATE(table<std::string, std::string>(
        {{"ts_ms,symbol,bid,ask\n", "no recording, and left as it is"},
         {std::string(500'000, 'x'), "no recording, and left as it is"},
         {wire::make_recording_head(2), "a recording of version 2; this program writes 1"}}));
    const std::string path = folder.write("other.ticks", bytes);
    const auto refused = Recorder::open(path);
    REQUIRE_FALSE(refused);
    CHECK(refused.error() == path + ": " + reason);
    CHECK(test::content_of(path) == bytes);
    const auto packed = Recorder::open(folder.path("day.ticks.gz"));
    REQUIRE_FALSE(packed);
    CHECK(packed.error().find("are written as they are") != std::string::npos);
}

TEST_CASE("a reader refuses a recording of another version and names it", "[recording]") {
    const test::TempFolder folder;
    const std::string path = folder.write("later.ticks", wire::make_recording_head(2));
    const auto refused = RecordingReader::open(path);
    REQUIRE_FALSE(refused);
    CHECK(refused.error() == path + ": a recording of version 2; this program reads 1");
}

TEST_CASE("an empty recording, and one without ticks, have none and no damage", "[recording]") {
    const test::TempFolder folder;
    const Read empty = read_all(folder.write("empty.ticks", ""));
    CHECK(empty.times.empty());
    CHECK(empty.damages.empty());
    record(folder.path("new.ticks"), 0, 0);
    const Read none = read_all(folder.path("new.ticks"));
    CHECK(none.times.empty());
    CHECK(none.damages.empty());
}

TEST_CASE("two recorders do not write into one file", "[recording]") {
    const test::TempFolder folder;
    const std::string path = folder.path(GENERATE("seen.ticks", "seen.csv"));
    const auto first = Recorder::open(path);
    REQUIRE(first);
    const auto second = Recorder::open(path);
    REQUIRE_FALSE(second);
    CHECK(second.error() == path + ": another process records into it");
}

TEST_CASE("a full disk stops the binary recording as well", "[recording]") {
    if (!std::filesystem::exists("/dev/full")) SKIP("this system has no /dev/full");
    const test::TempFolder folder;
    std::filesystem::create_symlink("/dev/full", folder.path("full.ticks"));
    const auto refused = Recorder::open(folder.path("full.ticks"));
    REQUIRE_FALSE(refused);
    CHECK(refused.error().find("No space left") != std::string::npos);
}

TEST_CASE("a binary recording that cannot go on keeps whole blocks only", "[recording]") {
    const test::TempFolder folder;
    const std::string path = folder.path("seen.ticks");
    const test::FileSizeLimit limit{1'000};
    auto recorder = Recorder::open(path, 64);
    REQUIRE(recorder);
    int recorded = 0;
    while (recorder->record(tick_of(recorded))) REQUIRE(++recorded < 100);
    CHECK(recorder->has_stopped());
    CHECK(recorder->stop_reason().find("recording stopped") != std::string::npos);
    CHECK_FALSE(recorder->record(tick_of(0)));
    CHECK(recorder->ticks_lost() >= 2);
    CHECK(recorder->ticks_written() > 0);
    const Read read = read_all(path);
    CHECK(read.times.size() == recorder->ticks_written());
    CHECK(read.damages.empty());
}

TEST_CASE("a large recording is read through a small buffer", "[recording]") {
    const test::TempFolder folder;
    const std::string path = folder.path("large.ticks");
    constexpr int count = 100'000;
    {
        auto recorder = Recorder::open(path);
        REQUIRE(recorder);
        for (int i = 0; i < count; ++i) recorder->record(tick_of(i));
    }
    const Read read = read_all(path);
    CHECK(read.times == times_of(count));
    CHECK(read.damages.empty());
}
