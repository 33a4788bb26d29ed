#include "wire/redis_state.hpp"

#include <catch2/catch_test_macros.hpp>
#include <vector>

using namespace margind;
using namespace margind::wire;

namespace {

using Hash = std::vector<std::string_view>;

std::string text_of(const BreachMemory& memory) {
    std::string text;
    append_breach(text, memory);
    return text;
}

}  // namespace

TEST_CASE("an absent control hash is the default: as configured, not killed, nothing frozen") {
    const Control control = decode_control({});
    CHECK_FALSE(control.armed.has_value());
    CHECK_FALSE(control.killed);
    CHECK(control.frozen.empty());
}

TEST_CASE("the control hash is read in any of its spellings") {
    const Control control = decode_control(
        Hash{"armed", "true", "killed", "0", "frozen", "EURUSD, XAUUSD,,", "version", "17"});
    CHECK(control.armed == true);
    CHECK_FALSE(control.killed);
    CHECK(control.frozen == std::vector<std::string>{"EURUSD", "XAUUSD"});
    CHECK(control.version == "17");
    CHECK(decode_control(Hash{"killed", "yes"}).killed);
    CHECK(decode_control(Hash{"armed", "off"}).armed == false);
    CHECK(decode_control(Hash{"frozen", R"(["EURUSD","GBPUSD"])"}).frozen ==
          std::vector<std::string>{"EURUSD", "GBPUSD"});
    CHECK(decode_control(Hash{"frozen", ""}).frozen.empty());
    CHECK(decode_control(Hash{"frozen", "[]"}).frozen.empty());
    CHECK_FALSE(decode_control(Hash{"note", "made by hand"}).killed);
}

TEST_CASE("a control value that cannot be read counts as killed") {
    for (const Hash& hash :
         {Hash{"killed", "maybe"}, Hash{"killed", ""}, Hash{"armed", "2"}, Hash{"armed", "TRUE "},
          Hash{"frozen", "[\"EURUSD\""}, Hash{"frozen", "[1]"}, Hash{"frozen", "[] []"},
          Hash{"frozen", "EUR\xffUSD"}, Hash{"killed", "0", "frozen", "a\nb"}}) {
        CAPTURE(hash);
        const Control control = decode_control(hash);
        CHECK(control.killed);
        CHECK_FALSE(control.armed.has_value());
    }
    CHECK(unreadable_control().killed);
}

TEST_CASE("a breach memory survives being written and read") {
    const BreachMemory memory{.state = AccountState::stop_out,
                              .breach = 3,
                              .step = 2,
                              .announced_armed = true,
                              .last_stop_out_ms = 1'700'000'000'000};
    CHECK(text_of(memory) ==
          "state=stop_out breach=3 step=2 armed=1 last_stop_out_ms=1700000000000");
    CHECK(decode_breach(text_of(memory)) == memory);
    CHECK(decode_breach(text_of({})) == BreachMemory{});
    const BreachMemory of_parts{.state = AccountState::stop_out, .parts = 0xfedcba9876543210};
    CHECK(decode_breach(text_of(of_parts)) == of_parts);
    const BreachMemory owing{.deficits = 2, .deficit = Money::from_minor(5'000)};
    CHECK(decode_breach(text_of(owing)) == owing);
    for (const AccountState state : {AccountState::ok, AccountState::margin_call,
                                     AccountState::stop_out, AccountState::recovering}) {
        const BreachMemory each{.state = state, .breach = 4'294'967'295};
        CHECK(decode_breach(text_of(each)) == each);
    }
}

TEST_CASE("keys of a later version are passed over") {
    const auto memory = decode_breach("state=ok breach=1 step=0 colour=blue  depth=9");
    REQUIRE(memory.has_value());
    CHECK(memory->breach == 1);
}

TEST_CASE("junk is no breach memory") {
    for (const char* text :
         {"", "junk", "state=ok", "state=ok breach=1", "state=asleep breach=1 step=1",
          "state=ok breach=-1 step=1", "state=ok breach=1 step=x",
          "state=ok breach=1 step=1 breach=2", "state=ok breach=4294967296 step=1",
          "state=ok breach=1 step=1 armed=yes", "state=ok breach=1 step=1 =5",
          "state=ok breach=1 step=1 last_stop_out_ms=-5", "state=ok breach= step=1"}) {
        CAPTURE(text);
        CHECK_FALSE(decode_breach(text).has_value());
    }
    CHECK_FALSE(decode_breach("state=ok breach=1 step=1 x=" + std::string(1'000'000, 'y')));
}
