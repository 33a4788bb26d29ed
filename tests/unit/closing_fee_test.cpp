// What is held back to close perpetuals, over several symbols. Source: docs/formulas.md §8.2.
#include <fmt/format.h>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_floating_point.hpp>
#include <string>
#include <string_view>

#include "support/evaluated.hpp"

using namespace margind;
using namespace margind::test;
using Catch::Matchers::WithinAbs;

namespace {

/// Perpetuals at 100 with a fee of 0.1 %: each text is a position of one of them.
Answer perpetuals(std::string_view mode, double balance, std::string_view positions) {
    std::string instruments;
    std::string quotes;
    for (int i = 0; i < 20; ++i) {
        const char* comma = i == 0 ? "" : ", ";
        instruments += fmt::format(
            R"({}{{"symbol": "P{}", "calc_mode": "perpetual_linear", "contract_size": 1,
                "profit_currency": "USD", "maintenance_margin": 0.01, "taker_fee": 0.001}})",
            comma, i);
        quotes += fmt::format(R"({}"P{}": {{"bid": 100, "ask": 100}})", comma, i);
    }
    return Answer{fmt::format(
        R"({{"instruments": [{}], "quotes": {{{}}},
             "account": {{"balance": {}, "leverage": 10, "margin_mode": "{}"}},
             "positions": [{}]}})",
        instruments, quotes, balance, mode, positions)};
}

std::string position(std::string_view symbol, std::string_view side, double lots) {
    return fmt::format(R"({{"symbol": "{}", "side": "{}", "lots": {}, "open_price": 100}})", symbol,
                       side, lots);
}

}  // namespace

TEST_CASE("of several symbols one is thought of as ruined, the dearest", "[closing_fee]") {
    // Ruined, a short of one costs 0.1 + 0.001 / 1.001 × (1000 − 0.1), a long nothing.
    const Answer shorts =
        perpetuals("hedging", 1'000.0,
                   position("P0", "sell", 1.0) + ", " + position("P1", "sell", 2.0) + ", " +
                       position("P2", "buy", 4.0));
    const double ruined = 0.1 + 0.001 / 1.001 * (1'000.0 - 0.1);
    CHECK_THAT(shorts.number("/closing_fee"), WithinAbs(ruined + 0.2 + 0.4, 0.006));
}

TEST_CASE("a ticket of a dollar holds next to nothing back", "[closing_fee]") {
    std::string positions = position("P0", "sell", 10.0);
    const double before = perpetuals("hedging", 1'000.0, positions).number("/closing_fee");
    for (int i = 1; i < 20; ++i) {
        positions += ", " + position(fmt::format("P{}", i), "sell", 0.01);
    }
    const double after = perpetuals("hedging", 1'000.0, positions).number("/closing_fee");
    CHECK(after >= before);
    CHECK(after - before < 0.03);  // 19 tickets of 1 USD at 0.1 %
}

TEST_CASE("what netting has made flat needs no deal and holds nothing back", "[closing_fee]") {
    const std::string flat = position("P0", "buy", 100.0) + ", " + position("P0", "sell", 100.0);
    const std::string both = flat + ", " + position("P1", "buy", 1.0);
    const Answer netting = perpetuals("netting", 50.0, both);
    CHECK(netting.text("/state") == "ok");
    CHECK(netting.number("/margin") == 1.0);
    CHECK_THAT(netting.number("/closing_fee"), WithinAbs(0.05, 0.006));
    CHECK(perpetuals("netting", 50.0, flat).text("/state") == "ok");
    // A hedge has two legs to close, 10,000 each.
    const Answer hedging = perpetuals("hedging", 50.0, both);
    CHECK_THAT(hedging.number("/closing_fee"), WithinAbs(20.1, 0.06));
}
