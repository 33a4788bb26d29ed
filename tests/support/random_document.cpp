#include "support/random_document.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>
#include <vector>

namespace margind::test {
namespace {

/// A symbol that documents are made of.
struct Symbol {
    const char* name;
    double price;
    int digits;
    double contract_size;
    const char* profit;
};

constexpr Symbol symbols[] = {
    {"EURUSD", 1.1, 5, 100'000, "USD"},   {"USDJPY", 150.0, 3, 100'000, "JPY"},
    {"GBPJPY", 190.0, 3, 100'000, "JPY"}, {"USDCHF", 0.9, 5, 100'000, "CHF"},
    {"XAUUSD", 2'400.0, 2, 100, "USD"},   {"DE40", 18'000.0, 1, 1, "EUR"},
    {"BTCUSD", 60'000.0, 1, 1, "USD"},    {"OIL", 70.0, 3, 1'000, "USD"},
};

class Maker {
public:
    explicit Maker(Random& random) : random_{random} {}

    std::string make() {
        const std::string currency = random_.pick({"USD", "USD", "EUR", "JPY", "KWD"});
        std::vector<std::string> instruments;
        std::vector<std::string> quotes;
        for (const Symbol& symbol : symbols) {
            instruments.push_back(instrument(symbol));
            if (!random_.chance(0.01)) quotes.push_back(quote(symbol.name, symbol));
        }
        quotes.push_back(quote("USDKWD", {"USDKWD", 0.307, 5, 0, ""}));
        const std::string account_text = account(currency);
        std::vector<std::string> positions;
        std::vector<std::string> orders;
        for (std::uint64_t i = random_.below(6); i > 0; --i) positions.push_back(position(i));
        for (std::uint64_t i = random_.below(3); i > 0; --i) orders.push_back(order(i));
        return fmt::format(
            R"({{"instruments": [{}], "quotes": {{{}}}, "account": {{{}}}, "positions": [{}],)"
            R"( "orders": [{}]}})",
            fmt::join(instruments, ", "), fmt::join(quotes, ", "), account_text,
            fmt::join(positions, ", "), fmt::join(orders, ", "));
    }

private:
    [[nodiscard]] std::string decimal(double value, int digits) {
        return fmt::format("{:.{}f}", value, digits);
    }
    [[nodiscard]] std::string maybe(double probability, const std::string& field) {
        return random_.chance(probability) ? field : "";
    }

    std::string instrument(const Symbol& symbol) {
        const std::string mode = random_.pick(
            {"forex", "forex", "forex", "forex_no_leverage", "cfd", "cfd_leverage", "cfd_index",
             "futures", "crypto", "fixed", "perpetual_linear", "perpetual_inverse"});
        const bool is_perpetual = mode.starts_with("perpetual");
        const bool is_per_lot = mode == "futures" || mode == "fixed";
        std::string text = fmt::format(
            R"("symbol": "{}", "calc_mode": "{}", "contract_size": {}, "profit_currency": "{}")",
            symbol.name, mode, symbol.contract_size, symbol.profit);
        if (mode.starts_with("forex")) {
            text += fmt::format(R"(, "base_currency": "{}")", random_.pick({"EUR", "USD", "GBP"}));
        }
        if (mode == "cfd_index" || (mode == "futures" && random_.chance(0.5))) {
            text += R"(, "tick_size": 0.25, "tick_value": 12.5)";
        } else {
            text += maybe(0.3, fmt::format(R"(, "tick_size": 1e-{})", symbol.digits));
        }
        if (is_per_lot) text += R"(, "initial_margin": 1234.5)";
        if (is_per_lot) text += maybe(0.5, R"(, "maintenance_margin": 800)");
        if (is_perpetual) text += maybe(0.3, R"(, "maintenance_basis": "entry")");
        if (is_perpetual) text += maybe(0.3, R"(, "taker_fee": 0.00075)");
        if (mode == "crypto") text += maybe(0.5, R"(, "factor": 2.5)");
        text += maybe(0.1, R"(, "margin_currency": "GBP")");
        if (!is_perpetual) text += maybe(0.3, R"(, "hedged_margin": 50000)");
        text += maybe(0.2, R"(, "volume_max": 1)");
        text += maybe(0.2, R"(, "liquidation_fee": 0.001, "insurance_fee": 0.0005)");
        text += maybe(0.1, R"(, "session": "closed")");
        text += maybe(0.3, R"(, "margin_rate": {"long": 1.15, "short": 1.25, "sell_limit": 0.5,)"
                           R"( "buy_stop": 0.25, "maintenance_long": 0.6})");
        if (random_.chance(0.3)) {
            text += tiers(is_perpetual, symbol);
        } else if (is_perpetual) {
            text += R"(, "maintenance_margin": 0.0125)";
        }
        return "{" + text + "}";
    }

    std::string tiers(bool is_perpetual, const Symbol& symbol) {
        const bool has_leverages = random_.chance(0.4);
        const bool is_by_notional = is_perpetual || random_.chance(0.5);
        const double step = is_by_notional ? 150'000.0 : 0.7;
        std::vector<std::string> bands;
        for (int i = 0; i < 3; ++i) {
            const double share = is_perpetual ? 0.01 * (i + 1) : 0.5 + i;
            bands.push_back(fmt::format(R"({{"from": {}, "{}": {}}})", step * i,
                                        has_leverages ? "leverage" : "rate",
                                        has_leverages ? 300.0 / (i + 1) : share));
        }
        std::string text =
            fmt::format(R"(, "tiers": [{}], "tier_basis": "{}")", fmt::join(bands, ", "),
                        is_by_notional ? "notional" : "lots");
        if (is_perpetual) return text;
        if (is_by_notional) text += maybe(0.5, R"(, "tier_currency": "USD")");
        text += maybe(0.3, R"(, "tier_hedged_weight": 0.5)");
        const std::string_view partner = symbol.name == symbols[0].name ? "USDJPY" : "EURUSD";
        return text +
               maybe(0.3, fmt::format(R"(, "tier_scope": ["{}", "{}"])", symbol.name, partner));
    }

    std::string quote(const char* name, const Symbol& symbol) {
        const double unit = std::pow(10.0, -symbol.digits);
        const double bid = std::round(symbol.price * random_.real(0.99, 1.01) / unit) * unit;
        const double ask = std::ceil(bid * (1.0 + random_.real(1e-5, 1e-3)) / unit) * unit;
        std::string text = fmt::format(R"("bid": {}, "ask": {})", decimal(bid, symbol.digits),
                                       decimal(ask, symbol.digits));
        text += maybe(0.5, fmt::format(R"(, "mark": {}, "last": {}, "mid": {})",
                                       decimal(bid, symbol.digits), decimal(ask, symbol.digits),
                                       decimal((bid + ask) / 2.0, symbol.digits + 1)));
        return fmt::format(R"("{}": {{{}}})", name, text);
    }

    std::string account(const std::string& currency) {
        const double unit = currency == "JPY" ? 150.0 : 1.0;
        std::string text =
            fmt::format(R"("currency": "{}", "balance": {}, "leverage": {})", currency,
                        decimal(unit * std::pow(10.0, random_.real(1.0, 5.0)), 3),
                        random_.pick({30, 100, 333, 500}));
        const auto add = [&](const char* name, std::string_view value) {
            text += fmt::format(R"(, "{}": "{}")", name, value);
        };
        const auto pick = [&](std::initializer_list<std::string_view> values) {
            return values.begin()[random_.below(values.size())];
        };
        text += maybe(0.3, R"(, "credit": 100.005)");
        if (random_.chance(0.4)) add("margin_mode", "netting");
        if (random_.chance(0.4)) add("hedged_margin_mode", "basic");
        if (random_.chance(0.4)) add("valuation_price", pick({"mid", "mark", "last"}));
        if (random_.chance(0.5)) add("pnl_rounding", pick({"per_leg", "per_position", "total"}));
        if (random_.chance(0.4)) add("pnl_conversion", pick({"by_deal", "mid", "ask"}));
        if (random_.chance(0.1)) {
            add("exposure_conversion", "by_composition");
        } else if (random_.chance(0.4)) {
            add("margin_conversion", pick({"open_price", "mid", "ask"}));
        }
        add("close_policy",
            pick({"largest_loss", "largest_margin", "fair", "smart", "fifo", "hedge_preserving"}));
        if (random_.chance(0.3)) add("level_compare", "lt");
        if (random_.chance(0.2)) add("level_unit", "money");
        text += maybe(0.3, R"(, "credit_in_equity": false)");
        text += maybe(0.3, R"(, "fully_hedged_stop_out": true)");
        text += maybe(0.3, R"(, "two_stage_ratio": 0.6667)");
        return text;
    }

    std::string size(const Symbol& symbol) {
        return fmt::format(R"("symbol": "{}", "lots": {})", symbol.name,
                           decimal(random_.real(0.01, 2.0), random_.chance(0.9) ? 2 : 8));
    }
    std::string price(const Symbol& symbol) {
        return decimal(symbol.price * random_.real(0.98, 1.02), symbol.digits);
    }
    /// Often the same few, so that they hedge, net and join.
    const Symbol& any_symbol() {
        return symbols[random_.chance(0.6) ? random_.below(2) : random_.below(std::size(symbols))];
    }

    std::string position(std::uint64_t id) {
        const Symbol& symbol = any_symbol();
        std::string text = fmt::format(
            R"("id": "{}", {}, "side": "{}", "open_price": {}, "open_time": {})", id, size(symbol),
            random_.chance(0.5) ? "buy" : "sell", price(symbol), random_.below(1'000));
        text += maybe(0.3, R"(, "swap": -2.505, "commission": 7)");
        text += maybe(0.05, R"(, "pnl": -12.34)");
        return "{" + text + "}";
    }
    std::string order(std::uint64_t id) {
        const Symbol& symbol = any_symbol();
        const char* type = random_.pick({"buy_limit", "sell_limit", "buy_stop", "sell_stop",
                                         "buy_stop_limit", "sell_stop_limit"});
        return fmt::format(R"({{"id": "o{}", {}, "type": "{}", "price": {}}})", id, size(symbol),
                           type, price(symbol));
    }

    Random& random_;
};

}  // namespace

std::string random_document(Random& random) { return Maker{random}.make(); }

}  // namespace margind::test
