#include "wire/evaluate_answer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/unordered/unordered_flat_map.hpp>
#include <cmath>
#include <optional>
#include <span>
#include <variant>

#include "margind/core/valuation/valuation.hpp"
#include "wire/explanation_json.hpp"
#include "wire/json_writer.hpp"
#include "wire/prop_json.hpp"
#include "wire/snapshot_fields.hpp"

namespace margind::wire {
namespace {

using std::string_view_literals::operator""sv;

constexpr Digits cents{2};

/// The account's figures, as text would show them; nothing where one is unknown.
struct Figures {
    std::optional<Money> equity;
    std::optional<Money> balance;
    std::optional<Money> credit;
    std::optional<Money> pnl;
    std::optional<Money> margin;
    std::optional<Money> free_margin;
    Money closing_fee;
    std::optional<double> level;
};

Figures standard_figures(const Explanation& all) {
    Figures figures;
    if (!all.causes.has(Cause::no_balance)) {
        figures.balance = all.balance;
        figures.credit = all.credit;
    }
    figures.margin = known_margin(all);
    if (!all.causes.none()) return figures;
    figures.equity = all.equity;
    figures.pnl = all.pnl;
    figures.free_margin = all.equity - all.margin;
    figures.closing_fee = all.closing_fee;
    if (all.margin.minor() > 0) {
        figures.level = level_percent(all.equity - all.closing_fee, all.margin);
    }
    return figures;
}

void write(JsonWriter& json, std::string_view name, const std::optional<Money>& money,
           Digits digits) {
    json.key(name);
    money ? json.value(*money, digits) : json.null();
}

/// Where something is held back.
void write_closing_fee(JsonWriter& json, Money closing_fee, Digits digits) {
    if (closing_fee.minor() != 0) write(json, "closing_fee", closing_fee, digits);
}

/// The account's P/L with swap and commission, before any rounding; NaN when unknown.
double exact_pnl(const EvaluateDocument& document, const Explanation& all) {
    double total = all.pnl_exact;
    for (const OrderImage& order : document.account.orders) {
        if (order.margin_mode == PositionMargin::isolated) continue;
        total += order.swap.value_or(0.0) - order.commission.value_or(0.0);
    }
    return all.causes.none() ? total : not_a_price;
}

void write_standard(JsonWriter& json, const EvaluateDocument& document, const Explanation& all) {
    const Figures figures = standard_figures(all);
    write(json, "equity", figures.equity, all.digits);
    write(json, "balance", figures.balance, all.digits);
    write(json, "credit", figures.credit, all.digits);
    write(json, "pnl", figures.pnl, all.digits);
    json.field("pnl_exact", exact_pnl(document, all));
    write(json, "margin", figures.margin, all.digits);
    write(json, "free_margin", figures.free_margin, all.digits);
    write_closing_fee(json, figures.closing_fee, all.digits);
    json.field("margin_level", figures.level);
    json.key("closeout_percent");
    const bool has_equity = figures.equity && *figures.equity > figures.closing_fee;
    if (all.level_unit == LevelUnit::percent && has_equity) {
        json.value(
            closeout_percent(*figures.equity - figures.closing_fee, *figures.margin, all.stop_out));
    } else {
        json.null();
    }
    if (all.margin_before_tiers) {
        write(json, "margin_before_tiers",
              all.causes.none() ? all.margin_before_tiers : std::nullopt, all.digits);
    }
    if (all.margin_initial) write(json, "margin_initial", all.margin_initial, all.digits);
    if (all.margin_maintenance) {
        write(json, "margin_maintenance", all.margin_maintenance, all.digits);
    }
    if (all.margin_parts.empty()) return;
    json.key("margin_parts").begin_array();
    for (const PartExplained& part : all.margin_parts) {
        json.begin_object().field("symbol", part.symbol).field("part", part.part);
        json.key("amount").value(part.amount, all.digits).end_object();
    }
    json.end_array();
}

/// The figures that the platform itself would write, with its own word for their worth.
void write_platform(JsonWriter& json, const Snapshot& snapshot, const PlatformFigures& figures) {
    const bool is_known = figures.error == PlatformError::none;
    const auto write_cents = [&](std::string_view name, double amount) {
        json.key(name);
        is_known ? json.fixed(amount, cents.value) : json.null();
    };
    write_cents("equity", figures.equity);
    write_cents("balance", figures.balance);
    json.key("credit").null();
    write_cents("pnl", figures.open_pnl);
    write_cents("margin", figures.used_margin_executed);
    write_cents("free_margin", figures.free_margin());
    const bool has_level = is_known && figures.used_margin_executed != 0.0;
    json.key("margin_level");
    has_level ? json.fixed(figures.level, cents.value) : json.null();
    SnapshotEncoder encoder;
    constexpr std::array status{"calc_status"sv, "degraded_fields"sv, "error_codes"sv};
    for (const Field& field : encoder.encode(snapshot, 0)) {
        if (std::ranges::find(status, field.name) != status.end()) {
            json.field(field.name, field.value);
        }
    }
}

/// Of the symbol, or of the position itself where it is isolated.
const SymbolRisk* risk_of(const PositionExplained& position, const std::vector<SymbolRisk>& risks) {
    const std::string_view id = position.isolated ? std::string_view{position.id} : "";
    const auto found = std::ranges::find_if(risks, [&](const SymbolRisk& risk) {
        return risk.symbol == position.symbol && risk.position == id;
    });
    return found == risks.end() ? nullptr : &*found;
}

void write_isolated(JsonWriter& json, const IsolatedExplained& isolated, const SymbolRisk* risk,
                    const Explanation& all) {
    const auto if_known = [&](Money money) {
        return isolated.is_known ? std::optional{money} : std::nullopt;
    };
    json.key("isolated").begin_object();
    write(json, "isolated_margin", isolated.put_in, all.digits);
    write(json, "equity", if_known(isolated.equity), all.digits);
    write(json, "margin", if_known(isolated.margin), all.digits);
    if (isolated.is_known) write_closing_fee(json, isolated.closing_fee, all.digits);
    const bool has_level = isolated.is_known && isolated.margin.minor() > 0;
    const Money level_equity = isolated.equity - isolated.closing_fee;
    json.key("margin_level");
    has_level ? json.value(level_percent(level_equity, isolated.margin)) : json.null();
    json.field("is_at_stop_out", isolated.is_at_stop_out);
    json.field("bankruptcy_price", risk == nullptr ? std::nullopt : risk->prices.bankruptcy);
    json.field("liquidation_price_tick",
               risk == nullptr ? std::nullopt : risk->prices.stop_out_tick);
    json.end_object();
}

/// In the order of the document; the engine has them by symbol and id.
void write_positions(JsonWriter& json, const Evaluated& evaluated, bool has_figures) {
    const EvaluateDocument& document = evaluated.document;
    const Explanation& all = evaluated.explanation;
    boost::unordered_flat_map<std::string_view, const PositionExplained*> by_id;
    for (const PositionExplained& position : all.positions) by_id.emplace(position.id, &position);
    json.key("positions").begin_array();
    for (const OrderImage& order : document.account.orders) {
        if (order.kind != OrderKind::position) continue;
        const PositionExplained& position = *by_id.at(order.id);
        const auto if_known = [&](Money money, bool is_known) {
            return is_known && has_figures ? std::optional{money} : std::nullopt;
        };
        json.begin_object().field("id", position.id);
        write(json, "pnl", if_known(position.pnl, position.is_pnl_known), all.digits);
        write(json, "margin", if_known(position.margin, position.is_margin_known), all.digits);
        const SymbolRisk* risk = risk_of(position, evaluated.risks);
        json.field("liquidation_price", risk == nullptr ? std::nullopt : risk->prices.stop_out);
        if (position.isolated) write_isolated(json, *position.isolated, risk, all);
        json.end_object();
    }
    json.end_array();
}

void write_symbols(JsonWriter& json, const Explanation& all, bool has_figures) {
    json.key("symbols").begin_array();
    for (const SymbolExplained& symbol : all.symbols) {
        json.begin_object().field("symbol", symbol.symbol);
        json.field("long_lots", clean_lots(symbol.long_lots));
        json.field("short_lots", clean_lots(symbol.short_lots));
        const auto margin = has_figures ? known_margin(symbol) : std::nullopt;
        write(json, "margin", margin, all.digits);
        json.end_object();
    }
    json.end_array();
}

/// By symbol, of what is crossed; `null` where no price of it takes the account there.
void write_risks(JsonWriter& json, const std::vector<SymbolRisk>& risks) {
    for (const auto& [name, price] :
         {std::pair{"liquidation_price", &LiquidationPrices::stop_out},
          {"bankruptcy_price", &LiquidationPrices::bankruptcy},
          {"liquidation_price_tick", &LiquidationPrices::stop_out_tick}}) {
        json.key(name).begin_object();
        for (const SymbolRisk& risk : risks) {
            if (risk.position.empty()) json.field(risk.symbol, risk.prices.*price);
        }
        json.end_object();
    }
}

void write_pretrade(JsonWriter& json, const Pretrade& pretrade) {
    const Valuation& after = pretrade.after;
    const bool is_known = after.causes.none();
    const auto if_known = [&](Money money) {
        return is_known ? std::optional{money} : std::nullopt;
    };
    json.key("pretrade").begin_object().key("causes");
    write_causes(json, after.causes);
    write(json, "margin_after", if_known(after.margin), after.digits);
    if (is_known && pretrade.margin_initial != after.margin) {
        write(json, "margin_initial_after", pretrade.margin_initial, after.digits);
    }
    write(json, "free_margin_after", if_known(after.free_margin()), after.digits);
    json.key("level_after");
    is_known&& after.margin.minor() > 0
        ? json.value(level_percent(after.level_equity(), after.margin))
        : json.null();
    json.field("allowed", pretrade.is_allowed).end_object();
}

std::string_view reason(std::optional<TickFate> fate) {
    if (!fate) return "early";
    switch (*fate) {
        case TickFate::accepted: return "";
        case TickFate::not_finite: return "no_price";
        default: return to_string(*fate);
    }
}

void write_ticks(JsonWriter& json, const TickFates& fates) {
    json.key("ticks").begin_array();
    for (const std::optional<TickFate> fate : fates) {
        const bool is_accepted = fate == TickFate::accepted;
        json.begin_object().field("accepted", is_accepted).key("reason");
        is_accepted ? json.null() : json.value(reason(fate));
        json.end_object();
    }
    json.end_array();
}

}  // namespace

std::string write_answer(const Evaluated& evaluated) {
    const Explanation& all = evaluated.explanation;
    const auto* platform = std::get_if<PlatformFigures>(&evaluated.snapshot.figures);
    std::string text;
    JsonWriter json{text};
    json.begin_object().field("verdict", margind::to_string(all.verdict)).key("causes");
    write_causes(json, all.causes);
    if (platform != nullptr) {
        write_platform(json, evaluated.snapshot, *platform);
    } else {
        write_standard(json, evaluated.document, all);
    }
    json.field("state", margind::to_string(all.state));
    const bool is_standard = platform == nullptr;
    write_positions(json, evaluated, is_standard);
    write_symbols(json, all, is_standard);
    write_risks(json, evaluated.risks);
    write_plan(json, all);
    write_prop(json, all);
    json.key("explain").begin_array();
    for (const std::string& step : all.steps) json.value(step);
    for (const SymbolRisk& risk : evaluated.risks) {
        for (const std::string& step : risk.steps) json.value(step);
    }
    if (evaluated.pretrade) {
        for (const std::string& step : evaluated.pretrade->steps) json.value(step);
    }
    json.end_array();
    if (evaluated.pretrade) write_pretrade(json, *evaluated.pretrade);
    if (evaluated.document.has_ticks) write_ticks(json, evaluated.tick_fates);
    json.end_object();
    return text;
}

}  // namespace margind::wire
