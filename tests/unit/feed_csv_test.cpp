#include "wire/feed_csv.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <cmath>
#include <string>
#include <utility>

using namespace margind;
using wire::ColumnMap;
using wire::FeedCsv;
using wire::FeedFault;
using wire::FeedTick;

namespace {

FeedFault fault_of(std::string_view line) {
    FeedCsv csv;
    FeedTick tick;
    const FeedCsv::Outcome outcome = csv.read(line, tick);
    CHECK((outcome.kind == FeedCsv::Kind::refused) == (outcome.fault != FeedFault::none));
    return outcome.fault;
}

/// A line that must be good, read by a map; the tick's symbol points into both.
struct Mapped {
    FeedCsv csv;
    FeedTick tick;

    Mapped(std::string_view map, std::string_view line) {
        const auto columns = ColumnMap::parse(map);
        REQUIRE(columns);
        csv = FeedCsv{*columns};
        REQUIRE(csv.read(line, tick).kind == FeedCsv::Kind::tick);
    }
};

}  // namespace

TEST_CASE("a line of the default columns is a tick", "[feed_csv]") {
    FeedCsv csv;
    FeedTick tick;
    const std::string_view line =
        GENERATE("1399507200036,NZDUSD,0.86478,0.86503", "1399507200036,NZDUSD,0.86478,0.86503\r",
                 " 1399507200036 , \"NZDUSD\" , 0.86478 , \"0.86503\" ");
    REQUIRE(csv.read(line, tick).kind == FeedCsv::Kind::tick);
    CHECK(tick.time_ms == 1399507200036);
    CHECK(tick.ts_ms == 1399507200036);
    CHECK(tick.symbol == "NZDUSD");
    CHECK(tick.bid == 0.86478);
    CHECK(tick.ask == 0.86503);
}

TEST_CASE("other orders and units of columns are read by a map", "[feed_csv]") {
    const auto [map, line] = GENERATE(values<std::pair<std::string_view, std::string_view>>({
        {"symbol,bid,ask,ts_us", "EURUSD,1.1,1.2,1399507200036999"},
        {"ts_ns,-,ask,bid,symbol", "1399507200036000000,junk,1.2,1.1,EURUSD"},
        {"ts_s,symbol,bid,ask", "1399507200.0369,EURUSD,1.1,1.2"},
        {"time,symbol,bid,ask", "2014-05-08T00:00:00.036Z,EURUSD,1.1,1.2"},
        {"time,symbol,bid,ask", "2014-05-08 00:00:00.036,EURUSD,1.1,1.2"},
        {"ts_ms,bid,ask,symbol=EURUSD", "1399507200036,1.1,1.2"},
    }));
    CAPTURE(map, line);
    const Mapped mapped{map, line};
    const FeedTick& tick = mapped.tick;
    CHECK(tick.time_ms == 1399507200036);
    CHECK(tick.symbol == "EURUSD");
    CHECK(tick.bid == 1.1);
    CHECK(tick.ask == 1.2);
}

TEST_CASE("the arrival orders a recording, the stamp stays the feed's own", "[feed_csv]") {
    const Mapped mapped{"ts_ms,symbol,bid,ask,arrival_ms",
                        "1399507200036,EURUSD,1.1,1.2,1399507200040"};
    CHECK(mapped.tick.time_ms == 1399507200040);
    CHECK(mapped.tick.ts_ms == 1399507200036);
}

TEST_CASE("a map that cannot be used says why", "[feed_csv]") {
    const auto [map, word] = GENERATE(values<std::pair<std::string_view, std::string_view>>({
        {"", "unknown column"},
        {"ts_ms,symbol,bid,price", "'price'"},
        {"symbol,bid,ask", "ts_ms"},
        {"ts_ms,ts_s,symbol,bid", "found 2"},
        {"ts_ms,bid,ask", "symbol"},
        {"ts_ms,symbol,bid,ask,symbol=X", "symbol"},
        {"ts_ms,symbol", "'bid'"},
        {"ts_ms,symbol,bid,bid", "twice"},
        {"ts_ms,bid,symbol=", "names no symbol"},
    }));
    CAPTURE(map);
    const auto columns = ColumnMap::parse(map);
    REQUIRE_FALSE(columns);
    CHECK(columns.error().find(word) != std::string::npos);
}

TEST_CASE("a header is recognised and names the columns", "[feed_csv]") {
    FeedCsv csv;
    FeedTick tick;
    CHECK(csv.read("\xef\xbb\xbf"
                   "symbol,ask,bid,volume,ts_ms\r",
                   tick)
              .kind == FeedCsv::Kind::nothing);
    REQUIRE(csv.read("EURUSD,1.2,1.1,5,1399507200036", tick).kind == FeedCsv::Kind::tick);
    CHECK(tick.bid == 1.1);
    CHECK(tick.ask == 1.2);
    CHECK(csv.map().text() == "symbol,ask,bid,-,ts_ms");
}

TEST_CASE("a header of foreign names leaves the map as it is", "[feed_csv]") {
    FeedCsv csv;
    FeedTick tick;
    CHECK(csv.read("stamp,pair,b,a", tick).kind == FeedCsv::Kind::nothing);
    CHECK(csv.read("1399507200036,EURUSD,1.1,1.2", tick).kind == FeedCsv::Kind::tick);
    CHECK(csv.read("stamp,pair,b,a", tick).fault == FeedFault::bad_time);
}

TEST_CASE("a map of the caller's is not replaced by a header", "[feed_csv]") {
    FeedCsv csv{*ColumnMap::parse("ts_ms,symbol,ask,bid")};
    FeedTick tick;
    CHECK(csv.read("ts_ms,symbol,bid,ask", tick).kind == FeedCsv::Kind::nothing);
    REQUIRE(csv.read("1399507200036,EURUSD,1.1,1.2", tick).kind == FeedCsv::Kind::tick);
    CHECK(tick.ask == 1.1);
}

TEST_CASE("a first line of garbage is no header", "[feed_csv]") {
    CHECK(fault_of("garbage") == FeedFault::bad_time);
    CHECK(fault_of("a,b") == FeedFault::bad_time);
}

TEST_CASE("one side of a line may be empty, both may not", "[feed_csv]") {
    const Mapped mapped{"ts_ms,symbol,bid,ask", "1399507200036,EURUSD,,1.2"};
    CHECK(std::isnan(mapped.tick.bid));
    CHECK(mapped.tick.ask == 1.2);
    CHECK(fault_of("1399507200036,EURUSD,,") == FeedFault::no_price);
}

TEST_CASE("hostile lines are refused, each with its reason", "[feed_csv]") {
    const auto [line, fault] = GENERATE_COPY(values<std::pair<std::string, FeedFault>>({
        {"", FeedFault::none},
        {"   ", FeedFault::none},
        {"1399507200036", FeedFault::too_few_columns},
        {"1399507200036,EURUSD,1.1", FeedFault::too_few_columns},
        {"1399507200036,EURUSD,1.1,1.2,3", FeedFault::too_many_columns},
        {"1399507200036,EURUSD,1.1,1.21399507200036,EURUSD,1.1,1.2", FeedFault::too_many_columns},
        {"x1399507200036,EURUSD,1.1,1.2", FeedFault::bad_time},
        {",EURUSD,1.1,1.2", FeedFault::bad_time},
        {"-5,EURUSD,1.1,1.2", FeedFault::bad_time},
        {"1e12,EURUSD,1.1,1.2", FeedFault::bad_time},
        {"99999999999999999999,EURUSD,1.1,1.2", FeedFault::bad_time},
        {"1399507200,EURUSD,1.1,1.2", FeedFault::implausible_time},
        {"1399507200036000,EURUSD,1.1,1.2", FeedFault::implausible_time},
        {"1399507200036,,1.1,1.2", FeedFault::bad_symbol},
        {"1399507200036," + std::string(65, 'A') + ",1.1,1.2", FeedFault::bad_symbol},
        {std::string("1399507200036,EUR\0USD,1.1,1.2", 30), FeedFault::bad_symbol},
        {"1399507200036,EUR\xff,1.1,1.2", FeedFault::bad_symbol},
        {"1399507200036,EURUSD,nan,1.2", FeedFault::bad_bid},
        {"1399507200036,EURUSD,1.1.1,1.2", FeedFault::bad_bid},
        {"1399507200036,EURUSD,1.1,inf", FeedFault::bad_ask},
        {"1399507200036,EURUSD,1.1,1.2 1.3", FeedFault::bad_ask},
        {"1399507200036,EURUSD,1.1,1e999", FeedFault::bad_ask},
    }));
    CAPTURE(line);
    CHECK(to_string(fault_of(line)) == to_string(fault));
}

TEST_CASE("a last line without a line break is torn, however whole it looks", "[feed_csv]") {
    const auto [line, fault] = GENERATE(values<std::pair<std::string_view, FeedFault>>({
        {"", FeedFault::none},
        {"ts_ms,symbol,bid,ask", FeedFault::none},
        {"1399507200036,EURUSD,1.39121,1.39131", FeedFault::torn},
        {"1399507200036,EURUSD,1.39121,1.39", FeedFault::torn},
        {"1399507200036,EURUSD,1.39121,", FeedFault::torn},
        {"13995072", FeedFault::torn},
    }));
    CAPTURE(line);
    FeedCsv csv;
    FeedTick tick;
    CHECK(csv.read_unterminated(line, tick).fault == fault);
}

TEST_CASE("refused lines are counted by reason", "[feed_csv]") {
    wire::FeedFaultCounts counts;
    counts.add(FeedFault::bad_bid);
    counts.add(FeedFault::bad_bid);
    counts.add(FeedFault::torn);
    wire::FeedFaultCounts sum;
    sum += counts;
    CHECK(sum.of(FeedFault::bad_bid) == 2);
    CHECK(sum.of(FeedFault::torn) == 1);
    CHECK(sum.total() == 3);
}
