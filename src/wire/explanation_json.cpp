#include "wire/explanation_json.hpp"

#include <cmath>

#include "margind/core/valuation/valuation.hpp"
#include "wire/prop_json.hpp"

namespace margind::wire {
namespace {

void write_money(JsonWriter& json, std::string_view name, std::optional<Money> money,
                 Digits digits) {
    json.key(name);
    if (money) {
        json.value(*money, digits);
    } else {
        json.null();
    }
}

double in_unit(Level level) { return static_cast<double>(level.value) / 100.0; }

void write_prices(JsonWriter& json, std::span<const PriceUsed> prices) {
    json.begin_array();
    for (const PriceUsed& price : prices) {
        json.begin_object();
        json.field("symbol", price.symbol).field("bid", price.bid).field("ask", price.ask);
        json.key("ts_ms");
        price.ts_ms > 0 ? json.value(price.ts_ms) : json.null();
        json.key("age_ms");
        price.age_ms >= 0 ? json.value(price.age_ms) : json.null();
        json.key("causes");
        write_causes(json, price.causes);
        json.end_object();
    }
    json.end_array();
}

void write_rates(JsonWriter& json, std::span<const RateUsed> rates) {
    json.begin_array();
    for (const RateUsed& rate : rates) {
        json.begin_object().field("from", rate.from).field("to", rate.to);
        json.key("path");
        rate.path.empty() ? json.null() : json.value(rate.path);
        json.field("bid", rate.bid).field("ask", rate.ask).end_object();
    }
    json.end_array();
}

/// What is held back from a level, where there is anything.
void write_closing_fee(JsonWriter& json, std::string_view name, Money fee, Digits digits) {
    if (fee != Money{}) json.field(name, fee, digits);
}

void write_isolated(JsonWriter& json, const IsolatedExplained& isolated, Digits digits) {
    const auto if_known = [&](Money money) {
        return isolated.is_known ? std::optional{money} : std::nullopt;
    };
    json.key("isolated").begin_object();
    write_money(json, "isolated_margin", isolated.put_in, digits);
    write_money(json, "equity", if_known(isolated.equity), digits);
    write_money(json, "margin", if_known(isolated.margin), digits);
    if (isolated.is_known) write_closing_fee(json, "closing_fee", isolated.closing_fee, digits);
    json.field("is_at_stop_out", isolated.is_at_stop_out).end_object();
}

void write_positions(JsonWriter& json, const Explanation& all) {
    json.begin_array();
    for (const PositionExplained& position : all.positions) {
        json.begin_object();
        json.field("id", position.id).field("symbol", position.symbol);
        json.field("side", to_string(position.side)).field("lots", position.lots);
        json.field("open_price", position.open_price).field("close_price", position.close_price);
        const auto if_known = [](Money money, bool is_known) {
            return is_known ? std::optional{money} : std::nullopt;
        };
        write_money(json, "pnl", if_known(position.pnl, position.is_pnl_known), all.digits);
        write_money(json, "margin", if_known(position.margin, position.is_margin_known),
                    all.digits);
        if (position.isolated) write_isolated(json, *position.isolated, all.digits);
        json.end_object();
    }
    json.end_array();
}

void write_symbols(JsonWriter& json, const Explanation& all) {
    json.begin_array();
    for (const SymbolExplained& symbol : all.symbols) {
        const auto margin = known_margin(symbol);
        const auto if_known = [&](Money money) {
            return margin ? std::optional{money} : std::nullopt;
        };
        json.begin_object().field("symbol", symbol.symbol);
        json.field("long_lots", clean_lots(symbol.long_lots));
        json.field("short_lots", clean_lots(symbol.short_lots));
        write_money(json, "long_margin", if_known(symbol.long_margin), all.digits);
        write_money(json, "short_margin", if_known(symbol.short_margin), all.digits);
        write_money(json, "margin", margin, all.digits);
        json.end_object();
    }
    json.end_array();
}

}  // namespace

std::string_view to_string(Side side) {
    switch (side) {
        case Side::buy: return "buy";
        case Side::sell: return "sell";
        case Side::other: return "other";
    }
    return "other";
}

double clean_lots(double lots) {
    return std::round(lots * static_cast<double>(Volume::per_lot)) /
           static_cast<double>(Volume::per_lot);
}

std::optional<Money> known_margin(const SymbolExplained& symbol) {
    return symbol.is_margin_known ? std::optional{symbol.margin} : std::nullopt;
}

std::optional<Money> known_margin(const Explanation& explanation) {
    if (explanation.causes.none()) return explanation.margin;
    if (explanation.causes.has(Cause::image_missing) || !explanation.has_parts) return {};
    std::int64_t total = 0;
    for (const SymbolExplained& symbol : explanation.symbols) {
        const auto margin = known_margin(symbol);
        if (!margin || __builtin_add_overflow(total, margin->minor(), &total)) return {};
    }
    return Money::from_minor(total);
}

void write_causes(JsonWriter& json, Causes causes) {
    json.begin_array();
    for (const auto& [cause, name] : cause_names) {
        if (causes.has(cause)) json.value(name);
    }
    json.end_array();
}

void write_plan(JsonWriter& json, const Explanation& all) {
    const Digits digits = all.digits;
    json.key("stop_out_plan").begin_array();
    for (const CloseStep& step : all.plan) {
        json.begin_object().field("close", step.position).field("symbol", step.symbol);
        json.field("lots", step.lots);
        json.field("equity_after", step.equity_after, digits);
        json.field("margin_after", step.margin_after, digits);
        write_closing_fee(json, "closing_fee_after", step.closing_fee_after, digits);
        json.field("balance_after", step.balance_after, digits);
        json.key("level_after");
        step.has_level_after ? json.value(step.level_after) : json.null();
        json.end_object();
    }
    json.end_array();
    if (all.is_backstop) json.field("stop_out_stage", "backstop");
    if (!all.plan_skipped.empty()) {
        json.key("stop_out_skipped").begin_array();
        for (const SkippedStep& skipped : all.plan_skipped) {
            const bool is_halted = skipped.session == Session::halted;
            json.begin_object().field("position", skipped.position);
            json.field("symbol", skipped.symbol);
            json.field("reason", is_halted ? "halted" : "closed").end_object();
        }
        json.end_array();
    }
    if (all.deficit) json.field("deficit", *all.deficit, digits);
}

bool is_balance_known(Causes causes) {
    return !causes.has(Cause::no_balance) && !causes.has(Cause::image_missing) &&
           !causes.has(Cause::overflow);
}

void write_explained_account(JsonWriter& json, const Explanation& explanation) {
    json.field("account", explanation.account.text());
    json.field("currency", explanation.currency);
    json.field("verdict", margind::to_string(explanation.verdict));
    json.key("causes");
    write_causes(json, explanation.causes);
    json.field("state", margind::to_string(explanation.state));
}

void write_explained_figures(JsonWriter& json, const Explanation& all) {
    const bool is_known = all.causes.none() && all.verdict != Verdict::unknown;
    const auto if_known = [&](Money money) {
        return is_known ? std::optional{money} : std::nullopt;
    };
    const auto margin = known_margin(all);
    const bool has_cash = is_balance_known(all.causes);
    write_money(json, "balance", has_cash ? std::optional{all.balance} : std::nullopt, all.digits);
    write_money(json, "credit", has_cash ? std::optional{all.credit} : std::nullopt, all.digits);
    write_money(json, "cash", if_known(all.cash), all.digits);
    write_money(json, "pnl", if_known(all.pnl), all.digits);
    write_money(json, "equity", if_known(all.equity), all.digits);
    write_money(json, "margin", margin, all.digits);
    write_money(json, "free_margin", if_known(all.equity - all.margin), all.digits);
    if (is_known) {
        write_closing_fee(json, "closing_fee", all.closing_fee, all.digits);
    }
    json.key("margin_level");
    if (is_known && all.margin.minor() > 0) {
        json.value(level_percent(all.equity - all.closing_fee, all.margin));
    } else {
        json.null();
    }
    json.field("margin_call_level", in_unit(all.margin_call));
    json.field("stop_out_level", in_unit(all.stop_out));
    json.field("level_unit", all.level_unit == LevelUnit::money ? "money" : "percent");
}

void write_explained_grounds(JsonWriter& json, const Explanation& explanation) {
    json.key("prices");
    write_prices(json, explanation.prices);
    json.key("rates");
    write_rates(json, explanation.rates);
    json.key("positions");
    write_positions(json, explanation);
    json.key("symbols");
    write_symbols(json, explanation);
    write_plan(json, explanation);
    write_prop(json, explanation);
    json.key("explain").begin_array();
    for (const std::string& step : explanation.steps) json.value(step);
    json.end_array();
    json.field("rules_hash", explanation.rules_hash);
}

}  // namespace margind::wire
