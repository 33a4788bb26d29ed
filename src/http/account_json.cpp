#include "http/account_json.hpp"

#include <array>
#include <optional>
#include <utility>

#include "wire/explanation_json.hpp"
#include "wire/json_writer.hpp"

namespace margind::http {
namespace {

using wire::JsonWriter;

constexpr std::array<std::pair<Degraded, std::string_view>, 4> degraded_names{{
    {Degraded::orders_skipped, "orders_skipped"},
    {Degraded::missing_group_data, "missing_group_data"},
    {Degraded::missing_prices, "missing_prices"},
    {Degraded::missing_conversion, "missing_conversion"},
}};

std::string_view error_code(PlatformError error) {
    switch (error) {
        case PlatformError::none: return "";
        case PlatformError::missing_balance: return "missing_balance";
        case PlatformError::missing_contract_size:
            return "missing_contract_size_no_leverage_and_margin";
    }
    return "";
}

/// A stamp or an age; null where there is none.
void write_ms(JsonWriter& json, std::string_view key, std::int64_t ms, bool is_known) {
    json.field(key, is_known ? std::optional{ms} : std::nullopt);
}

void write_age(JsonWriter& json, const AccountAnswer& answer) {
    write_ms(json, "unknown_since_ms", answer.unknown_since_ms, answer.unknown_since_ms != 0);
    json.field("breach", answer.breach);
    write_ms(json, "last_stop_out_ms", answer.last_stop_out_ms, answer.last_stop_out_ms != 0);
    write_ms(json, "ts_ms", answer.ts_ms, answer.ts_ms != 0);
    write_ms(json, "price_age_ms", answer.price_age_ms, answer.price_age_ms >= 0);
    json.field("data_epoch", answer.data_epoch);
}

/// What the hash of the rule set `platform` says beside the figures.
void write_platform_status(JsonWriter& json, const PlatformFigures& figures) {
    const bool is_error = figures.error != PlatformError::none;
    json.key("platform").begin_object();
    json.field("calc_status", is_error ? "error" : figures.degraded != 0 ? "degraded" : "ok");
    json.key("degraded_fields").begin_array();
    for (const auto& [bit, name] : degraded_names) {
        if ((figures.degraded & std::to_underlying(bit)) != 0) json.value(name);
    }
    json.end_array().key("error_codes").begin_array();
    if (is_error) json.value(error_code(figures.error));
    json.end_array().field("orders_skipped", figures.orders_skipped);
    json.field("used_margin_executed", figures.used_margin_executed);
    json.field("used_margin_all", figures.used_margin_all).end_object();
}

void write_figures(JsonWriter& json, const Explanation& why, const PlatformFigures& figures) {
    const auto write = [&](std::string_view key, bool is_known, double amount) {
        json.key(key).fixed(is_known ? amount : not_a_price, 2);
    };
    const bool is_known = figures.error == PlatformError::none;
    const bool has_balance = figures.error != PlatformError::missing_balance;
    write("balance", has_balance && wire::is_balance_known(why.causes), figures.balance);
    write("pnl", is_known, figures.open_pnl);
    write("equity", is_known, figures.equity);
    write("margin", is_known, figures.used_margin_executed);
    write("free_margin", is_known, figures.free_margin());
    write("margin_level", is_known && figures.used_margin_executed > 0.0, figures.level);
    json.field("margin_call_level", static_cast<double>(why.margin_call.value) / 100.0);
    json.field("stop_out_level", static_cast<double>(why.stop_out.value) / 100.0);
    write_platform_status(json, figures);
}

}  // namespace

std::string account_json(const AccountAnswer& answer) {
    std::string body;
    JsonWriter json{body};
    json.begin_object();
    wire::write_explained_account(json, answer.explanation);
    write_age(json, answer);
    if (answer.platform) {
        write_figures(json, answer.explanation, *answer.platform);
    } else {
        wire::write_explained_figures(json, answer.explanation);
    }
    wire::write_explained_grounds(json, answer.explanation);
    json.end_object();
    return body;
}

}  // namespace margind::http
