// Between the beats: the price of a tick, and of finding everybody whom it brings to a level.
#include <fmt/format.h>

#include <algorithm>
#include <boost/unordered/unordered_flat_map.hpp>
#include <boost/unordered/unordered_flat_set.hpp>
#include <chrono>
#include <stdexcept>

#include "adapters/memory/market_simulator.hpp"
#include "bench/core_bench.hpp"
#include "wire/price_payload.hpp"

namespace margind::bench {
namespace {

using memory::BookGenerator;
using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>{Clock::now() - start}.count();
}

/// Every pair of these, metals and indices: some 100 symbols.
std::vector<std::string> many_symbols() {
    std::vector<std::string> out{"XAUUSD", "XAGUSD", "US500", "US30", "NAS100", "DE40", "UK100"};
    const char* currencies[] = {"EUR", "GBP", "AUD", "NZD", "USD", "CAD", "CHF",
                                "JPY", "SEK", "NOK", "SGD", "PLN", "MXN", "ZAR"};
    for (std::size_t i = 0; i < std::size(currencies); ++i) {
        for (std::size_t j = i + 1; j < std::size(currencies); ++j) {
            out.push_back(std::string{currencies[i]} + currencies[j]);
        }
    }
    return out;
}

/// By symbol the accounts that hold it.
boost::unordered_flat_map<std::string, std::uint64_t> holders(const BookGenerator& book) {
    boost::unordered_flat_map<std::string, std::uint64_t> out;
    for (std::uint32_t i = 0; i < book.account_count(); ++i) {
        const AccountImage account = book.account(i);
        boost::unordered_flat_set<std::string> symbols;
        for (const OrderImage& order : account.orders) symbols.insert(order.symbol);
        for (const std::string& symbol : symbols) ++out[symbol];
    }
    return out;
}

/// Nanoseconds of a tick by which every price moves within what everybody relies on.
double quiet_tick(Desk& desk, std::size_t ticks) {
    std::vector<PriceTick> quotes = desk.quotes();
    const auto start = Clock::now();
    for (std::size_t i = 0; i < ticks; ++i) {
        PriceTick& quote = quotes[i % quotes.size()];
        const double move = i / quotes.size() % 2 == 0 ? 1.0 + 1e-9 : 1.0 / (1.0 + 1e-9);
        quote.bid *= move;
        quote.ask *= move;
        desk.engine().apply(quote, desk.now());
    }
    return seconds_since(start) / static_cast<double>(ticks) * 1e9;
}

void measure_quiet_ticks(Desk& desk, std::uint32_t accounts, const Settings& settings) {
    const std::size_t ticks = settings.is_quick ? 100'000 : 20'000'000;
    const std::uint64_t looks_before = desk.engine().stats().looks;
    const double watched = quiet_tick(desk, ticks);
    const std::uint64_t looks = desk.engine().stats().looks - looks_before;
    Desk nobody{make_book(1, 5, settings.seed, many_symbols())};
    print({.name = "a tick that brings nobody anywhere",
           .value = watched,
           .unit = "ns",
           .ratio = watched / quiet_tick(nobody, ticks),
           .peer = "the same in an engine of one account",
           .target = "≤ 25 ns",
           .note = fmt::format("{} accounts × 5 positions of {} symbols, {} ticks, {} looks, "
                               "guards and quotes included",
                               accounts, many_symbols().size(), ticks, looks)});
}

void measure_market(Desk& desk, const BookGenerator& book, const Settings& settings) {
    const std::size_t ticks = settings.is_quick ? 20'000 : 5'000'000;
    const auto held = holders(book);
    memory::MarketSimulator market{{.seed = settings.seed, .symbols = book.quoted()}, 0};
    std::vector<SymbolId> ids;
    std::vector<std::uint64_t> holders_of;
    for (const auto& traits : book.quoted()) {
        ids.push_back(desk.engine().find_symbol(traits.symbol));
        const auto found = held.find(traits.symbol);
        holders_of.push_back(found == held.end() ? 0 : found->second);
    }
    std::uint64_t applied = 0;
    std::uint64_t pairs = 0;
    double seconds = 0.0;
    double longest = 0.0;
    const EngineStats before = desk.engine().stats();
    for (std::int64_t second = 1; applied < ticks; ++second) {
        const auto batch = market.step(second * 1'000);
        for (const auto& tick : batch) pairs += holders_of[tick.symbol];
        const auto start = Clock::now();
        for (const auto& tick : batch) {
            desk.engine().apply({.symbol = ids[tick.symbol], .bid = tick.bid, .ask = tick.ask},
                                desk.now());
        }
        const double taken = seconds_since(start);
        seconds += taken;
        longest = std::max(longest, taken);
        applied += batch.size();
        // A beat now and then: what has come to a level is judged, and watched for the next.
        if (second % 60 == 0) desk.beat();
    }
    const double looks = static_cast<double>(desk.engine().stats().looks - before.looks);
    const double touches = static_cast<double>(desk.engine().stats().touches - before.touches);
    const std::string note = fmt::format(
        "{} accounts × 5 positions of {} symbols, {} ticks of a made-up market at 1,000 a second, "
        "a beat each minute (not timed); {:.0f} looks, {:.0f} touches, slowest second {:.2f} ms",
        book.account_count(), many_symbols().size(), applied, looks, touches, longest * 1e3);
    const double rate = static_cast<double>(applied) / seconds;
    print({.name = "ticks with nobody missed",
           .value = rate,
           .unit = "ticks/s",
           .ratio = {},
           .peer = "",
           .target = "≥ 10 M ticks/s",
           .note = note});
    print({.name = "core that 1,000 ticks a second take",
           .value = 1'000.0 / rate * 100.0,
           .unit = "%",
           .ratio = {},
           .peer = "",
           .target = "≤ 1 %",
           .note = note});
    print({.name = "accounts looked at for each that came to a level",
           .value = looks / touches,
           .unit = "",
           .ratio = {},
           .peer = "",
           .target = "≤ 15",
           .note = note});
    print({.name = "accounts looked at",
           .value = looks,
           .unit = "",
           .ratio = looks / static_cast<double>(pairs),
           .peer = "every holder at every tick",
           .target = "≤ 0.0001",
           .note = note});
}

/// The symbol that most accounts hold, leaping up and down by 3 %.
void measure_gap(Desk& desk, const BookGenerator& book, const Settings& settings) {
    const auto held = holders(book);
    const auto most = std::ranges::max_element(
        held, {}, [](const auto& symbol_and_count) { return symbol_and_count.second; });
    const SymbolId symbol = desk.engine().find_symbol(most->first);
    std::vector<PriceTick> quotes = desk.quotes();
    PriceTick& quote = *std::ranges::find(quotes, symbol, &PriceTick::symbol);
    const EngineStats before = desk.engine().stats();
    std::uint64_t leaps = 0;
    const Timing timing = time_runs(
        settings.is_quick ? 3 : 7,
        [&] {
            desk.beat();
            const double leap = ++leaps % 2 == 0 ? 1.03 : 1.0 / 1.03;
            quote.bid *= leap;
            quote.ask *= leap;
        },
        [&] { desk.engine().apply(quote, desk.now()); });
    const EngineStats& after = desk.engine().stats();
    print({.name = "a leap of 3 % of the symbol that most hold, until the last is found",
           .value = timing.median() * 1e3,
           .unit = "ms",
           .ratio = {},
           .peer = "",
           .target = "≤ 5 ms",
           .note = fmt::format(
               "{} accounts, {} of them hold it, {:.0f} looks and {:.0f} touches a "
               "leap; {}",
               book.account_count(), most->second,
               static_cast<double>(after.looks - before.looks) / static_cast<double>(leaps),
               static_cast<double>(after.touches - before.touches) / static_cast<double>(leaps),
               timing.text())});
}

/// From when a tick is due, as bytes, until all that it does is done: an open loop.
void measure_latency(Desk& desk, const BookGenerator& book, const Settings& settings) {
    constexpr double ticks_a_second = 100'000.0;
    const std::size_t ticks = settings.is_quick ? 20'000 : 1'000'000;
    memory::MarketSimulator market{{.seed = settings.seed + 1, .symbols = book.quoted()}, 0};
    std::vector<std::string> payloads;
    for (std::int64_t second = 1; payloads.size() < ticks; ++second) {
        for (const auto& tick : market.step(second * 1'000)) {
            payloads.push_back(fmt::format(R"({{"symbol":"{}","bid":{},"ask":{}}})",
                                           market.symbol(tick.symbol), tick.bid, tick.ask));
        }
    }
    wire::PricePayloadParser parser;
    std::vector<double> micros;
    micros.reserve(payloads.size());
    const EngineStats before = desk.engine().stats();
    const auto start = Clock::now();
    for (std::size_t i = 0; i < payloads.size(); ++i) {
        const auto due =
            start + std::chrono::duration_cast<Clock::duration>(
                        std::chrono::duration<double>{static_cast<double>(i) / ticks_a_second});
        while (Clock::now() < due) {}
        wire::PricePayload payload;
        if (parser.parse(payloads[i], payload) != wire::PayloadFault::none) {
            throw std::runtime_error{"a payload of our own is refused"};
        }
        desk.engine().apply({.symbol = desk.engine().find_symbol(payload.symbol),
                             .bid = payload.bid,
                             .ask = payload.ask},
                            desk.now());
        micros.push_back(std::chrono::duration<double, std::micro>{Clock::now() - due}.count());
    }
    std::ranges::sort(micros);
    const std::string note = fmt::format(
        "{} accounts, {} JSON payloads at 100,000 a second, open loop, from when a tick is due "
        "until everybody it brings to a level is found; {} looks, {} touches, max {:.1f} us",
        book.account_count(), micros.size(), desk.engine().stats().looks - before.looks,
        desk.engine().stats().touches - before.touches, micros.back());
    const auto report = [&](const char* name, double share, const char* target) {
        print({.name = name,
               .value =
                   micros[static_cast<std::size_t>(share * static_cast<double>(micros.size() - 1))],
               .unit = "us",
               .ratio = {},
               .peer = "",
               .target = target,
               .note = note});
    };
    report("tick to touch in process, p50", 0.5, "≤ 1.5 us");
    report("tick to touch in process, p99", 0.99, "≤ 10 us");
    report("tick to touch in process, p99.9", 0.999, "");
}

}  // namespace

void measure_watch(const Settings& settings) {
    const std::uint32_t accounts = settings.is_quick ? 2'000 : 1'000'000;
    say(fmt::format("between the beats, {} accounts", accounts));
    const BookGenerator book = make_book(accounts, 5, settings.seed, many_symbols());
    Desk desk{book};
    measure_quiet_ticks(desk, accounts, settings);
    measure_market(desk, book, settings);
    measure_latency(desk, book, settings);
    measure_gap(desk, book, settings);
}

}  // namespace margind::bench
