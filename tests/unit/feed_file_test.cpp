#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <string>
#include <vector>

#include <zlib.h>
#include <zstd.h>

#include "adapters/file/line_reader.hpp"
#include "adapters/file/recorder.hpp"
#include "support/temp_folder.hpp"
#include "wire/feed_csv.hpp"

using namespace margind;
using file::Line;
using file::LineReader;

namespace {

std::string gzip(std::string_view text) {
    z_stream stream{};
    REQUIRE(deflateInit2(&stream, 6, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK);
    std::string out(deflateBound(&stream, text.size()) + 64, '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
}

std::string zstd(std::string_view text) {
    std::string out(ZSTD_compressBound(text.size()), '\0');
    out.resize(ZSTD_compress(out.data(), out.size(), text.data(), text.size(), 3));
    return out;
}

struct Read {
    std::vector<std::string> lines;
    std::vector<Line::Kind> kinds;
    std::string damage;
};

Read read_all(const std::string& path, std::size_t line_bytes_max = 1000) {
    auto reader = LineReader::open(path, line_bytes_max);
    REQUIRE(reader);
    Read read;
    Line line;
    while (reader->next(line)) {
        if (line.number != read.lines.size() + 1) FAIL("line number " << line.number);
        read.lines.emplace_back(line.text);
        read.kinds.push_back(line.kind);
    }
    read.damage = reader->damage();
    return read;
}

std::string many_lines(int count) {
    std::string text;
    for (int i = 0; i < count; ++i) text += "line " + std::to_string(i * 7919) + "\n";
    return text;
}

}  // namespace

TEST_CASE("lines of plain, gzip and zstd files read alike", "[feed_file]") {
    const test::TempFolder folder;
    const std::string text = "one\n\nthree\r\nfour";
    const std::string bytes = GENERATE_COPY(text, gzip(text), zstd(text));
    const Read read = read_all(folder.write("feed", bytes));
    CHECK(read.lines == std::vector<std::string>{"one", "", "three\r", "four"});
    CHECK(read.kinds.back() == Line::Kind::unterminated);
    CHECK(read.damage.empty());
}

TEST_CASE("a compressed file may have several members", "[feed_file]") {
    const test::TempFolder folder;
    const std::string bytes =
        GENERATE_COPY(gzip("one\ntw") + gzip("o\n") + gzip("three\n") + std::string(512, '\0'),
                      zstd("one\ntw") + zstd("o\n") + zstd("three\n"));
    const Read read = read_all(folder.write("feed", bytes));
    CHECK(read.lines == std::vector<std::string>{"one", "two", "three"});
    CHECK(read.damage.empty());
}

TEST_CASE("a highly compressed file is given back to its last byte", "[feed_file]") {
    const test::TempFolder folder;
    std::string text;
    while (text.size() < 3'000'000) text += std::string(99, 'a') + "\n";
    const std::string bytes = GENERATE_COPY(gzip(text), zstd(text));
    const Read read = read_all(folder.write("feed", bytes));
    CHECK(read.lines.size() == text.size() / 100);
    CHECK(read.damage.empty());
}

TEST_CASE("a truncated compressed file gives what it has and says that it is cut off",
          "[feed_file]") {
    const test::TempFolder folder;
    const std::string text = many_lines(200'000);
    std::string bytes = GENERATE_COPY(gzip(text), zstd(text));
    bytes.resize(bytes.size() * 9 / 10);
    const Read read = read_all(folder.write("feed", bytes));
    CHECK(read.lines.size() > 100'000);
    CHECK(read.lines.size() < 200'000);
    CHECK(read.lines[1] == "line 7919");
    CHECK(read.damage.find("cut off") != std::string::npos);
}

TEST_CASE("a broken compressed file gives what lies before the damage", "[feed_file]") {
    const test::TempFolder folder;
    std::string bytes = gzip(many_lines(200'000));
    bytes.replace(bytes.size() / 2, 64, std::string(64, '\xff'));
    const Read read = read_all(folder.write("feed", bytes));
    CHECK(read.lines.size() > 10'000);
    CHECK(read.damage.find("broken") != std::string::npos);
}

TEST_CASE("junk behind a whole gzip member is reported, not read", "[feed_file]") {
    const test::TempFolder folder;
    const Read read = read_all(folder.write("feed", gzip("one\n") + "two\nthree, four, five\n"));
    CHECK(read.lines == std::vector<std::string>{"one"});
    CHECK(read.damage.find("broken") != std::string::npos);
}

TEST_CASE("a line beyond the limit is cut, the next one is whole", "[feed_file]") {
    const test::TempFolder folder;
    const auto length = GENERATE(1001, 300'000, 5'000'000);
    const std::string text =
        "one\n" + std::string(static_cast<std::size_t>(length), 'x') + "\nthree\n";
    const Read read = read_all(folder.write("feed", text));
    REQUIRE(read.lines.size() == 3);
    CHECK(read.kinds[1] == Line::Kind::too_long);
    CHECK(read.lines[1].size() == 1000);
    CHECK(read.lines[2] == "three");
    CHECK(read.kinds[2] == Line::Kind::whole);
}

TEST_CASE("a line of exactly the limit is whole", "[feed_file]") {
    const test::TempFolder folder;
    const Read read =
        read_all(folder.write("feed", std::string(1000, 'x') + "\n" + std::string(1000, 'y')));
    CHECK(read.kinds == std::vector{Line::Kind::whole, Line::Kind::unterminated});
}

TEST_CASE("an empty file has no lines and no damage", "[feed_file]") {
    const test::TempFolder folder;
    const Read read = read_all(folder.write("feed", ""));
    CHECK(read.lines.empty());
    CHECK(read.damage.empty());
}

TEST_CASE("a file that cannot be read is named with the reason", "[feed_file]") {
    const test::TempFolder folder;
    CHECK(LineReader::open(folder.path("none")).error().find("No such file") != std::string::npos);
    CHECK(LineReader::open(folder.path("")).error().find("directory") != std::string::npos);
}

TEST_CASE("a recording reads back as it was", "[feed_recorder]") {
    const test::TempFolder folder;
    const std::string path = folder.path("seen.csv");
    constexpr double none = std::numeric_limits<double>::quiet_NaN();
    {
        auto recorder = file::Recorder::open(path);
        REQUIRE(recorder);
        CHECK(recorder->record({"EURUSD", 1.39121, 1.39131, 1399507200036, 1399507200040}));
        CHECK(recorder->record({"a,b", 1.0, 1.0, 1399507200036, 1399507200040}));
        CHECK(recorder->record({"XAUUSD", none, 1290.5, 0, 1399507200050}));
        CHECK(recorder->record({"XAUUSD", 1290.1, 1290.6, 1, 1399507200060}));
        CHECK(recorder->flush());
        CHECK(recorder->ticks_written() == 3);
        CHECK(recorder->ticks_refused() == 1);
    }
    wire::FeedCsv csv;
    std::vector<wire::FeedTick> ticks;
    const Read read = read_all(path);
    for (const std::string& line : read.lines) {
        wire::FeedTick tick;
        const auto outcome = csv.read(line, tick);
        CHECK(outcome.fault == wire::FeedFault::none);
        if (outcome.kind == wire::FeedCsv::Kind::tick) ticks.push_back(tick);
    }
    REQUIRE(ticks.size() == 3);
    CHECK(ticks[2].ts_ms == 1399507200060);  // its stamp was in another unit
    CHECK(ticks[0].symbol == "EURUSD");
    CHECK(ticks[0].bid == 1.39121);
    CHECK(ticks[0].time_ms == 1399507200040);
    CHECK(ticks[0].ts_ms == 1399507200036);
    CHECK(std::isnan(ticks[1].bid));
    CHECK(ticks[1].ts_ms == 1399507200050);
}

TEST_CASE("a recorder appends to what is there and closes a torn last line", "[feed_recorder]") {
    const test::TempFolder folder;
    const std::string path =
        folder.write("seen.csv", "ts_ms,symbol,bid,ask,arrival_ms\n1399507200036,EUR");
    {
        auto recorder = file::Recorder::open(path);
        REQUIRE(recorder);
        CHECK(recorder->record({"EURUSD", 1.5, 1.75, 1399507200036, 1399507200040}));
    }
    const Read read = read_all(path);
    CHECK(read.lines == std::vector<std::string>{"ts_ms,symbol,bid,ask,arrival_ms",
                                                 "1399507200036,EUR",
                                                 "1399507200036,EURUSD,1.5,1.75,1399507200040"});
}

TEST_CASE("a full disk stops the recording and says so, not the caller", "[feed_recorder]") {
    if (!std::filesystem::exists("/dev/full")) SKIP("this system has no /dev/full");
    // Even the header does not fit.
    const auto refused = file::Recorder::open("/dev/full");
    REQUIRE_FALSE(refused);
    CHECK(refused.error().find("No space left") != std::string::npos);
}

TEST_CASE("a recording that cannot go on keeps whole lines only", "[feed_recorder]") {
    const test::TempFolder folder;
    const std::string path = folder.path("seen.csv");
    const test::FileSizeLimit limit{300};
    auto recorder = file::Recorder::open(path, 64);
    REQUIRE(recorder);
    int recorded = 0;
    while (recorder->record({"EURUSD", 1.5, 1.75, 1399507200036, 1399507200040})) {
        REQUIRE(++recorded < 100);
    }
    CHECK(recorder->has_stopped());
    CHECK(recorder->stop_reason().find("recording stopped") != std::string::npos);
    CHECK_FALSE(recorder->record({"EURUSD", 1.5, 1.75, 1, 1}));
    CHECK(recorder->ticks_lost() >= 2);
    const Read read = read_all(path);
    CHECK(read.lines.size() == recorder->ticks_written() + 1);
    CHECK(read.kinds.back() == Line::Kind::whole);
}
