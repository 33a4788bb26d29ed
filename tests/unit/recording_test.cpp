// The binary recording as bytes: what is written is read, and nothing else ever.
#include "wire/recording.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "support/recordings.hpp"

using namespace margind;
using test::read_recording;
using test::SeenRecording;
using test::SeenTick;
using wire::RecordingFault;

namespace {

constexpr std::int64_t noon_ms = 1'399'507'200'000;
constexpr std::int64_t last = std::numeric_limits<std::int64_t>::max();
constexpr std::size_t piece = 100'000;

void add(wire::RecordingEncoder& encoder, const SeenTick& tick, std::string& out) {
    const wire::NumberedTick numbered{
        .time_ms = tick.time_ms, .ts_ms = tick.ts_ms, .bid = tick.bid, .ask = tick.ask};
    REQUIRE(encoder.add(tick.symbol, numbered, out));
}

SeenTick tick_of(int i) {
    constexpr const char* names[] = {"EURUSD", "XAUUSD", "US 500", "€"};
    return {names[i % 4], noon_ms + i * 10, noon_ms + i * 10 - 3, 1.0 + i * 0.001, 1.5 + i * 0.001};
}

std::vector<SeenTick> ticks_of(int count) {
    std::vector<SeenTick> ticks;
    for (int i = 0; i < count; ++i) ticks.push_back(tick_of(i));
    return ticks;
}

/// A recording that is flushed whenever so many ticks have come.
std::string recorded(const std::vector<SeenTick>& ticks, std::size_t flushed_after,
                     std::uint64_t run = 7) {
    std::string bytes = wire::make_recording_head();
    wire::RecordingEncoder encoder{run, 0};
    for (std::size_t i = 0; i < ticks.size(); ++i) {
        add(encoder, ticks[i], bytes);
        if ((i + 1) % flushed_after == 0) encoder.finish(bytes);
    }
    encoder.finish(bytes);
    return bytes;
}

/// True where `part` is `whole` with at most `count` neighbours left out.
bool lacks_at_most(const std::vector<SeenTick>& part, const std::vector<SeenTick>& whole,
                   std::size_t count) {
    if (part.size() > whole.size() || part.size() + count < whole.size()) return false;
    const auto [same, rest] = std::ranges::mismatch(part, whole);
    const auto left = static_cast<std::ptrdiff_t>(whole.size() - part.size());
    return std::equal(same, part.end(), rest + left, whole.end());
}

}  // namespace

TEST_CASE("a recording gives back every tick to the bit", "[recording]") {
    constexpr double none = not_a_price;
    constexpr double huge = std::numeric_limits<double>::max();
    constexpr double tiny = std::numeric_limits<double>::denorm_min();
    const std::vector<SeenTick> ticks{
        {"EURUSD", noon_ms, noon_ms - 4, 1.39121, 1.39131},
        {"XAUUSD", noon_ms, noon_ms, none, 1290.5},
        {"XAUUSD", noon_ms, noon_ms + 9, 1290.5, none},
        {"WTI", noon_ms - 5, noon_ms, -37.63, -37.5},
        {"nothing", noon_ms, noon_ms, none, none},
        {"zero", noon_ms, noon_ms, -0.0, 0.0},
        {"extreme", noon_ms, noon_ms, -huge, huge},
        {"extreme", noon_ms, noon_ms, tiny, -tiny},
        {std::string(64, 'n'), 0, 1, 1.0, 2.0},
        {"early", -noon_ms, -noon_ms - 1, 1.0, 2.0},
        {"late", noon_ms, noon_ms + 2'147'483'647, 1.0, 2.0},
        {"late", noon_ms, noon_ms - 2'147'483'647, 1.0, 2.0},
    };
    const auto flushed_after = GENERATE(std::size_t{1}, std::size_t{5}, std::size_t{100});
    const auto bytes_at_once = GENERATE(std::size_t{1}, std::size_t{57}, piece);
    const SeenRecording seen = read_recording(recorded(ticks, flushed_after), bytes_at_once);
    CHECK(seen.ticks == ticks);
    CHECK(seen.damages.empty());
}

TEST_CASE("a stamp that is none, or too far from the arrival, is read as none", "[recording]") {
    const auto [time_ms, ts_ms] =
        GENERATE(table<std::int64_t, std::int64_t>({{noon_ms, 0},
                                                    {noon_ms, 1'399'507'200},
                                                    {noon_ms, noon_ms + 2'147'483'648},
                                                    {noon_ms, noon_ms - 2'147'483'648},
                                                    {last, -last},
                                                    {-last, last}}));
    const SeenRecording seen =
        read_recording(recorded({{"EURUSD", time_ms, ts_ms, 1.0, 2.0}}, 1), piece);
    REQUIRE(seen.ticks.size() == 1);
    CHECK(seen.ticks[0].ts_ms == 0);
    CHECK(seen.ticks[0].time_ms == time_ms);
}

TEST_CASE("a price that is not finite is recorded as missing", "[recording]") {
    constexpr double infinite = std::numeric_limits<double>::infinity();
    const SeenRecording seen =
        read_recording(recorded({{"EURUSD", noon_ms, 0, infinite, -infinite}}, 1), piece);
    CHECK(seen.ticks == std::vector<SeenTick>{{"EURUSD", noon_ms, 0, not_a_price, not_a_price}});
}

TEST_CASE("names that cannot be are refused, the tick is not written", "[recording]") {
    wire::RecordingEncoder encoder{1, 0};
    std::string out;
    const std::string name = GENERATE(std::string{}, std::string(65, 'x'), std::string{" EURUSD"},
                                      std::string{"EUR\nUSD"}, std::string{"\x8aTICKB1"});
    CHECK_FALSE(encoder.add(name, {.time_ms = noon_ms, .bid = 1.0}, out));
    encoder.finish(out);
    CHECK(out.empty());
}

TEST_CASE("a flipped byte costs one block at most, is told, and makes no other tick",
          "[recording]") {
    const std::vector<SeenTick> ticks = ticks_of(12);
    constexpr std::size_t in_a_block = 3;
    std::string bytes = recorded(ticks, in_a_block);
    const int mask = GENERATE(0x01, 0x80, 0xff);
    for (std::size_t at = 0; at < bytes.size(); ++at) {
        CAPTURE(at);
        const char good = bytes[at];
        bytes[at] = static_cast<char>(good ^ mask);
        const SeenRecording seen = read_recording(bytes, piece);
        bytes[at] = good;
        REQUIRE(lacks_at_most(seen.ticks, ticks, in_a_block));
        REQUIRE(seen.nameless == 0);
        REQUIRE(seen.damages.size() == 1);
        const wire::RecordingDamage& damage = seen.damages[0];
        REQUIRE(damage.offset <= at);
        REQUIRE(damage.offset + damage.bytes > at);
        REQUIRE(damage.blocks == 1);
    }
}

TEST_CASE("a recording that is cut anywhere gives what is whole and tells the rest",
          "[recording]") {
    const std::vector<SeenTick> ticks = ticks_of(8);
    const std::string bytes = recorded(ticks, 3);
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        CAPTURE(size);
        const SeenRecording seen = read_recording(std::string_view{bytes}.substr(0, size), 50);
        REQUIRE(std::ranges::equal(seen.ticks, std::span{ticks}.first(seen.ticks.size())));
        REQUIRE(seen.nameless == 0);
        if (seen.damages.empty()) continue;  // the file ends between blocks: it may still grow
        REQUIRE(seen.damages.size() == 1);
        REQUIRE(seen.damages[0].offset + seen.damages[0].bytes == size);
    }
    CHECK(read_recording(std::string_view{bytes}.substr(0, bytes.size() - 1), 50).damages.size() ==
          1);
}

TEST_CASE("bytes that are put in or taken out anywhere make no other tick", "[recording]") {
    const std::vector<SeenTick> ticks = ticks_of(6);
    const std::string bytes = recorded(ticks, 2);
    const auto left_out = GENERATE(std::size_t{0}, std::size_t{1}, std::size_t{40});
    const std::string put_in = GENERATE(std::string{}, std::string{"\x8aTICKB1\n"},
                                        wire::make_recording_head(), std::string(200, '\x8a'));
    for (std::size_t at = 0; at + left_out < bytes.size(); ++at) {
        CAPTURE(at);
        std::string changed = bytes;
        changed.replace(at, left_out, put_in);
        const SeenRecording seen = read_recording(changed, piece);
        REQUIRE(
            std::ranges::includes(ticks, seen.ticks, {}, &SeenTick::time_ms, &SeenTick::time_ms));
        for (const SeenTick& tick : seen.ticks)
            REQUIRE(std::ranges::find(ticks, tick) != ticks.end());
    }
}

TEST_CASE("a block that is gone without a trace is missed by its number", "[recording]") {
    const std::string one = recorded(ticks_of(4), 4);
    const std::string bytes = recorded(ticks_of(12), 4);
    constexpr std::size_t block = wire::block_head_bytes + 4 * wire::tick_bytes;
    std::string changed = bytes;
    changed.erase(one.size(), block);
    const SeenRecording seen = read_recording(changed, piece);
    CHECK(seen.ticks.size() == 8);
    REQUIRE(seen.damages.size() == 1);
    CHECK(seen.damages[0].text() ==
          "byte " + std::to_string(one.size()) + ": blocks are missing: 1");
}

TEST_CASE("names that are lost make their ticks nameless until all names are repeated",
          "[recording]") {
    constexpr int count = 100'000;
    const std::vector<SeenTick> ticks = ticks_of(count);
    std::string bytes = recorded(ticks, 1'000);
    // Both copies of the names, which stand in front.
    bytes[wire::recording_head_bytes + 20] ^= 1;
    bytes[bytes.find("\x8aTICKB1", wire::recording_head_bytes + 1) + 20] ^= 1;
    const SeenRecording seen = read_recording(bytes, piece);
    CHECK(seen.damages.size() == 1);
    CHECK(seen.nameless > 0);
    CHECK(seen.nameless < 10'000);
    CHECK(seen.ticks.size() + seen.nameless == count);
    CHECK(std::ranges::equal(seen.ticks, std::span{ticks}.last(seen.ticks.size())));
}

TEST_CASE("numbers of one run mean nothing in another", "[recording]") {
    std::string first = recorded({{"EURUSD", noon_ms, 0, 1.0, 2.0}}, 1, 1);
    std::string second = recorded({{"XAUUSD", noon_ms + 1, 0, 3.0, 4.0}}, 1, 2);
    SECTION("two recordings may be put together") {
        const SeenRecording seen = read_recording(first + second, piece);
        REQUIRE(seen.ticks.size() == 2);
        CHECK(seen.ticks[1].symbol == "XAUUSD");
        CHECK(seen.damages.empty());
    }
    SECTION("without its own names a run has none") {
        const std::size_t ticks = second.rfind("\x8aTICKB1");
        const SeenRecording seen = read_recording(first + second.substr(ticks), piece);
        CHECK(seen.ticks.size() == 1);
        CHECK(seen.nameless == 1);
        CHECK(seen.damages.size() == 1);
    }
}

TEST_CASE("more names than fit into a block are written into several", "[recording]") {
    std::vector<SeenTick> ticks;
    for (int i = 0; i < 2'500; ++i) {
        std::string name = "symbol " + std::to_string(i);
        name.resize(64, 'x');
        ticks.push_back({std::move(name), noon_ms + i, 0, 1.0, 2.0});
    }
    const SeenRecording seen = read_recording(recorded(ticks, ticks.size()), piece);
    CHECK(seen.ticks == ticks);
    CHECK(seen.damages.empty());
}

TEST_CASE("a recording of another version is not read", "[recording]") {
    std::string bytes = recorded(ticks_of(3), 3);
    bytes.replace(0, wire::recording_head_bytes, wire::make_recording_head(2));
    const SeenRecording seen = read_recording(bytes, piece);
    CHECK(seen.other_version == 2);
    CHECK(seen.ticks.empty());
}

TEST_CASE("a block of a kind that came later is passed over", "[recording]") {
    std::string block(wire::block_head_bytes, '\0');
    block += "something new";
    wire::seal_block({.run = 7, .sequence = 0, .kind = 99, .count = 1}, block);
    std::string bytes = wire::make_recording_head() + block;
    wire::RecordingEncoder encoder{7, 1};
    add(encoder, tick_of(0), bytes);
    encoder.finish(bytes);
    const SeenRecording seen = read_recording(bytes, piece);
    CHECK(seen.ticks == ticks_of(1));
    CHECK(seen.damages.empty());
}

TEST_CASE("a whole block whose names cannot be is passed over and told", "[recording]") {
    const std::string payload = GENERATE(std::string{"\x03"
                                                     "EUR\x03"
                                                     "E\nR"},
                                         std::string{"\x03"
                                                     "EUR"},
                                         std::string{"\x03"
                                                     "EUR\x03"
                                                     "GBP!"},
                                         std::string{"\x03"
                                                     "EUR\x09"
                                                     "GBP"});
    std::string block = std::string(wire::block_head_bytes, '\0') + payload;
    wire::seal_block({.run = 7, .kind = 1, .count = 2}, block);
    const SeenRecording seen = read_recording(wire::make_recording_head() + block, piece);
    REQUIRE(seen.damages.size() == 1);
    CHECK(seen.damages[0].fault == RecordingFault::bad_names);
    CHECK(seen.damages[0].bytes == block.size());
}
