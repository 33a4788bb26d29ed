// The engine in one process, on one core: how fast it revalues and takes ticks, and how much memory
// an account is. Peers in the same run: memory itself (n1), and the plain program that one would
// write first (n7).
#include <fmt/format.h>
#include <malloc.h>

#include <chrono>
#include <functional>
#include <numeric>
#include <stdexcept>

#include "adapters/memory/market_simulator.hpp"
#include "bench/core_bench.hpp"
#include "bench/harness.hpp"
#include "bench/plain_peer.hpp"
#include "wire/price_payload.hpp"

namespace margind::bench {
namespace {

using memory::BookGenerator;

/// Five symbols that nearly everybody holds some of.
BookGenerator book_of_five(std::uint32_t accounts, std::uint32_t positions, std::uint64_t seed) {
    return make_book(accounts, positions, seed, {"EURUSD", "NZDUSD", "XAUUSD", "GBPUSD", "USDJPY"});
}

/// A figure that is fast and wrong is worth nothing: an engine that goes straight to the last
/// prices must say the same of every account.
void check_figures(const BookGenerator& book, Desk& timed) {
    say("the same figures from an engine that starts anew");
    Desk fresh{book};
    fresh.move_to(timed.quotes());
    fresh.beat();
    for (std::uint32_t i = 0; i < book.account_count(); ++i) {
        const AccountId account{i};
        if (timed.engine().snapshot(account, timed.now()).fingerprint !=
            fresh.engine().snapshot(account, fresh.now()).fingerprint) {
            throw std::runtime_error{
                fmt::format("other figures of {}", fresh.engine().account_name(account))};
        }
    }
}

/// Bytes a second that one core reads from memory.
double memory_bandwidth(int runs, std::size_t bytes) {
    const std::vector<std::uint64_t> words(bytes / sizeof(std::uint64_t), 1);
    const Timing timing = time_runs(
        runs, [] {}, [&] { keep(std::accumulate(words.begin(), words.end(), std::uint64_t{0})); });
    return static_cast<double>(bytes) / timing.median();
}

/// What the columns of the kernel hold of each position.
constexpr double bytes_of_a_position = 3 * 8 + 4;

void recompute(const Settings& settings) {
    const std::uint32_t accounts = settings.is_quick ? 10'000 : 1'000'000;
    const int runs = settings.is_quick ? 3 : 9;
    say(fmt::format("a book of {} accounts, 5 positions each", accounts));
    const BookGenerator book = book_of_five(accounts, 5, settings.seed);
    Desk desk{book};
    std::uint64_t events = 0;
    const Timing all =
        time_runs(runs, [&] { desk.move_everything(); }, [&] { events += desk.beat().events; });
    const double rate = accounts / all.median();
    const double per_account = sizeof(AccountLine) + 5 * bytes_of_a_position;
    print({.name = "accounts recomputed, all of them",
           .value = rate,
           .unit = "accounts/s",
           .ratio = per_account * rate / memory_bandwidth(runs, 256u << 20),
           .peer = "n1, reading as many bytes",
           .target = "≥ 0.60",
           .note = fmt::format("{} accounts × 5 positions, {} events, {}", accounts, events,
                               all.text())});
    check_figures(book, desk);

    PlainPeer plain{book};
    const Timing peer = time_runs(3, [] {}, [&] { plain.recompute_everything(); });
    print(
        {.name = "accounts recomputed against the plain program",
         .value = rate,
         .unit = "accounts/s",
         .ratio = rate / (accounts / peer.median()),
         .peer = "n7, maps of strings",
         .target = "≥ 30×",
         .note = fmt::format("n7: {:.3g} accounts/s, {}", accounts / peer.median(), peer.text())});
}

/// A tick each time round, with a beat whenever 200 ms have passed: what one core sustains.
/// `take` applies the i-th tick.
double sustained_ticks(Desk& desk, double seconds, const std::function<void(std::size_t)>& take,
                       std::uint64_t& beats) {
    using Clock = std::chrono::steady_clock;
    constexpr std::size_t ticks_between_looks = 256;
    const auto start = Clock::now();
    auto beat_due = start + std::chrono::milliseconds{200};
    std::size_t ticks = 0;
    for (auto now = start; now < start + std::chrono::duration<double>{seconds};
         now = Clock::now()) {
        if (now >= beat_due) {
            desk.beat();
            ++beats;
            beat_due += std::chrono::milliseconds{200};
        }
        for (std::size_t i = 0; i < ticks_between_looks; ++i) take(ticks++);
    }
    const std::chrono::duration<double> taken = Clock::now() - start;
    return static_cast<double>(ticks) / taken.count();
}

/// One position of an account changes: its whole image is given again.
void updates(const Settings& settings) {
    const std::uint32_t accounts = settings.is_quick ? 10'000 : 300'000;
    const int count = settings.is_quick ? 2'000 : 100'000;
    say(fmt::format("changes of positions in a book of {} accounts", accounts));
    const BookGenerator book = book_of_five(accounts, 5, settings.seed);
    Desk desk{book};
    std::vector<AccountImage> images;
    for (int i = 0; i < count; ++i) {
        AccountImage image = book.account(static_cast<std::uint32_t>(i) * 7919 % accounts);
        if (i % 2 == 0) image.orders.pop_back();
        images.push_back(std::move(image));
    }
    (void)desk.engine().plan(accounts);
    const Timing timing = time_runs(
        3, [] {},
        [&] {
            for (const AccountImage& image : images) desk.engine().apply(image, desk.now());
        });
    print({.name = "changes of positions taken in",
           .value = count / timing.median(),
           .unit = "images/s",
           .ratio = {},
           .peer = "",
           .target = "≥ 10,000 images/s",
           .note = fmt::format("{} accounts × 5 positions, each change a whole image, watched anew "
                               "at once; {}",
                               accounts, timing.text())});
}

void ticks(const Settings& settings) {
    const std::uint32_t accounts = settings.is_quick ? 1'000 : 100'000;
    const double seconds = settings.is_quick ? 0.5 : 5.0;
    say(fmt::format("ticks into an engine of {} accounts", accounts));
    const BookGenerator book = book_of_five(accounts, 3, settings.seed);
    Desk desk{book};
    memory::MarketOptions options{.seed = settings.seed, .symbols = book.quoted()};
    memory::MarketSimulator market{options, 0};
    std::vector<PriceTick> made;
    std::vector<std::string> payloads;
    for (const memory::SimulatedTick& tick : market.step(20'000)) {
        const std::string& symbol = market.symbol(tick.symbol);
        made.push_back(
            {.symbol = desk.engine().find_symbol(symbol), .bid = tick.bid, .ask = tick.ask});
        payloads.push_back(
            fmt::format(R"({{"symbol":"{}","bid":{},"ask":{}}})", symbol, tick.bid, tick.ask));
    }

    const auto report = [&](const std::string& name, const std::string& target, auto take) {
        std::uint64_t beats = 0;
        const std::uint64_t before = desk.engine().stats().recomputed;
        const double rate = sustained_ticks(desk, seconds, take, beats);
        const std::uint64_t recomputed = desk.engine().stats().recomputed - before;
        print({.name = name,
               .value = rate,
               .unit = "ticks/s",
               .ratio = {},
               .peer = "",
               .target = target,
               .note = fmt::format("{} accounts × 3 positions, {:.0f} s, {} beats of 200 ms with "
                                   "{} accounts recomputed",
                                   accounts, seconds, beats, recomputed)});
    };
    report("ticks in process, beats included", "≥ 1 M ticks/s",
           [&](std::size_t i) { desk.engine().apply(made[i % made.size()], desk.now()); });
    wire::PricePayloadParser parser;
    report("JSON payloads in process, beats included", "", [&](std::size_t i) {
        wire::PricePayload payload;
        if (parser.parse(payloads[i % payloads.size()], payload) != wire::PayloadFault::none) {
            throw std::runtime_error{"a payload of our own is refused"};
        }
        desk.engine().apply({.symbol = desk.engine().find_symbol(payload.symbol),
                             .bid = payload.bid,
                             .ask = payload.ask},
                            desk.now());
    });
}

/// Resident bytes that an engine over a book adds to a process.
double engine_bytes(std::uint32_t accounts, std::uint32_t positions, std::uint64_t seed) {
    return in_child([&] {
               const BookGenerator book = book_of_five(accounts, positions, seed);
               ::malloc_trim(0);
               const std::uint64_t before = resident_bytes();
               const Desk desk{book};
               ::malloc_trim(0);
               const std::uint64_t after = resident_bytes();
               return std::vector<double>{static_cast<double>(after - before)};
           })
        .at(0);
}

void memory_use(const Settings& settings) {
    const std::uint32_t accounts = settings.is_quick ? 20'000 : 300'000;
    say(fmt::format("memory of {} accounts", accounts));
    const double few = engine_bytes(accounts, 2, settings.seed);
    const double many = engine_bytes(accounts, 8, settings.seed);
    const double per_position = (many - few) / (6.0 * accounts);
    const std::string note =
        fmt::format("resident, {} accounts, from books of 2 and of 8 positions each", accounts);
    print({.name = "memory of a position",
           .value = per_position,
           .unit = "B",
           .ratio = {},
           .peer = "",
           .target = "",
           .note = note});
    print({.name = "memory of an account",
           .value = few / accounts - 2.0 * per_position,
           .unit = "B",
           .ratio = {},
           .peer = "",
           .target = "",
           .note = note});
}

}  // namespace
}  // namespace margind::bench

int main(int argc, char** argv) {
    const auto settings = margind::bench::read_settings(argc, argv);
    try {
        margind::bench::memory_use(settings);
        margind::bench::recompute(settings);
        margind::bench::updates(settings);
        margind::bench::ticks(settings);
        margind::bench::measure_watch(settings);
        margind::bench::measure_team(settings);
    } catch (const std::exception& error) {
        fmt::print(stderr, "{}: {}\n", argv[0], error.what());
        return 1;
    }
}
