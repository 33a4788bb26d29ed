// Between the beats: the price of a tick, and of finding everybody whom it brings to a level.
#include <fmt/format.h>

#include <boost/unordered/unordered_flat_map.hpp>
#include <boost/unordered/unordered_flat_set.hpp>
#include <chrono>

#include "adapters/memory/market_simulator.hpp"
#include "bench/core_bench.hpp"

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

void measure_quiet_ticks(const BookGenerator& book, const Settings& settings) {
    const std::size_t ticks = settings.is_quick ? 100'000 : 20'000'000;
    Desk desk{book};
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
                               book.account_count(), many_symbols().size(), ticks, looks)});
}

void measure_market(const BookGenerator& book, const Settings& settings) {
    const std::size_t ticks = settings.is_quick ? 20'000 : 5'000'000;
    const auto held = holders(book);
    Desk desk{book};
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
        desk.beat();
    }
    const double looks = static_cast<double>(desk.engine().stats().looks - before.looks);
    const double touches = static_cast<double>(desk.engine().stats().touches - before.touches);
    const std::string note = fmt::format(
        "{} accounts × 5 positions of {} symbols, {} ticks of a made-up market at 1,000 a second, "
        "a beat each second (not timed); {:.0f} looks, {:.0f} touches, slowest second {:.2f} ms",
        book.account_count(), many_symbols().size(), applied, looks, touches, longest * 1e3);
    print({.name = "ticks with nobody missed",
           .value = static_cast<double>(applied) / seconds,
           .unit = "ticks/s",
           .ratio = {},
           .peer = "",
           .target = "≥ 10 M ticks/s",
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

}  // namespace

void measure_watch(const Settings& settings) {
    const std::uint32_t accounts = settings.is_quick ? 2'000 : 200'000;
    say(fmt::format("between the beats, {} accounts", accounts));
    const BookGenerator book = make_book(accounts, 5, settings.seed, many_symbols());
    measure_quiet_ticks(book, settings);
    measure_market(book, settings);
}

}  // namespace margind::bench
