// Published examples of maintenance margins, stop-outs and liquidation prices.
#include "golden/worked_examples.hpp"

namespace margind::test {

using Catch::Matchers::WithinAbs;
namespace dom = simdjson::dom;

void continuous_tiers(const Example& example) {
    std::string tiers;
    for (const dom::element tier : example.inputs["tiers"].get_array()) {
        tiers += fmt::format(R"({}{{"from": {}, "leverage": {}}})", tiers.empty() ? "" : ",",
                             tier["from_notional"].get_double().value(),
                             tier["max_leverage"].get_double().value());
    }
    std::size_t index = 0;
    for (const dom::element notional : example.inputs["notionals"].get_array()) {
        const Answer answer{fmt::format(
            R"({{"instruments": [{{"symbol": "BTCUSD", "calc_mode": "perpetual_linear",
                  "contract_size": 1, "profit_currency": "USD", "tier_basis": "notional",
                  "tiers": [{}]}}],
                 "quotes": {{"BTCUSD": {{"bid": 100000, "ask": 100000}}}},
                 "account": {{"currency": "USD", "balance": 50000000, "leverage": 20}},
                 "positions": [{{"symbol": "BTCUSD", "side": "buy", "lots": {},
                                 "open_price": 100000}}]}})",
            tiers, notional.get_double().value() / 100'000.0)};
        example.check(answer.number("/margin_maintenance"),
                      fmt::format("/maintenance/{}", index++));
    }
}

void initial_and_half_of_it(const Example& example) {
    std::size_t index = 0;
    for (const dom::element test : example.inputs["cases"].get_array()) {
        const double notional = test["notional"].get_double();
        const double rate = test["initial_rate"].get_double();
        const double maintenance =
            example.expected.at_pointer(fmt::format("/maintenance/{}", index)).get_double();
        // The close-out at half of the initial margin is the stop-out level of 50 %.
        const Answer at{cfd_document(1.0, 1.0, notional, notional, rate, maintenance)};
        example.check(at.number("/margin"), fmt::format("/initial/{}", index));
        CHECK(at.text("/state") == "stop_out");
        const Answer above{cfd_document(1.0, 1.0, notional, notional, rate, maintenance + 0.01)};
        CHECK(above.text("/state") == "margin_call");
        ++index;
    }
}

void liquidatable_below_maintenance(const Example& example) {
    const double price = example.input("/btc_price");
    const auto document = [&](double collateral, std::string_view positions) {
        return fmt::format(
            R"({{"instruments": [{{"symbol": "BTCUSD", "calc_mode": "cfd", "contract_size": 1,
                  "profit_currency": "USD", "margin_rate": {{"long": {}}},
                  "allow_negative": true}}],
                 "quotes": {{"BTCUSD": {{"bid": {}, "ask": {}}}}},
                 "account": {{"currency": "USD", "balance": {}, "margin_call_level": 100,
                              "stop_out_level": 100, "level_compare": "lt"}},
                 "positions": [{}]}})",
            example.input("/mmf"), price, price, collateral, positions);
    };
    // The position's whole value counts as collateral there: here it is the profit from nothing.
    const std::string position =
        fmt::format(R"({{"symbol": "BTCUSD", "side": "buy", "lots": {}, "open_price": 0}})",
                    example.input("/btc_position"));
    std::size_t index = 0;
    for (const dom::element usdc : example.inputs["usdc_cases"].get_array()) {
        const Answer answer{document(usdc.get_double(), position)};
        example.check(answer.number("/equity"), fmt::format("/net_collateral/{}", index));
        example.check(answer.number("/margin"), "/mmr");
        const bool is_liquidatable =
            example.expected.at_pointer(fmt::format("/liquidatable/{}", index)).get_bool();
        CHECK((answer.text("/state") == "stop_out") == is_liquidatable);
        ++index;
    }
    for (const dom::element usdc : example.inputs["no_position_usdc"].get_array()) {
        const Answer answer{document(usdc.get_double(), "")};
        CHECK(answer.text("/state") == "ok");
        CHECK(answer.is_null("/margin_level"));
    }
}

static std::string perpetual(std::string_view symbol, std::string_view side, double size,
                             double entry) {
    return fmt::format(R"({{"symbol": "{}", "side": "{}", "lots": {}, "open_price": {}}})", symbol,
                       side == "short" ? "sell" : "buy", size, entry);
}

/// The same with margin of its own.
static std::string isolated(std::string position, double margin) {
    position.pop_back();
    return position +
           fmt::format(R"(, "margin_mode": "isolated", "isolated_margin": {}}})", margin);
}

static std::string perpetual_spec(std::string_view symbol, double rate, double deduction,
                                  std::string_view basis = "mark") {
    return fmt::format(
        R"({{"symbol": "{}", "calc_mode": "perpetual_linear", "contract_size": 1,
            "profit_currency": "USDT", "tier_basis": "notional", "maintenance_basis": "{}",
            "tiers": [{{"from": 0, "rate": {}, "deduction": {}}}]}})",
        symbol, basis, rate, deduction);
}

static std::string perpetual_document(const std::string& specs, const std::string& quotes,
                                      double wallet, const std::string& positions) {
    return fmt::format(
        R"({{"instruments": [{}], "currencies": {{"USDT": {{"digits": 8}}}}, "quotes": {{{}}},
             "account": {{"currency": "USDT", "balance": {}, "leverage": 10,
                          "margin_call_level": 100, "stop_out_level": 100,
                          "valuation_price": "mark"}},
             "positions": [{}]}})",
        specs, quotes, wallet, positions);
}

static std::string mark_of(std::string_view symbol, double mark) {
    return fmt::format(R"("{}": {{"bid": {}, "ask": {}, "mark": {}}})", symbol, mark, mark, mark);
}

void one_linear_perpetual(const Example& example) {
    const double entry = example.input("/entry");
    const auto size = example.inputs.at_pointer("/position");
    const double lots = size.error() ? example.input("/amount") : size.get_double().value();
    const double wallet = example.input("/wallet_balance");
    const std::string spec =
        perpetual_spec("ETHUSDT", example.input("/mmr"), example.input("/maintenance_amount"));
    const std::string position =
        perpetual("ETHUSDT", example.inputs["side"].get_string().value(), lots, entry);
    const Answer answer{perpetual_document(spec, mark_of("ETHUSDT", entry), wallet, position)};
    example.check(answer.number("/liquidation_price/ETHUSDT"), "/liquidation_price");
    CHECK(answer.number("/positions/0/liquidation_price") ==
          answer.number("/liquidation_price/ETHUSDT"));
    const Answer apart{perpetual_document(spec, mark_of("ETHUSDT", entry), wallet + 1'000.0,
                                          isolated(position, wallet))};
    example.check(apart.number("/positions/0/liquidation_price"), "/liquidation_price");
}

void cross_perpetuals(const Example& example) {
    const auto target = [&](const char* name) {
        return example.input(std::string{"/target/"} + name);
    };
    const auto other = [&](const char* name) {
        return example.input(std::string{"/others/0/"} + name);
    };
    const Answer answer{perpetual_document(
        perpetual_spec("ETHUSDT", target("mmr"), target("maintenance_amount")) + "," +
            perpetual_spec("BTCUSDT", other("mmr"), other("maintenance_amount")),
        mark_of("ETHUSDT", target("entry")) + "," + mark_of("BTCUSDT", other("mark")),
        example.input("/wallet_balance"),
        perpetual("ETHUSDT", "long", target("position"), target("entry")) + "," +
            perpetual("BTCUSDT", "long", other("position"), other("entry")))};
    example.check(answer.number("/positions/1/pnl"), "/upnl_others");
    example.check(answer.number("/symbols/0/margin"), "/tmm_others");
    example.check(answer.number("/liquidation_price/ETHUSDT"), "/liquidation_price");
}

void isolated_at_entry(const Example& example) {
    const double entry = example.input("/entry");
    const double margin = entry / example.input("/leverage");
    const Answer answer{perpetual_document(
        perpetual_spec("BTCUSDT", example.input("/mmr"), 0.0, "entry"), mark_of("BTCUSDT", entry),
        margin + 5.0, isolated(perpetual("BTCUSDT", "long", 1.0, entry), margin))};
    example.check(answer.number("/positions/0/liquidation_price"), "/liquidation_price");
}

void inverse_cross(const Example& example) {
    const double entry = example.input("/entry");
    const Answer answer{fmt::format(
        R"({{"instruments": [{{"symbol": "BTCUSD", "calc_mode": "perpetual_inverse",
              "contract_size": 1, "profit_currency": "BTC", "maintenance_margin": {},
              "maintenance_basis": "entry", "taker_fee": {}, "tick_size": {}}}],
             "currencies": {{"BTC": {{"digits": 8}}}},
             "quotes": {{"BTCUSD": {{"bid": {}, "ask": {}, "mark": {}}}}},
             "account": {{"currency": "BTC", "balance": {}, "leverage": 100,
                          "margin_call_level": 100, "stop_out_level": 100,
                          "valuation_price": "mark"}},
             "positions": [{{"symbol": "BTCUSD", "side": "buy", "lots": {}, "open_price": {}}}]}})",
        example.input("/mmr"), example.input("/taker_fee"), example.input("/tick"), entry, entry,
        entry, example.input("/wallet_btc"), example.input("/qty_usd"), entry)};
    example.check(answer.number("/bankruptcy_price/BTCUSD"), "/bankruptcy_price");
    example.check(answer.number("/liquidation_price/BTCUSD"), "/liquidation_price_exact");
    example.check(answer.number("/liquidation_price_tick/BTCUSD"), "/liquidation_price_displayed");
}

void smart_stop_out(const Example& example) {
    const double units = example.input("/positions/0/units") + example.input("/positions/1/units");
    // The price at which a pip of all units is worth what the example says.
    const double price = units * 0.01 / example.input("/pip_value_total");
    const double open = price + example.input("/loss_pips") / 100.0;
    const Answer answer{fmt::format(
        R"({{"instruments": [{{"symbol": "USDJPY", "calc_mode": "forex", "contract_size": 100000,
              "margin_currency": "USD", "profit_currency": "JPY"}}],
             "quotes": {{"USDJPY": {{"bid": {}, "ask": {}}}}},
             "account": {{"currency": "USD", "balance": {}, "leverage": {},
                          "stop_out_level": {}, "close_policy": "smart",
                          "pnl_rounding": "total"}},
             "positions": [{{"symbol": "USDJPY", "side": "buy", "lots": {}, "open_price": {}}},
                           {{"symbol": "USDJPY", "side": "buy", "lots": {}, "open_price": {}}}]}})",
        price, price, example.input("/balance"), example.input("/leverage"),
        example.input("/stop_out_pct"), example.input("/positions/0/units") / 100'000.0, open,
        example.input("/positions/1/units") / 100'000.0, open)};
    example.check(answer.number("/margin"), "/margin_before");
    example.check(answer.number("/pnl"), "/unrealised");
    example.check(answer.number("/equity"), "/equity");
    CHECK(answer.text("/stop_out_plan/0/close") == "1");
    CHECK_THAT(answer.number("/stop_out_plan/0/lots") * 100'000.0,
               WithinAbs(example.input("/closed_units"), 1e-6));
    example.check(answer.number("/stop_out_plan/0/margin_after"), "/margin_after");
    example.check(answer.number("/stop_out_plan/0/equity_after"), "/equity_after");
    example.check(answer.number("/stop_out_plan/0/balance_after"), "/balance_after");
    example.check(answer.number("/stop_out_plan/0/level_after"), "/level_after_pct");
}

/// 100 units of which 10 % must be kept, with the shortage taken from the balance: what the
/// smallest sufficient close comes to.
void partial_size_with_fees(const Example& example) {
    const double price = example.input("/price");
    const double ratio = example.input("/margin_ratio");
    constexpr double size = 100.0;
    std::size_t index = 0;
    for (const dom::element fees : example.inputs["cases"].get_array()) {
        const double quote_price = fees["quote_price"].get_double();
        const double margin = size * price * quote_price * ratio;
        const Answer answer{fmt::format(
            R"({{"instruments": [{{"symbol": "SOLUSDC", "calc_mode": "perpetual_linear",
                     "contract_size": 0.1, "profit_currency": "USDC", "maintenance_margin": {},
                     "volume_step": 0.00000001, "liquidation_fee": {}, "insurance_fee": {}}}],
                 "currencies": {{"USD": {{"digits": 8}}, "USDC": {{"digits": 8}}}},
                 "quotes": {{"SOLUSDC": {{"bid": {}, "ask": {}}},
                             "USDCUSD": {{"bid": {}, "ask": {}}}}},
                 "account": {{"balance": {}, "leverage": 10, "stop_out_level": 100,
                              "level_compare": "lt", "close_policy": "smart"}},
                 "positions": [{{"id": "1", "symbol": "SOLUSDC", "side": "buy", "lots": {},
                                 "open_price": {}}}]}})",
            ratio, fees["liq_fee"].get_double().value(), fees["if_fee"].get_double().value(), price,
            price, quote_price, quote_price, margin - example.input("/shortage"), size * 10.0,
            price)};
        example.check(answer.number("/stop_out_plan/0/lots") * 0.1,
                      fmt::format("/base/{}", index++));
    }
}

}  // namespace margind::test
