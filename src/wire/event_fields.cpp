#include "wire/event_fields.hpp"

#include <cmath>

#include "wire/explanation_json.hpp"

namespace margind::wire {
namespace {

void write_touch(JsonWriter& json, const Touch& touch) {
    json.begin_object().field("symbol", touch.symbol).field("bid", touch.bid);
    json.field("ask", touch.ask).key("ts_ms");
    touch.ts_ms > 0 ? json.value(touch.ts_ms) : json.null();
    json.field("seen_ms", touch.wall_ms).field("equity", touch.equity, touch.digits);
    json.field("margin", touch.margin, touch.digits);
    json.field("level", touch.is_stop_out ? "stop_out" : "margin_call").end_object();
}

/// What the event rests on, and the price that began it where one was seen.
std::string decision_json(const Event& event) {
    std::string text;
    JsonWriter json{text};
    json.begin_object();
    write_explained_account(json, event.decision);
    write_explained_figures(json, event.decision);
    if (event.touch) write_touch(json.key("touch"), *event.touch);
    write_explained_grounds(json, event.decision);
    json.end_object();
    return text;
}

}  // namespace

std::span<const Field> EventEncoder::encode(const Event& event, std::uint64_t term) {
    list_.clear();
    // A number that is not finite is unknown: an empty text.
    const auto add_number = [&](std::string_view name, double number, int decimals) {
        list_.add(name, [&](char* to) {
            return std::isfinite(number) ? write_fixed(to, number, decimals) : to;
        });
    };
    list_.add_text("id", event.id);
    list_.add_text("account", event.account);
    list_.add_text("kind", to_string(event.kind));
    list_.add_text("mode", event.is_armed ? "armed" : "dry_run");
    add_number("level", event.level, 2);
    add_number("equity", event.equity, event.digits.value);
    add_number("margin", event.margin, event.digits.value);
    add_number("threshold", event.threshold, 2);
    list_.add_natural("data_epoch", event.data_epoch);
    list_.add_natural("term", term);
    list_.add_integer("ts", event.ts_ms);
    list_.add_text("schema", schema_version);
    decision_ = decision_json(event);
    list_.add_text("decision", decision_);
    return list_.fields();
}

}  // namespace margind::wire
