#include "margind/core/book/book.hpp"

#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <random>
#include <string>
#include <vector>

using namespace margind;

namespace {

constexpr CurrencyId usd{0};
constexpr GroupId standard{0};

struct Positions {
    std::vector<PositionRow> rows;
    std::vector<PositionRecord> records;

    void add(double units, std::string id) {
        PositionRow row;
        row.units = units;
        row.contract_size = 1.0;
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
    CHECK(book.add(0, usd, standard).value == 0);
    CHECK(book.add(1, usd, standard).value == 1);
    CHECK(book.account_count() == 2);
    CHECK(book.type(AccountId{1}) == 1);
    CHECK(book.row(AccountId{0}).count == 0);
    CHECK(book.positions(AccountId{0}).empty());
    CHECK(book.position_count() == 0);
}

TEST_CASE("replacing an account's positions leaves nothing of the old ones", "[book]") {
    Book book;
    const AccountId first = book.add(0, usd, standard);
    const AccountId second = book.add(0, usd, standard);
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
    const AccountId id = book.add(0, usd, standard);
    Positions some = positions({1.0});
    book.replace(id, some.rows, some.records);
    Positions none;
    book.replace(id, none.rows, none.records);
    CHECK(book.account_count() == 1);
    CHECK(book.positions(id).empty());
}

namespace {

/// An ordinary position, as a store has it.
PositionRecord ordinary(std::string id) {
    PositionRecord record;
    record.id = std::move(id);
    record.symbol = SymbolId{3};
    record.side = Side::sell;
    record.open_price = 1.38215;
    record.volume = Volume::from_raw(12'345'678);
    record.quantity = record.volume.lots();
    record.swap = -1.25;
    record.commission = 0.07;
    record.opened_ms = 1'700'000'000'123;
    return record;
}

/// What the book gives back of a record that was put in.
PositionRecord through_the_book(PositionRecord record, double contract_size) {
    Book book;
    const AccountId id = book.add(0, usd, standard);
    PositionRow row;
    row.symbol = record.symbol;
    row.is_short = record.side == Side::sell;
    row.contract_size = contract_size;
    row.units = to_units(record.volume, contract_size).value;
    if (row.is_short) row.units = -row.units;
    std::vector<PositionRecord> records{std::move(record)};
    book.replace(id, {&row, 1}, records);
    return book.position_records(id).front();
}

bool is_same(double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }

bool is_same(const PositionRecord& a, const PositionRecord& b) {
    return a.id == b.id && a.symbol == b.symbol && a.side == b.side &&
           a.is_dangling == b.is_dangling && is_same(a.open_price, b.open_price) &&
           is_same(a.quantity, b.quantity) && is_same(a.swap, b.swap) &&
           is_same(a.commission, b.commission) && is_same(a.margin, b.margin) &&
           a.volume == b.volume && a.given_pnl == b.given_pnl && a.opened_ms == b.opened_ms &&
           a.is_isolated == b.is_isolated && a.isolated_margin == b.isolated_margin;
}

}  // namespace

TEST_CASE("the book gives back every record as it came", "[book]") {
    for (const std::string id :
         {"0", "7", "123456789012345678", "1234567890123456789", "007", "", "ab", "ord-17",
          "ORDER-1", "a1b2c3d4-0000-4000-8000-112233445566", "-5", "+5", "1e3"}) {
        CAPTURE(id);
        for (const double contract : {0.0, 1.0, 100'000.0, 0.1, 5'000.0}) {
            CAPTURE(contract);
            CHECK(is_same(through_the_book(ordinary(id), contract), ordinary(id)));
        }
    }
    const auto changed = [](auto change) {
        PositionRecord record = ordinary("42");
        change(record);
        return is_same(through_the_book(record, 100'000.0), record);
    };
    CHECK(changed([](PositionRecord& record) { record.side = Side::other; }));
    CHECK(changed([](PositionRecord& record) { record.is_dangling = true; }));
    CHECK(changed([](PositionRecord& record) { record.open_price = not_a_price; }));
    CHECK(changed([](PositionRecord& record) { record.quantity = not_a_price; }));
    CHECK(changed([](PositionRecord& record) { record.quantity += 1e-12; }));
    CHECK(changed([](PositionRecord& record) { record.volume = Volume::from_raw(-1); }));
    CHECK(changed([](PositionRecord& record) { record.swap = 0.001; }));
    CHECK(changed([](PositionRecord& record) { record.swap = -0.0; }));
    CHECK(changed([](PositionRecord& record) { record.swap = 1e300; }));
    CHECK(changed([](PositionRecord& record) { record.commission = not_a_price; }));
    CHECK(changed([](PositionRecord& record) { record.commission = 25'000'000.0; }));
    CHECK(changed([](PositionRecord& record) { record.margin = 12.0; }));
    CHECK(changed([](PositionRecord& record) { record.given_pnl = Money::from_minor(5); }));
    CHECK(changed([](PositionRecord& record) { record.opened_ms = -1; }));
    CHECK(changed([](PositionRecord& record) { record.is_isolated = true; }));
    CHECK(changed([](PositionRecord& record) { record.isolated_margin = Money::from_minor(5); }));
}

TEST_CASE("any volume comes back exactly, whatever the contract", "[book]") {
    std::mt19937_64 random{7};
    std::uniform_real_distribution<double> magnitude{0.0, 16.0};
    for (int i = 0; i < 20'000; ++i) {
        PositionRecord record = ordinary("1");
        record.volume =
            Volume::from_raw(static_cast<std::int64_t>(std::pow(10.0, magnitude(random))));
        record.quantity = record.volume.lots();
        const double contract = std::pow(10.0, magnitude(random) - 8.0);
        CAPTURE(record.volume.raw(), contract);
        REQUIRE(is_same(through_the_book(record, contract), record));
    }
}

TEST_CASE("blocks are as large as asked for, and a quarter larger at most", "[book]") {
    for (std::uint32_t count = 0; count < 5'000; ++count) {
        const std::uint32_t slots = SlotBlocks::slots(SlotBlocks::size_for(count));
        REQUIRE(slots >= count);
        REQUIRE(slots <= count + count / 4);
    }
    CHECK(SlotBlocks::slots(SlotBlocks::size_for(1u << 30)) == 1u << 30);
}

TEST_CASE("a block that was given back is the next of its size", "[book]") {
    SlotBlocks blocks;
    const std::uint32_t first = blocks.take(SlotBlocks::size_for(5));
    const std::uint32_t second = blocks.take(SlotBlocks::size_for(5));
    CHECK(second == first + 5);
    blocks.give_back(first, SlotBlocks::size_for(5));
    CHECK(blocks.take(SlotBlocks::size_for(4)) == 10);
    CHECK(blocks.take(SlotBlocks::size_for(5)) == first);
    CHECK(blocks.end() == 14);
}

TEST_CASE("rows and records run in parallel over random replacements", "[book]") {
    std::mt19937 random{11};
    Book book;
    constexpr std::uint32_t accounts = 50;
    std::vector<std::vector<double>> model(accounts);
    for (std::uint32_t i = 0; i < accounts; ++i) book.add(0, usd, standard);
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
    // Blocks are used again: what is allocated stays in proportion to what was ever held.
    CHECK(book.positions().size() <= 12 * accounts * 12);
}
