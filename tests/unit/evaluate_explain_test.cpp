// The lines that explain what `evaluate` answers.
#include <catch2/catch_test_macros.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "support/evaluated.hpp"

using namespace margind;
using namespace margind::test;

TEST_CASE("the answer explains its arithmetic in order, under the names of the formulas",
          "[evaluate]") {
    const auto lines = Answer{textbook(1.093)}.texts("/explain");
    const std::vector<std::string> expected{
        "rate EUR->USD [4.1 Direct]: bid 1.093 (EURUSD bid); ask 1.093 (EURUSD ask)",
        "pnl 7 [1.1 Forex]: close 1 lot * 100000 * 1.093 (EURUSD bid) = 109300.00 USD; "
        "open 1 lot * 100000 * 1.1 (open price) = 110000.00 USD; "
        "109300.00 - 110000.00 = -700.00 USD",
        "margin 7 [2.1 Forex]: 1 lot * 100000 / 100 = 1000 EUR * 1.093 (EUR->USD ask) = "
        "1093.00 USD",
        "margin EURUSD [3.1 Hedging, the larger leg]: max(1093.00, 0.00) = 1093.00 USD",
        "margin [3 Netting and hedging]: 1093.00 USD",
        "pnl [1.7 Equity, free margin, level]: -700.00 USD",
        "equity [1.7 Equity, free margin, level]: 1200.00 (balance) + 0.00 (credit) - 700.00 (pnl) "
        "= 500.00 USD",
        "free margin [1.7 Equity, free margin, level]: 500.00 - 1093.00 = -593.00 USD",
        "level [5.1 Comparing with a level]: 500.00 / 1093.00 * 100 = 45.7456541628545 %",
        "margin call [5.1 Comparing with a level]: 50000 * 10000 <= 10000 * 109300 (reached)",
        "stop-out [5.1 Comparing with a level]: 50000 * 10000 <= 5000 * 109300 (reached)",
        "closeout percent [5.1 Comparing with a level]: 50 * 1093.00 / 500.00 = 109.3 %",
        "verdict [5.2 Margin call and stop-out]: breach, state stop_out",
        "close 7 [5.5 The largest loss]: 1 of 1 lot, EURUSD",
        "after 7 [5.4 The plan]: equity 500.00; margin 0.00; balance 1200.00 - 700.00 = 500.00",
        "bankruptcy price EURUSD [8.2 Bankruptcy, and the fee to close]: at 1.088; "
        "equity 0.00 <= 0.00 (fee)",
    };
    CHECK(lines == expected);
}

TEST_CASE("what is unknown is named with its cause", "[evaluate]") {
    const Answer answer{
        R"({"instruments": [{"symbol": "EURUSD", "calc_mode": "forex", "contract_size": 100000,
                             "profit_currency": "USD"},
                            {"symbol": "DE40", "calc_mode": "cfd", "contract_size": 1,
                             "profit_currency": "EUR", "margin_currency": "USD"}],
            "quotes": {"DE40": {"bid": 18000, "ask": 18000}},
            "account": {"balance": 1000, "leverage": 100},
            "positions": [{"id": "1", "symbol": "EURUSD", "side": "buy", "lots": 1,
                           "open_price": 1.1},
                          {"id": "2", "symbol": "DE40", "side": "buy", "lots": 1,
                           "open_price": 18000},
                          {"id": "3", "symbol": "OIL", "side": "buy", "lots": 1,
                           "open_price": 70}]})"};
    const std::vector<std::string> expected{
        "rate EUR->USD [4.7 No rate]: unknown (no_rate), no path",
        "pnl 2 [1.2 CFDs, index CFDs, crypto, fixed margins]: unknown (no_rate)",
        "pnl 1 [1.1 Forex]: unknown (no_price)",
        "pnl 3 [1 Profit and loss]: unknown (no_instrument)",
        "margin 3 [2 Margin of a position]: unknown (no_instrument)",
        "margin 2 [2.3 CFD]: 1 lot * 1 * 18000 (DE40 ask) = 18000.00 USD",
        "margin DE40 [3.1 Hedging, the larger leg]: max(18000.00, 0.00) = 18000.00 USD",
        "margin 1 [2.1 Forex]: unknown (no_rate)",
        "margin EURUSD [3.1 Hedging, the larger leg]: unknown (no_price, no_rate, no_instrument)",
        "margin [3 Netting and hedging]: unknown (no_price, no_rate, no_instrument)",
        "pnl [1.7 Equity, free margin, level]: unknown (no_price, no_rate, no_instrument)",
        "equity [1.7 Equity, free margin, level]: unknown (no_price, no_rate, no_instrument)",
        "free margin [1.7 Equity, free margin, level]: unknown (no_price, no_rate, no_instrument)",
        "level [5.1 Comparing with a level]: unknown (no_price, no_rate, no_instrument)",
        "verdict [5.2 Margin call and stop-out]: unknown (no_price, no_rate, no_instrument), "
        "state ok",
    };
    CHECK(answer.texts("/explain") == expected);
}

TEST_CASE("a deal that is thought of explains what it changes", "[evaluate]") {
    const Answer answer{
        textbook(1.1, "", R"(, "pretrade": {"symbol": "EURUSD", "side": "sell", "lots": 2})")};
    std::vector<std::string> lines = answer.texts("/explain");
    std::erase_if(lines, [](const std::string& line) { return !line.starts_with("pretrade "); });
    REQUIRE(lines.size() >= 4);
    CHECK(lines[1] ==
          "pretrade margin pretrade [2.1 Forex]: 2 lots * 100000 / 100 = 2000 EUR * 1.1 "
          "(EUR->USD bid) = 2200.00 USD");
    CHECK(lines[2] ==
          "pretrade margin EURUSD [3.1 Hedging, the larger leg]: max(1100.00, 2200.00) = "
          "2200.00 USD");
}
