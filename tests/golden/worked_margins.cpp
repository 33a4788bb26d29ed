// Published examples of margins, conversions and P/L.
#include "golden/worked_examples.hpp"

namespace margind::test {

using Catch::Matchers::WithinAbs;
namespace dom = simdjson::dom;

void forex_basic(const Example& example) {
    // The margin needs no quote: the P/L is unknown, the margin is not.
    const Answer answer{fmt::format(
        R"({{"instruments": [{{"symbol": "EURUSD", "calc_mode": "forex", "contract_size": {},
              "base_currency": "EUR", "profit_currency": "USD"}}],
             "account": {{"currency": "EUR", "balance": 5000, "leverage": {}}},
             "positions": [{{"symbol": "EURUSD", "side": "buy", "lots": {},
                             "open_price": 1.1}}]}})",
        example.input("/contract_size"), example.input("/leverage"), example.input("/lots"))};
    example.check(answer.number("/margin"), "/margin");
    CHECK(answer.text("/verdict") == "unknown");
    CHECK(answer.is_null("/equity"));
}

/// One lot at 1:100 whose margin in its own currency is `base_margin`.
static std::string converted_margin(double base_margin, double bid, double ask, double rate,
                                    std::string_view side) {
    return fmt::format(
        R"({{"instruments": [{{"symbol": "EURUSD", "calc_mode": "forex", "contract_size": {},
              "margin_currency": "EUR", "profit_currency": "USD",
              "margin_rate": {{"long": {}}}}}],
             "quotes": {{"EURUSD": {{"bid": {}, "ask": {}}}}},
             "account": {{"currency": "USD", "balance": 5000, "leverage": 100}},
             "positions": [{{"symbol": "EURUSD", "side": "{}", "lots": 1, "open_price": 1.2}}]}})",
        base_margin * 100.0, rate, bid, ask, side);
}

void convert_to_deposit(const Example& example) {
    const double base = example.input("/base_margin");
    const double ask = example.input("/eurusd_ask");
    const Answer buy{converted_margin(base, ask - 0.002, ask, 1.0, "buy")};
    example.check(buy.number("/margin"), "/margin_deposit");
    const Answer sell{converted_margin(base, ask, ask + 0.002, 1.0, "sell")};
    example.check(sell.number("/margin"), "/margin_deposit");  // at the bid
}

void margin_rate(const Example& example) {
    const double deposit = example.input("/margin_deposit");
    const double rate = example.input("/long_margin_rate");
    const Answer answer{
        converted_margin(1000.0, deposit / 1000.0 - 0.002, deposit / 1000.0, rate, "buy")};
    example.check(answer.number("/margin"), "/final_margin");
}

std::string cfd_document(double lots, double contract_size, double bid, double ask, double rate,
                         double balance) {
    return fmt::format(
        R"({{"instruments": [{{"symbol": "SHARE", "calc_mode": "cfd", "contract_size": {},
              "profit_currency": "USD", "margin_rate": {{"long": {}}}}}],
             "quotes": {{"SHARE": {{"bid": {}, "ask": {}}}}},
             "account": {{"currency": "USD", "balance": {}}},
             "positions": [{{"symbol": "SHARE", "side": "buy", "lots": {}, "open_price": {}}}]}})",
        contract_size, rate, bid, ask, balance, lots, bid);
}

void contract_stock(const Example& example) {
    const double ask = example.input("/ask");
    const Answer answer{cfd_document(example.input("/lots"), example.input("/contract_size"),
                                     ask - 0.1, ask, 1.0, 10'000.0)};
    example.check(answer.number("/margin"), "/margin");
}

/// The positions and the pending orders of an example, all of one symbol.
static std::string positions_of(const Example& example) {
    std::string text;
    for (const dom::element position : example.inputs["positions"].get_array()) {
        text += fmt::format(
            R"({}{{"symbol": "EURUSD", "side": "{}", "lots": {}, "open_price": {}}})",
            text.empty() ? "" : ",", position["side"].get_string().value(),
            position["lots"].get_double().value(), position["price"].get_double().value());
    }
    return text;
}

static std::string orders_of(const Example& example) {
    std::string text;
    for (const dom::element order : example.inputs["orders"].get_array()) {
        text +=
            fmt::format(R"({}{{"symbol": "EURUSD", "type": "{}", "lots": {}, "price": {}}})",
                        text.empty() ? "" : ",", order["type"].get_string().value(),
                        order["lots"].get_double().value(), order["price"].get_double().value());
    }
    return text;
}

void hedged_basic(const Example& example) {
    const Answer answer{fmt::format(
        R"({{"instruments": [{{"symbol": "EURUSD", "calc_mode": "forex", "contract_size": {},
              "margin_currency": "EUR", "profit_currency": "USD", "hedged_margin": {},
              "margin_rate": {{"long": {}, "short": {}}}}}],
             "quotes": {{"EURUSD": {{"bid": 1.1, "ask": 1.1001}}}},
             "account": {{"currency": "USD", "balance": 10000, "leverage": {},
                          "margin_mode": "hedging", "hedged_margin_mode": "basic"}},
             "positions": [{}]}})",
        example.input("/contract_size"), example.input("/hedged_margin"),
        example.input("/rate_buy"), example.input("/rate_sell"), example.input("/leverage"),
        positions_of(example))};
    CHECK(answer.text("/margin_parts/0/part") == "hedged");
    example.check(answer.number("/margin_parts/0/amount"), "/margin_hedged");
    CHECK(answer.text("/margin_parts/1/part") == "uncovered");
    example.check(answer.number("/margin_parts/1/amount"), "/margin_uncovered");
    example.check(answer.number("/margin"), "/margin_total");
}

void larger_leg(const Example& example) {
    const auto document = [&](const std::string& positions, const std::string& orders) {
        return fmt::format(
            R"({{"instruments": [{{"symbol": "EURUSD", "calc_mode": "forex", "contract_size": {},
                  "margin_currency": "EUR", "profit_currency": "USD"}}],
                 "quotes": {{"EURUSD": {{"bid": 1.1, "ask": 1.1001}}}},
                 "account": {{"currency": "USD", "balance": 10000, "leverage": {},
                              "margin_mode": "hedging", "hedged_margin_mode": "larger_leg",
                              "margin_conversion": "open_price"}},
                 "positions": [{}], "orders": [{}]}})",
            example.input("/contract_size"), example.input("/leverage"), positions, orders);
    };
    const Answer positions{document(positions_of(example), "")};
    example.check(positions.number("/margin"), "/long_positions");
    CHECK(positions.number("/symbols/0/long_lots") == 3.0);
    CHECK(positions.number("/symbols/0/short_lots") == 2.0);
    const Answer all{document(positions_of(example), orders_of(example))};
    example.check(all.number("/margin_parts/0/amount"), "/long_positions");
    example.check(all.number("/margin_parts/1/amount"), "/long_orders");
    example.check(all.number("/margin"), "/margin");
    const Answer orders{document("", orders_of(example))};
    example.check(orders.number("/margin"), "/short_orders");
}

void volume_tiers(const Example& example) {
    std::string tiers;
    double from = 0.0;
    for (const dom::element tier : example.inputs["tiers"].get_array()) {
        tiers += fmt::format(R"({}{{"from": {}, "rate": {}}})", tiers.empty() ? "" : ",", from,
                             tier["rate"].get_double().value());
        if (!tier["to_lots"].is_null()) from = tier["to_lots"].get_double();
    }
    const auto document = [&](const std::string& bands) {
        return fmt::format(
            R"({{"instruments": [{{"symbol": "USDCHF", "calc_mode": "forex", "contract_size": {},
                  "margin_currency": "USD", "profit_currency": "CHF", "tiers": [{}]}}],
                 "quotes": {{"USDCHF": {{"bid": 0.9, "ask": 0.9}}}},
                 "account": {{"currency": "USD", "balance": 100000, "leverage": {}}},
                 "positions": [{{"symbol": "USDCHF", "side": "{}", "lots": {}, "open_price": 0.9}}],
                 "orders": [{{"symbol": "USDCHF", "type": "{}", "lots": {}, "price": 0.89}}]}})",
            example.input("/contract_size"), bands, example.input("/leverage"),
            example.inputs.at_pointer("/position/side").get_string().value(),
            example.input("/position/lots"),
            example.inputs.at_pointer("/order/type").get_string().value(),
            example.input("/order/lots"));
    };
    example.check(Answer{document("")}.number("/margin"), "/margin_before_rule");
    example.check(Answer{document(tiers)}.number("/margin"), "/margin_after_rule");
}

void valued_at_mid(const Example& example) {
    const Answer answer{fmt::format(
        R"({{"instruments": [{{"symbol": "EURGBP", "calc_mode": "forex_no_leverage",
              "contract_size": 1, "margin_currency": "EUR", "profit_currency": "GBP",
              "margin_rate": {{"long": {}}}}}],
             "quotes": {{"EURGBP": {{"bid": {}, "ask": {}}}}},
             "account": {{"currency": "GBP", "balance": {}, "valuation_price": "mid",
                          "margin_conversion": "mid", "stop_out_level": 50}},
             "positions": [{{"symbol": "EURGBP", "side": "buy", "lots": {}, "open_price": {}}}]}})",
        example.input("/margin_rate"), example.input("/bid"), example.input("/ask"),
        example.input("/balance"), example.input("/units"), example.input("/trade_price"))};
    example.check(answer.number("/margin"), "/margin_used");
    example.check(answer.number("/pnl"), "/upl_mid");
    example.check(answer.number("/equity"), "/nav_mid");
    example.check(answer.number("/free_margin"), "/margin_available");
    example.check(answer.number("/closeout_percent"), "/margin_closeout_pct");
}

void profit_forex(const Example& example) {
    const Answer answer{fmt::format(
        R"({{"instruments": [{{"symbol": "EURUSD", "calc_mode": "forex", "contract_size": {},
              "margin_currency": "EUR", "profit_currency": "USD"}}],
             "currencies": {{"USD": {{"digits": {}}}}},
             "quotes": {{"EURUSD": {{"bid": {}, "ask": 1.2052}}}},
             "account": {{"currency": "USD", "balance": 10000, "leverage": 100}},
             "positions": [{{"symbol": "EURUSD", "side": "buy", "lots": {}, "open_price": {}}}]}})",
        example.input("/contract_size"), example.input("/digits"), example.input("/close"),
        example.input("/lots"), example.input("/open"))};
    example.check(answer.number("/pnl"), "/profit");
    example.check(answer.number("/positions/0/pnl"), "/profit");
}

/// A USDJPY position that makes `jpy`, in a USD account.
static std::string profit_in_yen(const Example& example, double jpy) {
    const double bid = example.input("/usdjpy_bid");
    return fmt::format(
        R"({{"instruments": [{{"symbol": "USDJPY", "calc_mode": "forex", "contract_size": 1000,
              "margin_currency": "USD", "profit_currency": "JPY"}}],
             "quotes": {{"USDJPY": {{"bid": {}, "ask": {}}}}},
             "account": {{"currency": "USD", "balance": 1000, "leverage": 100}},
             "positions": [{{"symbol": "USDJPY", "side": "buy", "lots": 1, "open_price": {}}}]}})",
        bid, example.input("/usdjpy_ask"), bid - jpy / 1000.0);
}

void conversion_side_of_profit_and_loss(const Example& example) {
    const Answer profit{profit_in_yen(example, example.input("/profit_jpy"))};
    example.check(profit.number("/pnl"), "/profit_usd");
    example.check(profit.number("/pnl_exact"), "/profit_usd_exact");
    const Answer loss{profit_in_yen(example, example.input("/loss_jpy"))};
    example.check(loss.number("/pnl"), "/loss_usd");
    example.check(loss.number("/pnl_exact"), "/loss_usd_exact");
}

/// Bands of so many lots each with a leverage of its own.
static void leverage_bands(const Example& example, std::string_view currency, double rate) {
    std::string tiers;
    double from = 0.0;
    for (const dom::element band : example.inputs["bands"].get_array()) {
        tiers += fmt::format(R"({}{{"from": {}, "leverage": {}}})", tiers.empty() ? "" : ",", from,
                             band["leverage"].get_double().value());
        from += band["lots"].get_double();
    }
    const Answer answer{fmt::format(
        R"({{"instruments": [{{"symbol": "EURUSD", "calc_mode": "forex", "contract_size": {},
              "margin_currency": "EUR", "profit_currency": "USD", "tiers": [{}]}}],
             "quotes": {{"EURUSD": {{"bid": {}, "ask": {}}}}},
             "account": {{"currency": "{}", "balance": 10000}},
             "positions": [{{"symbol": "EURUSD", "side": "buy", "lots": {}, "open_price": 1}}]}})",
        example.input("/contract_size"), tiers, rate, rate, currency, example.input("/lots"))};
    std::size_t index = 0;
    for (const dom::element part : example.expected["parts"].get_array()) {
        CHECK_THAT(answer.number(fmt::format("/margin_parts/{}/amount", index++)),
                   WithinAbs(part.get_double(), example.tolerance));
    }
    example.check(answer.number("/margin"), "/margin");
}

void single_band(const Example& example) {
    leverage_bands(example, example.inputs["account_currency"].get_string().value(),
                   example.input("/rate_or_price"));
}

void three_bands(const Example& example) {
    leverage_bands(example, example.inputs["account_currency"].get_string().value(), 1.1);
}

void rate_of_notional(const Example& example) {
    const double price = example.input("/price");
    const Answer answer{cfd_document(1.0, example.input("/qty"), price, price,
                                     example.input("/margin_init"), 10'000.0)};
    example.check(answer.number("/margin"), "/margin");
}

void float_dust(const Example& example) {
    std::string positions;
    for (const auto& [name, side] : {std::pair{"longs", "buy"}, {"shorts", "sell"}}) {
        for (const dom::element lots : example.inputs[name].get_array()) {
            positions += fmt::format(
                R"({}{{"symbol": "BTCUSD", "side": "{}", "lots": {}, "open_price": 50000}})",
                positions.empty() ? "" : ",", side, lots.get_string().value());
        }
    }
    const double price = example.input("/price");
    const Answer answer{fmt::format(
        R"({{"instruments": [{{"symbol": "BTCUSD", "calc_mode": "cfd", "contract_size": 1,
              "profit_currency": "USD"}}],
             "quotes": {{"BTCUSD": {{"bid": {}, "ask": {}}}}},
             "account": {{"currency": "USD", "balance": 1000, "margin_mode": "netting"}},
             "positions": [{}]}})",
        price, price, positions)};
    CHECK(answer.number("/margin") == 0.0);
    CHECK(answer.number("/pnl") == 0.0);
    CHECK(answer.is_null("/margin_level"));
    CHECK(answer.number("/symbols/0/long_lots") == answer.number("/symbols/0/short_lots"));
}

void side_by_composition(const Example& example) {
    // A CFD in EUR in a USD account: 1,000 EUR of margin a position, at what EURUSD?
    const auto document = [](std::string_view quotes, std::string_view positions) {
        return fmt::format(
            R"({{"instruments": [{{"symbol": "GER40", "calc_mode": "cfd_leverage",
                  "contract_size": 1, "profit_currency": "EUR"}}],
                 "quotes": {{"GER40": {{"bid": 20000, "ask": 20000}}{}}},
                 "account": {{"currency": "USD", "balance": 10000, "leverage": 20,
                              "exposure_conversion": "by_composition"}},
                 "positions": [{}]}})",
            quotes, positions);
    };
    const std::string_view rate = R"(, "EURUSD": {"bid": 1.1, "ask": 1.2})";
    const std::string buy = R"({"symbol": "GER40", "side": "buy", "lots": 1, "open_price": 20000})";
    const std::string sell =
        R"({"symbol": "GER40", "side": "sell", "lots": 1, "open_price": 20000})";
    const double sides[] = {1'100.0, 1'200.0, 1'150.0};
    constexpr std::string_view names[] = {"bid", "ask", "mid"};
    const std::string held[] = {buy, sell, buy + "," + sell};
    for (std::size_t i = 0; i < 3; ++i) {
        CHECK(example.expected.at_pointer(fmt::format("/rate_side/{}", i)).get_string().value() ==
              names[i]);
        CHECK_THAT(Answer(document(rate, held[i])).number("/margin"), WithinAbs(sides[i], 0.005));
    }
    CHECK(example.inputs.at_pointer("/composition/3").get_string().value() == "rate missing");
    const Answer answer{document("", buy)};
    CHECK(answer.text("/verdict") == "unknown");
    CHECK(answer.text("/causes/0") == "no_rate");
    CHECK(answer.is_null("/equity"));
    CHECK(answer.is_null("/margin"));
    CHECK(answer.text("/state") == "ok");
}

}  // namespace margind::test
