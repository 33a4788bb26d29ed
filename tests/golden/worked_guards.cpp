// Published examples of what becomes of ticks.
#include "golden/worked_examples.hpp"

namespace margind::test {

using Catch::Matchers::WithinAbs;
namespace dom = simdjson::dom;

/// A lot bought and a lot sold at the last quote: their P/L says where the new one is.
void soft_tick_filter(const Example& example) {
    const double bid = example.input("/last/bid");
    const double ask = example.input("/last/ask");
    std::string ticks;
    for (const dom::element quote : example.inputs["quotes"].get_array()) {
        ticks += fmt::format(R"({}{{"symbol": "EURUSD", "bid": {}, "ask": {}}})",
                             ticks.empty() ? "" : ",", quote.at(0).get_double().value(),
                             quote.at(1).get_double().value());
    }
    const Answer answer{fmt::format(
        R"({{"instruments": [{{"symbol": "EURUSD", "calc_mode": "forex", "contract_size": 100000,
              "profit_currency": "USD", "digits": 5, "soft_points": {}, "confirm_ticks": {}}}],
             "quotes": {{"EURUSD": {{"bid": {}, "ask": {}}}}}, "ticks": [{}],
             "account": {{"currency": "USD", "balance": 100000, "leverage": 100}},
             "positions": [{{"symbol": "EURUSD", "side": "buy", "lots": 1, "open_price": {}}},
                           {{"symbol": "EURUSD", "side": "sell", "lots": 1, "open_price": {}}}]}})",
        example.input("/soft_points"), example.input("/filter_count"), bid, ask, ticks, bid, ask)};
    const dom::array accepted = example.expected["accepted"].get_array();
    for (std::size_t i = 0; i < accepted.size(); ++i) {
        CAPTURE(i);
        const bool is_accepted = accepted.at(i).get_bool();
        CHECK(answer.truth(fmt::format("/ticks/{}/accepted", i)) == is_accepted);
        if (!is_accepted) CHECK(answer.text(fmt::format("/ticks/{}/reason", i)) == "outlier_held");
    }
    // Profits of a lot in USD are points of 10⁻⁵, and both stand at the price that was let in.
    const double points = answer.number("/positions/0/pnl");
    CHECK_THAT(points, WithinAbs(example.expected.at_pointer("/diffs_points/3").get_double(), 0.1));
    example.check(bid + points / 1e5, "/new_center/0");
    example.check(ask - answer.number("/positions/1/pnl") / 1e5, "/new_center/1");
}

}  // namespace margind::test
