// Deals that are only thought of, where opening takes more than an open position must keep.
#include <fmt/format.h>

#include <catch2/catch_test_macros.hpp>
#include <string>
#include <string_view>

#include "support/evaluated.hpp"

using namespace margind;
using namespace margind::test;

namespace {

/// A future that takes 1,000 to open and 500 to keep.
std::string future(double balance, std::string_view more = "") {
    return fmt::format(
        R"({{"instruments": [{{"symbol": "BR", "calc_mode": "futures", "contract_size": 10,
                               "profit_currency": "USD", "initial_margin": 1000,
                               "maintenance_margin": 500}}],
             "quotes": {{"BR": {{"bid": 80, "ask": 80}}}}, "account": {{"balance": {}}},
             "pretrade": {{"symbol": "BR", "side": "buy", "lots": 1}}{}}})",
        balance, more);
}

std::string last_line(const Answer& answer) { return answer.texts("/explain").back(); }

}  // namespace

TEST_CASE("a deal is allowed by what opening takes, not by what must be kept", "[evaluate]") {
    const Answer short_of{future(700)};
    CHECK(short_of.has(R"("pretrade":{"causes":[],"margin_after":500.00,)"
                       R"("margin_initial_after":1000.00,"free_margin_after":200.00,)"
                       R"("level_after":140,"allowed":false})"));
    CHECK(last_line(short_of) ==
          "pretrade allowed [1.7 Equity, free margin, level]: 700.00 (equity) - 1000.00 "
          "(initial margin) = -300.00 USD (not enough)");
    CHECK_FALSE(Answer{future(999.99)}.truth("/pretrade/allowed"));
    const Answer enough{future(1'000)};
    CHECK(enough.truth("/pretrade/allowed"));
    CHECK(last_line(enough).ends_with("= 0.00 USD (enough)"));
}

TEST_CASE("what is held already counts at its initial margin too", "[evaluate]") {
    const std::string_view held = R"(, "positions": [{"symbol": "BR", "side": "buy", "lots": 2,
                                                      "open_price": 80}])";
    CHECK_FALSE(Answer{future(2'999.99, held)}.truth("/pretrade/allowed"));
    CHECK(Answer{future(3'000, held)}.truth("/pretrade/allowed"));
    const std::string_view waiting = R"(, "orders": [{"symbol": "BR", "type": "buy_limit",
                                                      "lots": 2, "price": 79}])";
    CHECK_FALSE(Answer{future(2'999.99, waiting)}.truth("/pretrade/allowed"));
    CHECK(Answer{future(3'000, waiting)}.truth("/pretrade/allowed"));
}

TEST_CASE("a perpetual is opened on its leverage, not on its maintenance rate", "[evaluate]") {
    const auto document = [](double balance) {
        return fmt::format(
            R"({{"instruments": [{{"symbol": "BTC", "calc_mode": "perpetual_linear",
                                   "contract_size": 1, "profit_currency": "USD",
                                   "maintenance_margin": 0.005}}],
                 "quotes": {{"BTC": {{"bid": 60000, "ask": 60000}}}},
                 "account": {{"balance": {}, "leverage": 10}},
                 "pretrade": {{"symbol": "BTC", "side": "buy", "lots": 1}}}})",
            balance);
    };
    const Answer answer{document(400)};
    CHECK(answer.number("/pretrade/margin_after") == 300.0);
    CHECK(answer.number("/pretrade/margin_initial_after") == 6'000.0);
    CHECK_FALSE(answer.truth("/pretrade/allowed"));
    CHECK(Answer{document(6'000)}.truth("/pretrade/allowed"));
}

TEST_CASE("where both margins are the same there is one of them", "[evaluate]") {
    const Answer answer{
        textbook(1.1, "", R"(, "pretrade": {"symbol": "EURUSD", "side": "sell", "lots": 1})")};
    CHECK(answer.truth("/pretrade/allowed"));
    CHECK_FALSE(answer.has("margin_initial_after"));
    CHECK(last_line(answer) ==
          "pretrade allowed [1.7 Equity, free margin, level]: 1200.00 (equity) - 1100.00 "
          "(initial margin) = 100.00 USD (enough)");
}

TEST_CASE("an initial margin that does not fit allows nothing", "[evaluate]") {
    const Answer answer{
        R"({"instruments": [{"symbol": "BR", "calc_mode": "futures", "contract_size": 10,
                             "profit_currency": "USD", "initial_margin": 1e300,
                             "maintenance_margin": 500}],
            "quotes": {"BR": {"bid": 80, "ask": 80}}, "account": {"balance": 1000},
            "pretrade": {"symbol": "BR", "side": "buy", "lots": 1}})"};
    CHECK(answer.texts("/pretrade/causes") == std::vector<std::string>{"overflow"});
    CHECK_FALSE(answer.truth("/pretrade/allowed"));
    CHECK(answer.is_null("/pretrade/margin_after"));
}
