// The two routes of the service that margind replaces: same paths, same fields, same order.
#include <fmt/format.h>

#include "http/handlers.hpp"
#include "wire/json_writer.hpp"

namespace margind::http {
namespace {

using wire::JsonWriter;

constexpr std::uint32_t seed_users_max = 100;

/// Epoch seconds as a number with a fraction; null for "never".
void write_epoch(JsonWriter& json, std::string_view key, std::int64_t wall_ms) {
    json.key(key);
    if (wall_ms == 0) {
        json.null();
    } else {
        json.fixed(static_cast<double>(wall_ms) / 1e3, 3);
    }
}

void write_counters(JsonWriter& json, const View& view) {
    const SeedCounters& seed = view.seed;
    json.field("symbols_processed", seed.symbols_processed);
    json.field("users_affected_total", seed.users_affected_total);
    write_epoch(json, "last_update_time", seed.last_update_ms);
    write_epoch(json, "start_time", view.started.wall_ms);
    json.field("users_processed", seed.users_processed);
    json.field("calculation_errors", seed.calculation_errors);
    json.field("calc.fatal_errors", seed.calc_fatal_errors);
    json.field("calc.degraded", seed.calc_degraded);
    json.field("calc.orders_skipped", seed.calc_orders_skipped);
    json.field("calc.users_processed", seed.calc_users_processed);
}

JsonWriter& begin_success(JsonWriter& json, std::string_view message) {
    json.begin_object().field("success", true).field("message", message);
    return json.key("data").begin_object();
}

}  // namespace

Answer seed_status(const Call& call) {
    const Inputs& inputs = call.inputs;
    const auto dirty = co_await inputs.questions.dirty_counts();
    if (!dirty) co_return unavailable(dirty.error(), call.target.path);
    Response response;
    JsonWriter json{response.body};
    begin_success(json, "Portfolio calculator status retrieved successfully");
    write_counters(json, *inputs.view);
    json.key("uptime_seconds").fixed(uptime_seconds(*inputs.view, inputs.now), 3);
    for (std::size_t type = 0; type < inputs.types.size(); ++type) {
        const std::uint64_t count = type < dirty->size() ? (*dirty)[type] : 0;
        json.field(fmt::format("dirty_users_{}", inputs.types[type]), count);
    }
    json.field("is_running", inputs.view->is_running).end_object().end_object();
    co_return response;
}

Answer seed_dirty_users(const Call& call) {
    const Inputs& inputs = call.inputs;
    const auto type = type_index(inputs.types, call.captured);
    if (!type) {
        Response refused{.status = 400};
        JsonWriter json{refused.body};
        json.begin_object().field("detail", must_be_one_of("user_type", inputs.types)).end_object();
        co_return refused;
    }
    const auto page = co_await inputs.questions.dirty(*type, AccountId{0}, seed_users_max);
    if (!page) co_return unavailable(page.error(), call.target.path);
    Response response;
    JsonWriter json{response.body};
    begin_success(json, fmt::format("Dirty {} users retrieved successfully", call.captured));
    json.field("user_type", call.captured).field("count", page->total).key("users").begin_array();
    for (const std::string& account : page->accounts) json.value(account);
    json.end_array().end_object().end_object();
    co_return response;
}

}  // namespace margind::http
