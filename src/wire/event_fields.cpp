#include "wire/event_fields.hpp"

#include <cmath>

#include "wire/explanation_json.hpp"

namespace margind::wire {

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
    decision_ = explanation_json(event.decision);
    list_.add_text("decision", decision_);
    return list_.fields();
}

}  // namespace margind::wire
