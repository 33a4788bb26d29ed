// The real day over a made book: the engine and a brute-force pass find the same breaches at the
// same beats.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <cstdlib>
#include <map>
#include <set>
#include <unordered_map>

#include "adapters/file/line_reader.hpp"
#include "adapters/memory/book_generator.hpp"
#include "margind/core/engine/engine.hpp"
#include "support/brute_force.hpp"
#include "support/build.hpp"
#include "support/random.hpp"
#include "wire/book_file.hpp"
#include "wire/book_supply.hpp"
#include "wire/feed_csv.hpp"

using namespace margind;
using namespace margind::test;

namespace {

std::vector<DayTick> real_ticks() {
    const char* folder = std::getenv("MARGIND_TEST_DATA");
    if (folder == nullptr) SKIP("MARGIND_TEST_DATA is not set: the recorded day is not there");
    auto reader = file::LineReader::open(std::string{folder} + "/ticks-oanda-2014-05-08.csv.gz");
    REQUIRE(reader);
    wire::FeedCsv feed;
    std::vector<DayTick> ticks;
    for (file::Line line; reader->next(line);) {
        wire::FeedTick tick;
        const auto outcome = feed.read(line.text, tick);
        REQUIRE(outcome.kind != wire::FeedCsv::Kind::refused);
        if (outcome.kind == wire::FeedCsv::Kind::nothing) continue;
        ticks.push_back({tick.time_ms, std::string{tick.symbol}, {tick.bid, tick.ask}});
    }
    REQUIRE(reader->damage().empty());
    REQUIRE(ticks.size() == 336'830);
    return ticks;
}

/// The day and a book that is held at its first prices, some of it in danger from the start.
Day make_day(std::uint32_t accounts) {
    Day day;
    day.ticks = real_ticks();
    memory::BookOptions options;
    options.seed = 20140508;
    options.accounts = accounts;
    options.danger = 0.4;
    for (const DayTick& tick : day.ticks) {
        const auto known =
            std::ranges::find(options.prices, tick.symbol, &std::pair<std::string, double>::first);
        if (known == options.prices.end()) options.prices.emplace_back(tick.symbol, tick.sides.bid);
        if (options.prices.size() == options.symbols.size()) break;
    }
    const auto book = memory::BookGenerator::make(options);
    REQUIRE(book);
    day.instruments = book->instruments();
    for (const auto& [symbol, price] : book->prices(0)) {
        day.start_prices.push_back({symbol, {price.bid, price.ask}});
    }
    for (std::uint32_t i = 0; i < accounts; ++i) day.accounts.push_back(book->account(i));
    return day;
}

/// Quotes of the pairs that only convert, which the recorded day has not: a walk every few seconds,
/// with a pause now and then that is longer than any age limit.
void add_conversion_ticks(Day& day) {
    Random random{5};
    const std::int64_t end_ms = day.ticks.back().time_ms;
    std::multimap<std::int64_t, DayTick>
        all;  // in order of time; at one moment in order of arrival
    for (DayTick& tick : day.ticks) all.emplace_hint(all.end(), tick.time_ms, std::move(tick));
    const std::int64_t start_ms = all.begin()->first;
    for (const auto& [symbol, start] : day.start_prices) {
        if (symbol != "GBPUSD" && symbol != "USDJPY") continue;
        DaySides sides = start;
        for (std::int64_t at = start_ms + random.between(1, 999); at < end_ms;) {
            const double move = 1.0 + random.real(-2e-5, 2e-5);
            sides = {sides.bid * move, sides.ask * move};
            all.emplace(at, DayTick{at, symbol, sides});
            at +=
                random.chance(0.002) ? random.between(60'000, 300'000) : random.between(100, 9'000);
        }
    }
    day.ticks.clear();
    for (auto& [at, tick] : all) day.ticks.push_back(std::move(tick));
}

struct EngineOutcome : DayOutcome {
    std::uint64_t state_hash = 0;
    std::set<std::string> currencies_called;  // of margin calls and stop-outs
    std::set<std::string> currencies_stopped;
    std::set<Side> sides_called;  // of the position that lost the most
    std::set<Side> sides_stopped;
};

DayEvent day_event(EventKind kind) {
    switch (kind) {
        case EventKind::margin_call: return DayEvent::margin_call;
        case EventKind::stop_out:
        case EventKind::would_stop_out: return DayEvent::stop_out;
        case EventKind::recovered: return DayEvent::recovered;
        case EventKind::unknown: return DayEvent::unknown;
        case EventKind::touched:
        case EventKind::deficit:
        case EventKind::daily_loss:
        case EventKind::drawdown: break;  // nobody closes anything, or has such limits, here
    }
    return DayEvent::unknown;
}

/// The engine under the day, as the replay tool drives it.
class EngineDay {
public:
    explicit EngineDay(const Day& day) : day_{day}, engine_{options(day)} {
        wire::StoredBook book;
        for (const InstrumentSpec& spec : day.instruments) {
            book.instruments[{spec.group, spec.symbol}] = spec;
        }
        for (const auto& [symbol, sides] : day.start_prices) {
            book.prices[symbol] = {.exists = true, .bid = sides.bid, .ask = sides.ask};
        }
        for (std::uint32_t i = 0; i < day.accounts.size(); ++i) {
            index_[day.accounts[i].key.text()] = i;
        }
        book.accounts = day.accounts;
        std::ranges::sort(book.accounts, {}, &AccountImage::key);
        wire::open_book(engine_, book, at(day.start_ms()));
    }

    EngineOutcome run() {
        std::int64_t next_ms = day_.start_ms() + day_.beat_ms;
        for (const DayTick& tick : day_.ticks) {
            for (; next_ms <= tick.time_ms; next_ms += day_.beat_ms) beat(next_ms);
            engine_.apply({.symbol = engine_.find_symbol(tick.symbol),
                           .bid = tick.sides.bid,
                           .ask = tick.sides.ask,
                           .ts_ms = tick.time_ms},
                          at(tick.time_ms));
        }
        do {
            beat(next_ms);
            next_ms += day_.beat_ms;
        } while (engine_.wants_beat());
        finish(next_ms);
        return std::move(out_);
    }

private:
    static Moment at(std::int64_t ms) { return {ms, ms}; }
    static EngineOptions options(const Day& day) {
        EngineOptions options;
        options.rules = day.rules;
        options.quotes.max_age_ms = day.max_age_ms;
        return options;
    }

    void beat(std::int64_t now_ms) {
        // Without an age limit, nothing happens at a beat that nobody wants.
        if (day_.max_age_ms == 0 && !engine_.wants_beat()) return;
        engine_.recompute(at(now_ms));
        for (const Event& event : engine_.events()) {
            // The brute-force pass looks at the beats.
            if (event.kind != EventKind::touched) note(event, now_ms);
        }
        engine_.confirm_events(engine_.events().size());
    }

    void note(const Event& event, std::int64_t now_ms) {
        out_.transitions.push_back({now_ms, index_.at(event.account), day_event(event.kind)});
        if (event.kind == EventKind::recovered || event.kind == EventKind::unknown) return;
        const bool is_call = event.kind == EventKind::margin_call;
        const auto worst =
            std::ranges::min_element(event.decision.positions, {}, &PositionExplained::pnl);
        (is_call ? out_.sides_called : out_.sides_stopped).insert(worst->side);
        auto& currencies = is_call ? out_.currencies_called : out_.currencies_stopped;
        currencies.insert(event.decision.currency);
    }

    void finish(std::int64_t now_ms) {
        std::ranges::sort(out_.transitions);
        for (const AccountImage& image : day_.accounts) {
            const Snapshot last = engine_.snapshot(engine_.find_account(image.key), at(now_ms));
            const Valuation& figures = std::get<StandardFigures>(last.figures).valuation;
            if (last.verdict == Verdict::unknown) {
                out_.figures.emplace_back();
            } else {
                out_.figures.push_back({true, figures.equity.minor(), figures.margin.minor()});
            }
        }
        out_.state_hash = engine_.state_hash();
    }

    const Day& day_;
    Engine engine_;
    std::unordered_map<std::string, std::uint32_t> index_;
    EngineOutcome out_;
};

std::size_t count(const DayOutcome& outcome, DayEvent event) {
    return static_cast<std::size_t>(
        std::ranges::count(outcome.transitions, event, &DayTransition::event));
}

/// The first transition that one of the two has and the other has not, in words.
std::string first_difference(const DayOutcome& engine, const DayOutcome& expected) {
    const auto [ours, theirs] = std::ranges::mismatch(engine.transitions, expected.transitions);
    const auto text = [](const char* who, auto at, const auto& all) {
        if (at == all.end()) return std::string{who} + ": nothing";
        return std::string{who} + ": account " + std::to_string(at->account) + " event " +
               std::to_string(static_cast<int>(at->event)) + " at " + std::to_string(at->beat_ms);
    };
    return text("engine", ours, engine.transitions) + ", " +
           text("brute force", theirs, expected.transitions);
}

void check_same(const DayOutcome& engine, const DayOutcome& expected) {
    INFO(first_difference(engine, expected));
    CHECK((engine.transitions == expected.transitions));
    CHECK((engine.figures == expected.figures));
}

}  // namespace

TEST_CASE("every breach of the real day is found at its beat, none besides", "[day][release]") {
    const Day day = make_day(many(40, 1'000));
    const EngineOutcome engine = EngineDay{day}.run();
    check_same(engine, brute_force(day));
    CHECK(count(engine, DayEvent::margin_call) >= static_cast<std::size_t>(many(5, 100)));
    CHECK(count(engine, DayEvent::stop_out) >= static_cast<std::size_t>(many(1, 10)));
    CHECK(count(engine, DayEvent::recovered) >= static_cast<std::size_t>(many(5, 100)));
    CHECK(count(engine, DayEvent::unknown) == 0);
}

TEST_CASE("hysteresis, dwell and cool-down over the real day are as in a brute-force pass",
          "[day][release]") {
    Day day = make_day(many(30, 500));
    day.rules.leave_gap = Level{250};
    day.rules.dwell_ms = 7'000;
    day.rules.cooldown_ms = 90'000;
    const EngineOutcome engine = EngineDay{day}.run();
    check_same(engine, brute_force(day));
    CHECK(count(engine, DayEvent::recovered) >= static_cast<std::size_t>(many(2, 30)));
}

TEST_CASE("quotes that go stale over the real day stop nobody out", "[day][release]") {
    Day day = make_day(many(30, 500));
    day.max_age_ms = 60'000;
    add_conversion_ticks(day);
    const EngineOutcome engine = EngineDay{day}.run();
    check_same(engine, brute_force(day));
    CHECK(count(engine, DayEvent::unknown) >= static_cast<std::size_t>(many(2, 30)));
}

TEST_CASE("a hundred thousand accounts over the real day, every breach found, none besides",
          "[day][long]") {
    const Day day = make_day(100'000);
    const EngineOutcome engine = EngineDay{day}.run();
    check_same(engine, brute_force(day));
    const std::set<std::string> currencies{"EUR", "GBP", "JPY", "USD"};
    const std::set<Side> sides{Side::buy, Side::sell};
    CHECK(count(engine, DayEvent::margin_call) >= 1'000);
    CHECK(count(engine, DayEvent::stop_out) >= 100);
    CHECK(engine.currencies_called == currencies);
    CHECK(engine.currencies_stopped == currencies);
    CHECK((engine.sides_called == sides));
    CHECK((engine.sides_stopped == sides));
    CHECK(EngineDay{day}.run().state_hash == engine.state_hash);
}
