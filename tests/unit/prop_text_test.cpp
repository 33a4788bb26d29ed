#include "wire/prop_text.hpp"

#include <catch2/catch_test_macros.hpp>
#include <cstdint>
#include <limits>
#include <string>

#include "support/prop_account.hpp"
#include "support/random.hpp"

using namespace margind;
using namespace margind::test;
using namespace margind::wire;

namespace {

std::string text_of(const PropMemory& memory) {
    std::string text;
    append_prop_memory(text, memory);
    return text;
}

PropMemory whole_memory() {
    PropMemory memory{.currency = "USD", .digits = Digits{2}, .state = {}};
    PropState& state = memory.state;
    state.reset_ms = 1'741'561'200'000;
    state.day = PropDay{.reference_ms = 1'741'561'200'200,
                        .reference = {units(100'000), cents(9'950'050)},
                        .last_balance = units(101'000),
                        .realised_profit = units(1'500)};
    state.peak = units(105'000);
    state.peak_start = units(104'000);
    state.initial_balance = units(100'000);
    state.drawdown_start_ms = 1'741'474'800'000;
    state.daily_breach_ms = 1'741'561'300'000;
    state.drawdown_breach_ms = 1'741'561'400'000;
    return memory;
}

constexpr std::string_view whole_text =
    "digits=2 reset_ms=1741561200000 reference_ms=1741561200200 drawdown_start_ms=1741474800000 "
    "daily_breach_ms=1741561300000 drawdown_breach_ms=1741561400000 reference_balance=100000.00 "
    "reference_equity=99500.50 last_balance=101000.00 realised_profit=1500.00 peak=105000.00 "
    "peak_start=104000.00 initial_balance=100000.00 currency=USD";

}  // namespace

TEST_CASE("what prop-firm rules remember is a text that an operator can read", "[prop_text]") {
    CHECK(text_of(whole_memory()) == whole_text);
    CHECK(decode_prop_memory(whole_text) == whole_memory());
    const PropMemory nothing{.currency = "JPY", .digits = Digits{0}, .state = {}};
    CHECK(text_of(nothing) == "digits=0 currency=JPY");
    CHECK(decode_prop_memory("digits=0 currency=JPY") == nothing);
}

TEST_CASE("any memory is read back as it was written", "[prop_text]") {
    constexpr std::int64_t largest = std::numeric_limits<std::int64_t>::max();
    constexpr std::int64_t smallest = std::numeric_limits<std::int64_t>::min();
    for (std::uint64_t seed = 1; seed <= 500; ++seed) {
        Random random{seed};
        const auto money = [&] {
            return Money::from_minor(random.pick(
                {largest, smallest, std::int64_t{0}, std::int64_t{-1}, std::int64_t{12'345'678}}));
        };
        const auto maybe_money = [&] {
            return random.chance(0.5) ? std::optional{money()} : std::nullopt;
        };
        const auto maybe_instant = [&] {
            return random.chance(0.5) ? std::optional{random.pick({std::int64_t{0}, largest})}
                                      : std::nullopt;
        };
        PropMemory memory{.currency = random.pick({"USD", "a currency = odd"}),
                          .digits = Digits{static_cast<std::uint8_t>(random.between(0, 8))},
                          .state = {}};
        memory.state = {.reset_ms = maybe_instant(),
                        .day = {},
                        .peak = maybe_money(),
                        .peak_start = maybe_money(),
                        .initial_balance = maybe_money(),
                        .drawdown_start_ms = maybe_instant(),
                        .daily_breach_ms = maybe_instant(),
                        .drawdown_breach_ms = maybe_instant()};
        if (random.chance(0.5)) {
            memory.state.day = PropDay{.reference_ms = 7,
                                       .reference = {money(), money()},
                                       .last_balance = money(),
                                       .realised_profit = maybe_money()};
        }
        CAPTURE(seed, text_of(memory));
        CHECK(decode_prop_memory(text_of(memory)) == memory);
    }
}

TEST_CASE("an amount may be written shorter, but never finer than its currency", "[prop_text]") {
    const auto peak_of = [](const std::string& amount) {
        const auto memory = decode_prop_memory("digits=2 peak=" + amount + " currency=USD");
        return memory ? memory->state.peak : std::nullopt;
    };
    CHECK(peak_of("105000") == units(105'000));
    CHECK(peak_of("-0.5") == cents(-50));
    CHECK_FALSE(peak_of("0.005").has_value());
}

TEST_CASE("a text of which any part is wrong is no memory", "[prop_text]") {
    for (const std::string_view text :
         {"", "?", "digits=2", "currency=USD", "currency=USD digits=2", "digits=9 currency=USD",
          "digits=-1 currency=USD", "digits= currency=USD", "digits=2 currency=",
          "digits=2 peak=1 peak=1 currency=USD", "digits=2 peak= currency=USD",
          "digits=2 peak=1e5 currency=USD", "digits=2 peak=1,5 currency=USD",
          "digits=2 peak=+1 currency=USD", "digits=2 peak=.5 currency=USD",
          "digits=2 peak=1.-5 currency=USD", "digits=2 peak=nan currency=USD",
          "digits=2 peak=99999999999999999999 currency=USD", "digits=2 paek=1 currency=USD",
          "digits=2  peak=1 currency=USD", "digits=2 reset_ms=-1 currency=USD",
          "digits=2 reset_ms=1.5 currency=USD", "digits=2 reset_ms=1x currency=USD",
          // A day is there as a whole or not at all.
          "digits=2 reference_ms=1 currency=USD", "digits=2 realised_profit=1 currency=USD",
          "digits=2 reference_ms=1 reference_balance=1 reference_equity=1 currency=USD"}) {
        CAPTURE(text);
        CHECK_FALSE(decode_prop_memory(text).has_value());
    }
    const std::string cut{whole_text.substr(0, whole_text.size() - 13)};
    CHECK_FALSE(decode_prop_memory(cut).has_value());
    CHECK_FALSE(decode_prop_memory("digits=2 currency=" + std::string(5'000, 'U')).has_value());
}
