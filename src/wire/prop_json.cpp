#include "wire/prop_json.hpp"

namespace margind::wire {
namespace {

std::optional<double> percent(const std::optional<std::int64_t>& basis_points) {
    if (!basis_points) return std::nullopt;
    return static_cast<double>(*basis_points) / 100.0;
}

std::string_view name_of(PropDoubt doubt) {
    for (const auto& [name, known] : prop_doubt_names) {
        if (known == doubt) return name;
    }
    return "none";
}

/// null where the limit is off.
void write_limit(JsonWriter& json, std::string_view name, const LimitReading& limit,
                 Digits digits) {
    json.key(name);
    if (!limit.is_on) {
        json.null();
        return;
    }
    json.begin_object().field("verdict", margind::to_string(limit.verdict)).key("doubt");
    limit.doubt == PropDoubt::none ? json.null() : json.value(name_of(limit.doubt));
    json.field("breached_since_ms", limit.breached_since_ms);
    const auto& figures = limit.figures;
    for (const auto& [key, amount] : {std::pair{"reference", &LimitFigures::reference},
                                      {"kept_profit", &LimitFigures::kept_profit},
                                      {"limit", &LimitFigures::limit},
                                      {"floor", &LimitFigures::floor},
                                      {"loss", &LimitFigures::loss},
                                      {"remaining", &LimitFigures::remaining}}) {
        json.key(key);
        figures ? json.value((*figures).*amount, digits) : json.null();
    }
    json.field("used_percent", figures ? percent(figures->used_bp) : std::nullopt);
    json.field("distance_percent", figures ? percent(figures->distance_bp) : std::nullopt);
    json.end_object();
}

}  // namespace

void write_prop(JsonWriter& json, const Explanation& explanation) {
    if (!explanation.prop) return;
    const PropExplained& prop = *explanation.prop;
    json.key("prop").begin_object();
    if (!prop.problems.empty()) {
        json.key("problems").begin_array();
        for (const std::string& problem : prop.problems) json.value(problem);
        json.end_array().end_object();
        return;
    }
    json.field("reset_ms", prop.reset_ms).field("reference_ms", prop.reading.reference_ms);
    json.field("is_late", prop.reading.is_late).key("peak");
    prop.peak ? json.value(*prop.peak, explanation.digits) : json.null();
    write_limit(json, "daily_loss", prop.reading.daily_loss, explanation.digits);
    write_limit(json, "drawdown", prop.reading.drawdown, explanation.digits);
    json.field("rules_hash", prop.rules_hash).end_object();
}

}  // namespace margind::wire
