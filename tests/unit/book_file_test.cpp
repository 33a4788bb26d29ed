#include "wire/book_file.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_range.hpp>
#include <string>
#include <utility>
#include <vector>

#include "wire/book_entries.hpp"

using namespace margind;
using wire::BookEntry;
using wire::BookFault;
using wire::BookReader;
using wire::BookType;
using wire::StoredBook;

namespace {

wire::Keys contract_keys() {
    auto keys = wire::compile_keys({}, 0);
    REQUIRE(keys);
    return std::move(*keys);
}

struct Reading {
    BookReader reader{contract_keys(), {"live", "demo"}};

    BookFault add(std::string_view line) { return reader.add_line(line); }
};

constexpr std::string_view config =
    R"({"key":"user:{live:1}:config","type":"hash",)"
    R"("value":{"wallet_balance":"1000.50","leverage":100,"currency":"EUR"}})";
constexpr std::string_view order_index =
    R"({"key":"user_orders_index:{live:1}","type":"set","value":["b","a"]})";
constexpr std::string_view order_a = R"({"key":"user_holdings:{live:1}:a","type":"hash",)"
                                     R"("value":{"symbol":"EURUSD","order_type":"buy",)"
                                     R"("order_price":"1.1","order_quantity":"0.30"}})";
constexpr std::string_view order_b = R"({"key":"user_holdings:{live:1}:b","type":"hash",)"
                                     R"("value":{"symbol":"EURUSD","order_type":"SELL",)"
                                     R"("order_price":1.2,"order_quantity":0.1,)"
                                     R"("order_status":"closed"}})";

}  // namespace

TEST_CASE("a book file is read in any order of its lines", "[book_file]") {
    std::vector<std::string_view> lines{config, order_index, order_a, order_b};
    const int turn = GENERATE(range(0, 4));
    std::rotate(lines.begin(), lines.begin() + turn, lines.end());
    Reading reading;
    for (const auto line : lines) CHECK(reading.add(line) == BookFault::none);
    const StoredBook book = reading.reader.finish();
    REQUIRE(book.accounts.size() == 1);
    const AccountImage& account = book.accounts[0];
    CHECK(account.key.text() == "live:1");
    CHECK(account.exists);
    CHECK(account.balance == 1000.5);
    CHECK(account.leverage == 100.0);
    CHECK(account.currency == "EUR");
    REQUIRE(account.orders.size() == 1);  // b is closed
    CHECK(account.orders[0].id == "a");
    CHECK(account.orders[0].volume == Volume::from_raw(30'000'000));
}

TEST_CASE("an order that the index names and nobody has is dangling", "[book_file]") {
    Reading reading;
    CHECK(reading.add(config) == BookFault::none);
    CHECK(reading.add(order_index) == BookFault::none);
    CHECK(reading.add(order_b) == BookFault::none);
    const StoredBook book = reading.reader.finish();
    REQUIRE(book.accounts[0].orders.size() == 1);
    CHECK(book.accounts[0].orders[0].is_dangling);
}

TEST_CASE("an order that no index names is counted, not used", "[book_file]") {
    Reading reading;
    CHECK(reading.add(config) == BookFault::none);
    CHECK(reading.add(order_a) == BookFault::none);
    CHECK(reading.reader.finish().accounts[0].orders.empty());
    CHECK(reading.reader.counts().orphan_orders == 1);
}

TEST_CASE("the untagged configuration serves where there is no tagged one", "[book_file]") {
    constexpr std::string_view untagged =
        R"({"key":"user:live:1:config","type":"hash","value":{"wallet_balance":"7"}})";
    Reading both;
    CHECK(both.add(untagged) == BookFault::none);
    CHECK(both.add(config) == BookFault::none);
    CHECK(both.reader.finish().accounts[0].balance == 1000.5);
    Reading alone;
    CHECK(alone.add(untagged) == BookFault::none);
    CHECK(alone.reader.finish().accounts[0].balance == 7.0);
}

TEST_CASE("a holder without configuration and orders does not exist in the store", "[book_file]") {
    Reading reading;
    CHECK(
        reading.add(R"({"key":"symbol_holders:EURUSD:demo","type":"set","value":["demo:5",6]})") ==
        BookFault::none);
    const StoredBook book = reading.reader.finish();
    REQUIRE(book.accounts.size() == 2);
    CHECK(book.accounts[1].key.text() == "demo:6");
    CHECK_FALSE(book.accounts[1].exists);
}

TEST_CASE("the stored margin is read back before and after the configuration", "[book_file]") {
    constexpr std::string_view portfolio =
        R"({"key":"user_portfolio:{live:1}","type":"hash",)"
        R"("value":{"used_margin_executed":"12.5","ts":"77","equity":"1"}})";
    const bool is_first = GENERATE(true, false);
    Reading reading;
    for (const auto line : {is_first ? portfolio : config, is_first ? config : portfolio}) {
        CHECK(reading.add(line) == BookFault::none);
    }
    const StoredBook book = reading.reader.finish();
    CHECK(book.accounts[0].stored.executed == 12.5);
    CHECK(book.accounts[0].stored.ts_ms == 77);
    CHECK(book.accounts[0].balance == 1000.5);
}

TEST_CASE("specifications are found by symbol in any case, prices by name", "[book_file]") {
    Reading reading;
    CHECK(reading.add(R"({"key":"groups:{Standard}:EURUSD","type":"hash",)"
                      R"("value":{"contract_size":"100000","profit":"USD","type":"1"}})") ==
          BookFault::none);
    CHECK(reading.add(R"({"key":"market:EURUSD","type":"hash","value":{"bid":"1.1","ts":5}})") ==
          BookFault::none);
    const StoredBook book = reading.reader.finish();
    CHECK(book.instrument({"Standard", "eurusd"}).contract_size == 100000.0);
    CHECK(book.instrument({"Standard", "eurusd"}).symbol == "eurusd");
    CHECK_FALSE(book.instrument({"VIP", "EURUSD"}).exists);
    CHECK(book.price("EURUSD").bid == 1.1);
    CHECK(book.price("EURUSD").ts_ms == 5);
    CHECK_FALSE(book.price("XAUUSD").exists);
}

TEST_CASE("hostile lines of a book are refused, each with its reason", "[book_file]") {
    const auto [line, fault] = GENERATE(values<std::pair<std::string_view, BookFault>>({
        {"", BookFault::none},
        {"  \r", BookFault::none},
        {"{", BookFault::bad_json},
        {R"({"key":"a","type":"set","value":[]} x)", BookFault::bad_json},
        {R"({"key":"a","type":"set","value":[[[[[[]]]]]]})", BookFault::bad_json},
        {"[]", BookFault::bad_shape},
        {R"({"key":"a","type":"set"})", BookFault::bad_shape},
        {R"({"key":"a","key":"b","type":"set","value":[]})", BookFault::bad_shape},
        {R"({"key":"a","type":"set","value":[],"ttl":1})", BookFault::bad_shape},
        {R"({"key":1,"type":"set","value":[]})", BookFault::bad_shape},
        {R"({"key":"a","type":"list","value":[]})", BookFault::bad_type},
        {R"({"key":"a","type":"set","value":{}})", BookFault::bad_type},
        {R"({"key":"a","type":"hash","value":[]})", BookFault::bad_type},
        {R"({"key":"a","type":"string","value":[]})", BookFault::bad_type},
        {R"({"key":"a","type":"hash","value":{"b":[]}})", BookFault::bad_value},
        {R"({"key":"a","type":"hash","value":{"b":"1","b":"2"}})", BookFault::bad_value},
        {R"({"key":"a","type":"set","value":["b","b"]})", BookFault::bad_value},
        {R"({"key":"a","type":"set","value":[null]})", BookFault::bad_value},
        {R"({"key":"market:EURUSD","type":"string","value":"1.1"})", BookFault::wrong_type},
        {R"({"key":"user:{live:1}:config","type":"set","value":["a"]})", BookFault::wrong_type},
        {R"({"key":"user:{live:a:b}:config","type":"hash","value":{"a":"1"}})",
         BookFault::bad_name},
        {R"({"key":"symbol_holders:EURUSD:live","type":"set","value":["demo:1"]})",
         BookFault::bad_name},
        {R"({"key":"something:else","type":"string","value":"x"})", BookFault::none},
    }));
    CAPTURE(line);
    Reading reading;
    CHECK(to_string(reading.add(line)) == to_string(fault));
    CHECK(reading.reader.counts().refused_total() == (fault == BookFault::none ? 0 : 1));
}

TEST_CASE("a key that is there twice is refused the second time", "[book_file]") {
    Reading reading;
    CHECK(reading.add(config) == BookFault::none);
    CHECK(reading.add(config) == BookFault::repeated);
    CHECK(reading.add(order_index) == BookFault::none);
    CHECK(reading.add(order_index) == BookFault::repeated);
    CHECK(reading.add(order_a) == BookFault::none);
    CHECK(reading.add(order_a) == BookFault::none);  // seen when the account is put together
    CHECK(reading.reader.finish().accounts[0].orders.size() == 2);
    CHECK(reading.reader.counts().refused_total() == 3);
}

TEST_CASE("an index that cannot be read is never taken for no orders", "[book_file]") {
    Reading reading;
    CHECK(reading.add(config) == BookFault::none);
    CHECK(reading.add(R"({"key":"user_orders_index:{live:1}","type":"string","value":"a"})") ==
          BookFault::wrong_type);
    const StoredBook book = reading.reader.finish();
    REQUIRE(book.accounts[0].orders.size() == 1);
    CHECK(book.accounts[0].orders[0].is_dangling);
}

TEST_CASE("keys of other programs and of other account types are skipped", "[book_file]") {
    Reading reading;
    CHECK(reading.add(R"({"key":"session:1","type":"string","value":"x"})") == BookFault::none);
    CHECK(reading.add(
              R"({"key":"user:{crypto:1}:config","type":"hash","value":{"wallet_balance":1}})") ==
          BookFault::none);
    CHECK(reading.reader.counts().foreign_keys == 2);
    CHECK(reading.reader.finish().accounts.empty());
}

namespace {

/// Collects what is written as lines of a book file.
struct Lines final : wire::BookEntrySink {
    std::vector<std::string> lines;
    void put(const BookEntry& entry) override { append_book_line(lines.emplace_back(), entry); }
};

AccountImage sample_account() {
    AccountImage account;
    account.key = {"live", "1"};
    account.currency = "JPY";
    account.group = "VIP";
    account.balance = 123456.0;
    account.leverage = 30.0;
    account.credit = 0.1;
    account.margin_call_level = 120.0;
    account.margin_mode = MarginMode::netting;
    for (const auto& [id, raw] : {std::pair{"o1", 30'000'000}, std::pair{"o2", 1}}) {
        OrderImage order;
        order.id = id;
        order.symbol = "EURUSD";
        order.side = raw == 1 ? Side::sell : Side::buy;
        order.open_price = 1.39121;
        order.volume = Volume::from_raw(raw);
        order.quantity = order.volume->lots();
        order.swap = -0.35;
        account.orders.push_back(order);
    }
    return account;
}

}  // namespace

TEST_CASE("what is written as a book reads back the same", "[book_file]") {
    const wire::Keys keys = contract_keys();
    Lines sink;
    wire::BookEntryWriter writer{keys, sink};
    writer.account(sample_account());
    InstrumentSpec spec;
    spec.group = "VIP";
    spec.symbol = "EURUSD";
    spec.contract_size = 100'000.0;
    spec.profit = "USD";
    spec.type = 1;
    writer.instrument(spec);
    writer.price("EURUSD", {true, 1.3912, 1.3913, 1399507200036});
    writer.holders();

    Reading reading;
    for (std::string& line : sink.lines) {
        REQUIRE(line.ends_with('\n'));
        line.pop_back();
        CAPTURE(line);
        CHECK(reading.add(line) == BookFault::none);
    }
    const StoredBook book = reading.reader.finish();
    REQUIRE(book.accounts.size() == 1);
    const AccountImage& account = book.accounts[0];
    const AccountImage expected = sample_account();
    CHECK(account.currency == expected.currency);
    CHECK(account.group == expected.group);
    CHECK(account.balance == expected.balance);
    CHECK(account.credit == expected.credit);
    CHECK(account.margin_call_level == expected.margin_call_level);
    CHECK_FALSE(account.stop_out_level);
    CHECK(account.margin_mode == MarginMode::netting);
    REQUIRE(account.orders.size() == 2);
    CHECK(account.orders[0].volume == expected.orders[0].volume);
    CHECK(account.orders[1].volume == expected.orders[1].volume);
    CHECK(account.orders[1].side == Side::sell);
    CHECK(account.orders[1].swap == -0.35);
    CHECK(book.instrument({"VIP", "EURUSD"}).type == 1);
    CHECK(book.price("EURUSD").ask == 1.3913);
    CHECK(reading.reader.counts().foreign_keys == 0);
}

TEST_CASE("lots are written exactly", "[book_file]") {
    CHECK(wire::volume_text(Volume::from_raw(30'000'000)) == "0.3");
    CHECK(wire::volume_text(Volume::from_raw(1)) == "0.00000001");
    CHECK(wire::volume_text(Volume::from_raw(1'200'000'000)) == "12");
    CHECK(wire::volume_text(Volume::from_raw(0)) == "0");
}
