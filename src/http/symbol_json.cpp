#include "http/symbol_json.hpp"

#include <algorithm>
#include <numeric>
#include <optional>

#include "wire/explanation_json.hpp"
#include "wire/json_writer.hpp"

namespace margind::http {
namespace {

using wire::JsonWriter;

std::optional<std::int64_t> if_known(std::int64_t ms, bool is_known) {
    return is_known ? std::optional{ms} : std::nullopt;
}

/// A limit of 0 is none.
std::optional<double> limit(double value) {
    return value > 0.0 ? std::optional{value} : std::nullopt;
}

void write_quote(JsonWriter& json, const SymbolAnswer& answer) {
    json.field("symbol", answer.symbol).key("quote").begin_object();
    json.field("bid", answer.usable.bid).field("ask", answer.usable.ask).end_object();
    json.key("causes");
    wire::write_causes(json, answer.causes);
    json.key("last_good").begin_object().field("bid", answer.last_good.bid);
    json.field("ask", answer.last_good.ask);
    json.field("ts_ms", if_known(answer.ts_ms, answer.ts_ms != 0)).end_object();
    const bool has_both = answer.bid_age_ms >= 0 && answer.ask_age_ms >= 0;
    json.field("age_ms", if_known(std::max(answer.bid_age_ms, answer.ask_age_ms), has_both));
    json.field("bid_age_ms", if_known(answer.bid_age_ms, answer.bid_age_ms >= 0));
    json.field("ask_age_ms", if_known(answer.ask_age_ms, answer.ask_age_ms >= 0));
}

void write_side(JsonWriter& json, std::string_view key, const SideGuard& side,
                std::int64_t now_ms) {
    const GuardState state = side.is_holding() ? GuardState::holding
                             : side.is_fresh() ? GuardState::fresh
                                               : GuardState::open;
    json.key(key).begin_object().field("state", to_string(state));
    json.field("held", side.is_holding() ? side.held() : not_a_price);
    json.field("held_ticks", side.is_holding() ? side.ticks() : 0);
    json.field("held_ms", if_known(now_ms - side.since_ms(), side.is_holding())).end_object();
}

void write_guard(JsonWriter& json, const SymbolAnswer& answer) {
    json.key("guard");
    if (!answer.guard) {
        json.null();
        return;
    }
    const QuoteGuard& guard = *answer.guard;
    json.begin_object().field("state", to_string(guard.state())).key("problem");
    guard.problem().empty() ? json.null() : json.value(guard.problem());
    write_side(json, "bid", guard.bid(), answer.now_ms);
    write_side(json, "ask", guard.ask(), answer.now_ms);
    json.end_object();
}

void write_settings(JsonWriter& json, const GuardSettings& settings) {
    json.key("settings").begin_object().field("digits", settings.digits);
    json.field("soft_points", limit(settings.soft_points));
    json.field("confirm_ticks", settings.confirm_ticks);
    json.field("confirm_ms", settings.confirm_ms);
    json.field("discard_points", limit(settings.discard_points));
    json.field("min_spread", limit(settings.min_spread));
    json.field("max_spread", limit(settings.max_spread));
    json.field("freeze_after_ms", if_known(settings.freeze_after_ms, settings.freeze_after_ms > 0));
    json.field("max_age_ms", if_known(settings.max_age_ms, settings.max_age_ms > 0));
    json.field("allow_negative", settings.allow_negative).key("ref_symbol");
    settings.ref_symbol.empty() ? json.null() : json.value(settings.ref_symbol);
    json.field("ref_band_percent", limit(settings.ref_band_percent)).end_object();
}

void write_ticks(JsonWriter& json, const SymbolAnswer& answer) {
    const auto& by_fate = answer.refusals.by_fate;
    const std::uint64_t others = std::accumulate(by_fate.begin(), by_fate.end(), std::uint64_t{0});
    json.key("ticks").begin_object().field("received", answer.ticks);
    json.field(to_string(TickFate::accepted), answer.ticks - others);
    for (std::size_t fate = 1; fate < tick_fate_count; ++fate) {
        json.field(tick_fate_names[fate], by_fate[fate]);
    }
    json.end_object().key("last_refused");
    const Refusals& refusals = answer.refusals;
    if (refusals.last_fate == TickFate::accepted) {
        json.null();
        return;
    }
    json.begin_object().field("reason", to_string(refusals.last_fate));
    json.field("bid", refusals.last.bid).field("ask", refusals.last.ask);
    json.field("ts_ms", if_known(refusals.last_ts_ms, refusals.last_ts_ms != 0));
    json.field("received_ms", refusals.last_wall_ms).end_object();
}

}  // namespace

std::string symbol_json(const SymbolAnswer& answer) {
    std::string body;
    JsonWriter json{body};
    json.begin_object();
    write_quote(json, answer);
    write_settings(json, answer.settings);
    write_guard(json, answer);
    write_ticks(json, answer);
    json.end_object();
    return body;
}

}  // namespace margind::http
