// The tick path and the beat take no memory once they are warm. This binary counts what is taken.
#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <new>

#include "support/desk.hpp"
#include "support/random.hpp"

namespace {

std::size_t allocations = 0;

void* take(std::size_t size) {
    ++allocations;
    if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
    throw std::bad_alloc{};
}

void* take(std::size_t size, std::align_val_t alignment) {
    ++allocations;
    const auto align = static_cast<std::size_t>(alignment);
    if (void* memory = std::aligned_alloc(align, (size + align - 1) / align * align)) return memory;
    throw std::bad_alloc{};
}

}  // namespace

void* operator new(std::size_t size) { return take(size); }
void* operator new[](std::size_t size) { return take(size); }
void* operator new(std::size_t size, std::align_val_t align) { return take(size, align); }
void* operator new[](std::size_t size, std::align_val_t align) { return take(size, align); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }

using namespace margind;
using namespace margind::test;

namespace {

/// Well-funded accounts of two types and two currencies on three symbols: nobody is flagged.
void fill(Desk& desk, Random& random) {
    desk.engine.apply(spec("EURUSD", "forex", 100'000.0, "USD"));
    desk.engine.apply(spec("GBPUSD", "forex", 100'000.0, "USD"));
    desk.engine.apply(spec("XAUUSD", "cfd_leverage", 100.0, "USD"));
    desk.tick("EURUSD", 1.1, 1.1001);
    desk.tick("GBPUSD", 1.27, 1.2701);
    desk.tick("XAUUSD", 2'400.0, 2'400.5);
    for (int i = 0; i < 1'000; ++i) {
        AccountImage image = account({i % 2 == 0 ? "live" : "demo", std::to_string(i)}, 1e6, {});
        image.currency = i % 3 == 0 ? "EUR" : "USD";
        for (int p = 0; p < 3; ++p) {
            const std::string symbol = random.pick({"EURUSD", "GBPUSD", "XAUUSD"});
            const Side side = random.chance(0.5) ? Side::buy : Side::sell;
            image.orders.push_back(order(std::to_string(p), symbol, side, Volume::per_lot / 10,
                                         symbol == "XAUUSD" ? 2'400.0 : 1.2));
        }
        desk.give(image);
    }
}

/// What `beats` beats of a moving market take from the heap.
std::size_t count_allocations(Desk& desk, Random& random, int beats) {
    const SymbolId symbols[] = {desk.engine.find_symbol("EURUSD"),
                                desk.engine.find_symbol("GBPUSD"),
                                desk.engine.find_symbol("XAUUSD")};
    const double mids[] = {1.1, 1.27, 2'400.0};
    const std::size_t before = allocations;
    for (int beat = 0; beat < beats; ++beat) {
        for (int i = 0; i < 100; ++i) {
            const std::size_t which = random.below(3);
            const double bid = mids[which] * random.real(0.999, 1.001);
            desk.engine.apply({.symbol = symbols[which], .bid = bid, .ask = bid * 1.0001},
                              desk.now);
        }
        desk.beat();
    }
    return allocations - before;
}

}  // namespace

TEST_CASE("ticks and beats take no memory while nobody is flagged", "[allocation]") {
    for (const std::int64_t max_age_ms : {0, 60'000}) {
        EngineOptions options;
        options.quotes.max_age_ms = max_age_ms;
        Desk desk{std::move(options)};
        Random random{1};
        fill(desk, random);
        count_allocations(desk, random, 3);  // warm
        CHECK(count_allocations(desk, random, 200) == 0);
        CHECK(desk.engine.events().empty());
        CHECK(desk.engine.stats().recomputed > 200 * 900);
    }
}

TEST_CASE("guards that hold, discard and wait take no memory either", "[allocation]") {
    Desk desk;
    Random random{1};
    fill(desk, random);
    InstrumentSpec guarded = spec("EURUSD", "forex", 100'000.0, "USD");
    guarded.digits = 5;
    guarded.soft_points = 20;
    guarded.discard_points = 100;
    guarded.ref_symbol = "GBPUSD";
    guarded.ref_band_percent = 20;
    desk.engine.apply(guarded);
    count_allocations(desk, random, 3);
    CHECK(count_allocations(desk, random, 200) == 0);
    for (const TickFate fate : {TickFate::outlier_held, TickFate::outlier_discarded}) {
        CAPTURE(to_string(fate));
        CHECK(desk.engine.stats().tick_fates[static_cast<std::size_t>(fate)] > 100);
    }
}

TEST_CASE("the beat of the rule set platform takes no memory either", "[allocation]") {
    EngineOptions options;
    options.rules = platform_rules();
    Desk desk{std::move(options)};
    Random random{1};
    fill(desk, random);
    count_allocations(desk, random, 3);
    CHECK(count_allocations(desk, random, 50) == 0);
}
