#include "adapters/memory/book_generator.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <map>
#include <set>
#include <string>

#include "margind/core/engine/engine.hpp"
#include "wire/book_entries.hpp"
#include "wire/book_supply.hpp"

using namespace margind;
using memory::BookGenerator;
using memory::BookOptions;

namespace {

BookGenerator generator(BookOptions options) {
    auto made = BookGenerator::make(std::move(options));
    REQUIRE(made);
    return std::move(*made);
}

/// The whole book as text: equal texts are equal books.
std::string text_of(const BookGenerator& book) {
    struct Text final : wire::BookEntrySink {
        std::string text;
        void put(const wire::BookEntry& entry) override { append_book_line(text, entry); }
    } sink;
    const auto keys = wire::compile_keys({}, 0);
    wire::BookEntryWriter writer{*keys, sink};
    for (const InstrumentSpec& spec : book.instruments()) writer.instrument(spec);
    for (const auto& [symbol, price] : book.prices(1399507200000)) writer.price(symbol, price);
    for (std::uint32_t i = 0; i < book.account_count(); ++i) writer.account(book.account(i));
    writer.holders();
    return sink.text;
}

/// An engine that holds the book at its start prices, one beat done.
struct Opened {
    Engine engine{EngineOptions{}};
    Moment now{1'000, 1399507200000};

    explicit Opened(const BookGenerator& made) {
        wire::StoredBook book;
        for (const InstrumentSpec& spec : made.instruments()) {
            book.instruments.emplace(InstrumentKey{spec.group, spec.symbol}, spec);
        }
        for (const auto& [symbol, price] : made.prices(0)) book.prices.emplace(symbol, price);
        for (std::uint32_t i = 0; i < made.account_count(); ++i) {
            book.accounts.push_back(made.account(i));
        }
        std::ranges::sort(book.accounts, {}, &AccountImage::key);
        wire::open_book(engine, book, now);
        engine.recompute(now);
    }
};

}  // namespace

TEST_CASE("a book is the same for the same seed and another for another", "[book_generator]") {
    const BookOptions options{.seed = 7, .accounts = 200};
    BookOptions other = options;
    other.seed = 8;
    CHECK(text_of(generator(options)) == text_of(generator(options)));
    CHECK(text_of(generator(options)) != text_of(generator(other)));
}

TEST_CASE("a larger book begins with the smaller one", "[book_generator]") {
    const BookGenerator small = generator({.seed = 7, .accounts = 10});
    const BookGenerator large = generator({.seed = 7, .accounts = 1'000});
    for (std::uint32_t i = 0; i < 10; ++i) {
        CHECK(small.account(i).key == large.account(i).key);
        CHECK(small.account(i).balance == large.account(i).balance);
    }
}

TEST_CASE("every type and every currency is in a book, with lots in steps of 0.01",
          "[book_generator]") {
    const BookGenerator book = generator({.accounts = 400, .positions = 2});
    std::set<std::string> kinds;
    std::map<MarginMode, int> modes;
    std::set<Side> sides;
    for (std::uint32_t i = 0; i < book.account_count(); ++i) {
        const AccountImage account = book.account(i);
        kinds.insert(account.key.type + account.currency);
        ++modes[*account.margin_mode];
        CHECK(account.balance > 0.0);
        CHECK(account.leverage >= 30.0);
        CHECK(account.leverage <= 500.0);
        CHECK(account.orders.size() == 2);
        for (const OrderImage& order : account.orders) {
            sides.insert(order.side);
            CHECK(order.volume->raw() > 0);
            CHECK(order.volume->raw() % (Volume::per_lot / 100) == 0);
        }
    }
    CHECK(kinds.size() == 8);
    CHECK(sides.size() == 2);
    CHECK(modes[MarginMode::netting] > 50);
    CHECK(modes[MarginMode::hedging] > 200);
}

TEST_CASE("the engine finds a made book free of doubt and its danger as asked for",
          "[book_generator]") {
    const BookGenerator book = generator(
        {.accounts = 2'000, .symbols = {"EURUSD", "USDJPY", "EURGBP", "XAUUSD", "DE40", "BTCUSD"}});
    Opened opened{book};
    int unknown = 0;
    int near = 0;
    int under_water = 0;
    for (std::uint32_t i = 0; i < opened.engine.book().account_count(); ++i) {
        const Snapshot snapshot = opened.engine.snapshot(AccountId{i}, opened.now);
        unknown += snapshot.verdict == Verdict::unknown;
        const auto& figures = std::get<StandardFigures>(snapshot.figures);
        const double level = level_percent(figures.valuation.equity, figures.valuation.margin);
        near += level > 50.0 && level < 145.0;
        under_water += level > 0.0 && level <= 50.0;
    }
    CHECK(unknown == 0);
    CHECK(under_water == 0);
    CHECK(near > 300);
    CHECK(near < 500);
}

TEST_CASE("options of a book that cannot be used are named, all at once", "[book_generator]") {
    const auto made =
        BookGenerator::make({.symbols = {"EURUSD", "WHATEVER", "ABCXYZ"}, .danger = 2});
    REQUIRE_FALSE(made);
    CHECK(made.error().find("WHATEVER") != std::string::npos);
    CHECK(made.error().find("ABCXYZ") != std::string::npos);
    CHECK(made.error().find("danger") != std::string::npos);
}

TEST_CASE("a given price makes an unknown pair tradable", "[book_generator]") {
    const auto traits = memory::symbol_traits(
        "ABCUSD", std::vector<std::pair<std::string, double>>{{"ABCUSD", 1.25}});
    REQUIRE(traits);
    CHECK(traits->price == 1.25);
    CHECK(traits->profit == "USD");
    CHECK(memory::symbol_traits("EURUSD", {})->price == 1.3912);
    CHECK(memory::symbol_traits("NZDUSD", {})->price == 0.8649);
    CHECK(memory::symbol_traits("XAUUSD", {})->price == 1290.5);
}
