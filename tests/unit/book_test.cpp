#include "margind/core/book/book.hpp"

#include <catch2/catch_test_macros.hpp>
#include <random>
#include <string>
#include <vector>

using namespace margind;

namespace {

AccountRecord account(std::string id) {
    AccountRecord record;
    record.key = {"live", std::move(id)};
    return record;
}

struct Positions {
    std::vector<PositionRow> rows;
    std::vector<PositionRecord> records;

    void add(double units, std::string id) {
        PositionRow row;
        row.units = units;
        rows.push_back(row);
        PositionRecord record;
        record.id = std::move(id);
        records.push_back(std::move(record));
    }
};

Positions positions(std::initializer_list<double> units) {
    Positions result;
    for (const double each : units) result.add(each, std::to_string(each));
    return result;
}

}  // namespace

TEST_CASE("accounts get dense ids in order of arrival", "[book]") {
    Book book;
    CHECK(book.add(account("1"), 0).value == 0);
    CHECK(book.add(account("2"), 1).value == 1);
    CHECK(book.account_count() == 2);
    CHECK(book.record(AccountId{1}).key.text() == "live:2");
    CHECK(book.row(AccountId{1}).type == 1);
    CHECK(book.row(AccountId{0}).count == 0);
    CHECK(book.positions(AccountId{0}).empty());
    CHECK(book.position_count() == 0);
}

TEST_CASE("replacing an account's positions leaves nothing of the old ones", "[book]") {
    Book book;
    const AccountId first = book.add(account("1"), 0);
    const AccountId second = book.add(account("2"), 0);
    Positions three = positions({1.0, 2.0, 3.0});
    Positions one = positions({9.0});
    book.replace(first, three.rows, three.records);
    book.replace(second, one.rows, one.records);
    CHECK(book.position_count() == 4);

    Positions two = positions({4.0, 5.0});
    book.replace(first, two.rows, two.records);
    REQUIRE(book.positions(first).size() == 2);
    CHECK(book.positions(first)[0].units == 4.0);
    CHECK(book.positions(first)[1].units == 5.0);
    CHECK(book.position_records(first)[1].id == std::to_string(5.0));
    CHECK(book.positions(second)[0].units == 9.0);
    CHECK(book.position_count() == 3);

    Positions none;
    book.replace(first, none.rows, none.records);
    CHECK(book.positions(first).empty());
    CHECK(book.position_count() == 1);
    CHECK(book.positions(second)[0].units == 9.0);
}

TEST_CASE("an account of the book stays after its last close", "[book]") {
    Book book;
    const AccountId id = book.add(account("1"), 0);
    Positions some = positions({1.0});
    book.replace(id, some.rows, some.records);
    Positions none;
    book.replace(id, none.rows, none.records);
    CHECK(book.account_count() == 1);
    CHECK(book.record(id).key.text() == "live:1");
}

TEST_CASE("rows and records run in parallel over random replacements", "[book]") {
    std::mt19937 random{11};
    Book book;
    constexpr std::uint32_t accounts = 50;
    std::vector<std::vector<double>> model(accounts);
    for (std::uint32_t i = 0; i < accounts; ++i) book.add(account(std::to_string(i)), 0);
    for (int step = 0; step < 20'000; ++step) {
        const std::uint32_t id = static_cast<std::uint32_t>(random() % accounts);
        Positions wanted;
        model[id].clear();
        for (auto count = random() % 12; count > 0; --count) {
            const double units = static_cast<double>(random() % 1'000);
            wanted.add(units, std::to_string(units));
            model[id].push_back(units);
        }
        book.replace(AccountId{id}, wanted.rows, wanted.records);
    }
    std::uint64_t total = 0;
    for (std::uint32_t id = 0; id < accounts; ++id) {
        const auto rows = book.positions(AccountId{id});
        const auto records = book.position_records(AccountId{id});
        REQUIRE(rows.size() == model[id].size());
        REQUIRE(records.size() == model[id].size());
        for (std::size_t i = 0; i < rows.size(); ++i) {
            REQUIRE(rows[i].units == model[id][i]);
            REQUIRE(records[i].id == std::to_string(model[id][i]));
        }
        total += rows.size();
    }
    CHECK(book.position_count() == total);
    // Holes are compacted: what is allocated stays in proportion to what is held.
    CHECK(book.positions().size() <= 3 * accounts * 12 + 2'048);
}
