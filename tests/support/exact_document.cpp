// An exact account as a document that a program and a person can read.
#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include "support/exact_desk.hpp"

namespace margind::test::exact {
namespace {

/// Members of a JSON object, of names and values that need no escapes.
class Members {
public:
    void number(std::string_view name, const std::optional<Decimal>& value) {
        if (value) raw(name, value->text());
    }
    void text(std::string_view name, std::string_view value) {
        if (!value.empty()) raw(name, fmt::format("\"{}\"", value));
    }
    void raw(std::string_view name, std::string_view value) {
        out_ += fmt::format("{}\"{}\": {}", out_.empty() ? "" : ", ", name, value);
    }
    [[nodiscard]] bool is_empty() const { return out_.empty(); }
    [[nodiscard]] std::string object() const { return "{" + out_ + "}"; }

private:
    std::string out_;
};

template <class Option, std::size_t count>
std::string_view name_of(const std::pair<std::string_view, Option> (&names)[count], Option option) {
    for (const auto& [name, value] : names) {
        if (value == option) return name;
    }
    return "?";
}

std::string rates_text(const ExactInstrument& instrument) {
    Members out;
    constexpr std::string_view names[2][5] = {
        {"long", "maintenance_long", "buy_limit", "buy_stop", "buy_stop_limit"},
        {"short", "maintenance_short", "sell_limit", "sell_stop", "sell_stop_limit"}};
    for (const std::size_t side : {0u, 1u}) {
        const ExactRates& rates = instrument.rates[side];
        out.number(names[side][0], rates.position);
        out.number(names[side][1], rates.maintenance);
        out.number(names[side][2], rates.limit);
        out.number(names[side][3], rates.stop);
        out.number(names[side][4], rates.stop_limit);
    }
    return out.is_empty() ? "" : out.object();
}

std::string tiers_text(const ExactInstrument& instrument) {
    std::string out;
    for (const ExactTier& tier : instrument.tiers) {
        Members band;
        band.number("from", tier.from);
        band.number("rate", tier.rate);
        band.number("leverage", tier.leverage);
        band.number("deduction", tier.deduction);
        out += (out.empty() ? "" : ", ") + band.object();
    }
    return "[" + out + "]";
}

std::string scope_text(const ExactMarket& market, const ExactInstrument& instrument) {
    std::string out;
    for (const std::size_t other : instrument.tier_scope) {
        out += fmt::format("{}\"{}\"", out.empty() ? "" : ", ", market.symbol(other));
    }
    return "[" + out + "]";
}

std::string instrument_text(const ExactMarket& market, const ExactInstrument& instrument) {
    Members out;
    const ExactQuote& quote = market.quotes[instrument.quote];
    out.text("symbol", quote.symbol);
    out.text("calc_mode", to_string(instrument.mode));
    out.number("contract_size", instrument.contract_size);
    out.text("base_currency", instrument.base_currency);
    out.text("profit_currency", instrument.profit_currency);
    out.text("margin_currency", instrument.margin_currency);
    out.number("tick_size", instrument.tick_size);
    out.number("tick_value", instrument.tick_value);
    out.number("initial_margin", instrument.initial_margin);
    out.number("maintenance_margin", instrument.maintenance_margin);
    out.number("maintenance_fraction", instrument.maintenance_fraction);
    if (instrument.is_maintenance_at_entry) out.text("maintenance_basis", "entry");
    out.number("hedged_margin", instrument.hedged_margin);
    out.number("factor", instrument.factor);
    out.number("leverage", instrument.leverage);
    if (const std::string rates = rates_text(instrument); !rates.empty()) {
        out.raw("margin_rate", rates);
    }
    if (!instrument.tiers.empty()) {
        out.raw("tiers", tiers_text(instrument));
        out.text("tier_basis", instrument.tier_basis == TierBasis::lots ? "lots" : "notional");
        out.text("tier_currency", instrument.tier_currency);
        out.number("tier_hedged_weight", instrument.tier_hedged_weight);
        if (!instrument.tier_scope.empty()) out.raw("tier_scope", scope_text(market, instrument));
    }
    if (quote.bid.digits <= 0) out.raw("allow_negative", "true");
    return out.object();
}

std::string quote_text(const ExactQuote& quote) {
    Members out;
    out.number("bid", quote.bid);
    out.number("ask", quote.ask);
    out.number("mid", quote.mid);
    out.number("mark", quote.mark);
    out.number("last", quote.last);
    return out.object();
}

std::string account_text(const ExactAccount& account) {
    const RuleSet& rules = account.rules;
    Members out;
    out.text("currency", account.currency);
    out.number("balance", account.balance);
    out.number("credit", account.credit);
    out.number("leverage", account.leverage);
    out.text("margin_mode", account.margin_mode == MarginMode::netting ? "netting" : "hedging");
    if (!rules.credit_in_equity) out.raw("credit_in_equity", "false");
    if (!rules.orders_reserve_margin) out.raw("orders_reserve_margin", "false");
    out.text("hedged_margin_mode", name_of(hedged_margin_names, rules.hedged_margin));
    out.text("valuation_price", name_of(valuation_price_names, rules.valuation_price));
    if (rules.pnl_rounding != PnlRounding::by_mode) {
        out.text("pnl_rounding", name_of(pnl_rounding_names, rules.pnl_rounding));
    }
    out.text("pnl_conversion", name_of(pnl_conversion_names, rules.pnl_conversion));
    const bool is_composed = rules.margin_conversion == MarginConversion::by_composition;
    out.text(is_composed ? "exposure_conversion" : "margin_conversion",
             name_of(margin_conversion_names, rules.margin_conversion));
    return out.object();
}

std::string order_text(const ExactMarket& market, const ExactOrder& order, std::size_t number) {
    Members out;
    const std::string_view side = order.is_short ? "sell" : "buy";
    out.text("id", std::to_string(number));
    out.text("symbol", market.symbol(order.instrument));
    out.number("lots", Decimal{order.volume.raw(), 8});
    switch (order.kind) {
        case OrderKind::position:
            out.text("side", side);
            out.number("open_price", order.price);
            out.number("pnl", order.given_pnl);
            out.number("swap", order.swap);
            out.number("commission", order.commission);
            return out.object();
        case OrderKind::limit: out.text("type", fmt::format("{}_limit", side)); break;
        case OrderKind::stop: out.text("type", fmt::format("{}_stop", side)); break;
        case OrderKind::stop_limit: out.text("type", fmt::format("{}_stop_limit", side)); break;
    }
    out.number("price", order.price);
    return out.object();
}

void append(std::string& list, const std::string& item) {
    list += (list.empty() ? "" : ",\n  ") + item;
}

}  // namespace

std::string evaluate_document(const ExactMarket& market, const ExactAccount& account) {
    std::string instruments;
    std::vector<std::size_t> held_quotes;
    for (std::size_t i = 0; i < market.instruments.size(); ++i) {
        const bool is_held = std::ranges::any_of(
            account.orders, [&](const ExactOrder& order) { return order.instrument == i; });
        if (!is_held) continue;
        append(instruments, instrument_text(market, market.instruments[i]));
        held_quotes.push_back(market.instruments[i].quote);
    }
    Members currencies;
    for (const ExactCurrency& one : market.currencies) {
        currencies.raw(one.code, fmt::format("{{\"digits\": {}}}", one.digits));
    }
    std::string quotes;
    for (std::size_t i = 0; i < market.quotes.size(); ++i) {
        const ExactQuote& quote = market.quotes[i];
        // Below zero an instrument must allow it.
        const bool is_held = std::ranges::find(held_quotes, i) != held_quotes.end();
        if (quote.bid.digits <= 0 && !is_held) continue;
        append(quotes, fmt::format("\"{}\": {}", quote.symbol, quote_text(quote)));
    }
    std::string positions;
    std::string orders;
    for (std::size_t i = 0; i < account.orders.size(); ++i) {
        const ExactOrder& order = account.orders[i];
        append(order.is_position() ? positions : orders, order_text(market, order, i));
    }
    std::string suffixes;
    for (const std::string& suffix : market.suffixes) {
        suffixes += fmt::format("{}\"{}\"", suffixes.empty() ? "" : ", ", suffix);
    }
    return fmt::format(
        "{{\"instruments\": [{}],\n\"currencies\": {},\n\"suffixes\": [{}],\n"
        "\"quotes\": {{{}}},\n\"account\": {},\n\"positions\": [{}],\n\"orders\": [{}]}}\n",
        instruments, currencies.object(), suffixes, quotes, account_text(account), positions,
        orders);
}

}  // namespace margind::test::exact
