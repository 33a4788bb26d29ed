#include <algorithm>
#include <utility>

#include "http/fields.hpp"
#include "http/handlers.hpp"
#include "wire/json_writer.hpp"
#include "wire/price_payload.hpp"

namespace margind::http {
namespace {

using wire::JsonWriter;

template <class Fields, class Block>
void write_numbers(JsonWriter& json, const Fields& fields, const Block& block) {
    for (const auto& field : fields) json.field(field.key, block.*field.number);
}

template <class Fields, class Block>
void write_block(JsonWriter& json, std::string_view key, const Fields& fields, const Block& block) {
    json.key(key).begin_object();
    write_numbers(json, fields, block);
    json.end_object();
}

void write_service(JsonWriter& json, const Inputs& inputs) {
    const View& view = *inputs.view;
    const auto reasons = not_ready_reasons(view, inputs.now);
    json.field("version", view.version);
    json.key("rules").begin_object().field("set", view.rules).field("hash", view.rules_hash);
    json.end_object().field("started_ms", view.started.wall_ms);
    json.key("uptime_seconds").fixed(uptime_seconds(view, inputs.now), 3);
    json.field("is_running", view.is_running).field("ready", reasons.empty());
    json.key("reasons").begin_array();
    for (const Reason& reason : reasons) {
        json.begin_object().field("code", reason.code).field("text", reason.text).end_object();
    }
    json.end_array();
    json.field("armed", view.is_armed).field("killed", view.is_killed);
    json.field("control_readable", view.service.control_readable);
    json.key("frozen").begin_array();
    for (const std::string& symbol : view.service.frozen) json.value(symbol);
    json.end_array();
    json.field("data_epoch", view.data_epoch).field("term", view.term);
}

void write_book(JsonWriter& json, const Inputs& inputs) {
    const BookCounts& book = inputs.view->book;
    json.key("accounts").begin_object().field("total", book.accounts);
    for (std::size_t state = 0; state < state_names.size(); ++state) {
        json.field(state_names[state], book.states.by_state[state]);
    }
    json.field("unknown", book.states.unknown).key("unknown_by_cause").begin_object();
    for (std::size_t cause = 0; cause < std::size(cause_names); ++cause) {
        json.field(cause_names[cause].second, book.states.unknown_by_cause[cause]);
    }
    json.end_object().end_object();
    json.field("positions", book.positions).field("symbols", book.symbols);
    json.field("images_wanted", book.images_wanted).field("events_pending", book.events_pending);
    json.key("dirty").begin_object();
    const std::size_t types = std::min(inputs.types.size(), inputs.view->dirty.size());
    for (std::size_t type = 0; type < types; ++type) {
        json.field(inputs.types[type], inputs.view->dirty[type]);
    }
    json.end_object();
}

void write_beat(JsonWriter& json, const View& view) {
    json.key("beat").begin_object().field("interval_ms", view.beat_interval_ms);
    write_numbers(json, beat_fields, view.service.beat);
    write_numbers(json, beat_times, view.service.beat);
    const BeatStats& last = view.last_beat;
    json.key("last").begin_object().field("symbols_dirty", last.symbols_dirty);
    json.field("recomputed", last.recomputed).field("unknown", last.unknown);
    json.field("deferred", last.deferred).field("events", last.events);
    json.end_object().end_object();
}

void write_engine(JsonWriter& json, const EngineStats& engine) {
    json.key("engine").begin_object().field("ticks", engine.ticks);
    json.key("tick_fates").begin_object();
    for (std::size_t fate = 0; fate < tick_fate_names.size(); ++fate) {
        json.field(tick_fate_names[fate], engine.tick_fates[fate]);
    }
    json.end_object();
    write_numbers(json, engine_fields, engine);
    json.end_object();
}

void write_ingest(JsonWriter& json, const IngestStats& ingest) {
    json.key("ingest").begin_object();
    write_numbers(json, ingest_fields, ingest);
    json.key("refused").begin_object();
    for (const auto& [fault, name] : wire::payload_fault_names) {
        json.field(name, ingest.refused[std::to_underlying(fault)]);
    }
    json.end_object().key("last_message_ms");
    ingest.last_message_ms > 0 ? json.value(ingest.last_message_ms) : json.null();
    json.end_object();
}

void write_mirror(JsonWriter& json, const service::Status& status) {
    json.key("mirror").begin_object();
    write_numbers(json, mirror_fields, status.mirror);
    json.field("resync_ms", status.mirror.resync_ms);
    json.field("sets_done", status.sets_done).field("sets_total", status.sets_total);
    json.end_object();
}

}  // namespace

std::string status_json(const Inputs& inputs) {
    const View& view = *inputs.view;
    std::string body;
    body.reserve(4'096);
    JsonWriter json{body};
    json.begin_object();
    write_service(json, inputs);
    write_book(json, inputs);
    write_beat(json, view);
    write_engine(json, view.engine);
    write_ingest(json, view.service.ingest);
    write_mirror(json, view.service);
    write_block(json, "seed", seed_fields, view.seed);
    write_block(json, "http", server_fields, inputs.server);
    json.end_object();
    return body;
}

}  // namespace margind::http
