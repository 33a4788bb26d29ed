#include "http/metrics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "http/fields.hpp"
#include "wire/json_writer.hpp"
#include "wire/price_payload.hpp"

namespace margind::http {
namespace {

/// Writes families one after the other: HELP and TYPE once, then the samples.
class Exposition {
public:
    explicit Exposition(std::string& out) : out_{out} {}

    void begin(std::string_view name, FieldKind kind, std::string_view help) {
        name_ = fmt::format("margind_{}{}", name, kind == FieldKind::counter ? "_total" : "");
        fmt::format_to(std::back_inserter(out_), "# HELP {0} {1}\n# TYPE {0} {2}\n", name_, help,
                       kind == FieldKind::counter ? "counter" : "gauge");
    }
    template <class Number>
    void sample(Number number) {
        fmt::format_to(std::back_inserter(out_), "{} {}\n", name_, number);
    }
    template <class Number>
    void sample(std::string_view label, std::string_view value, Number number) {
        fmt::format_to(std::back_inserter(out_), "{}{{{}=\"{}\"}} {}\n", name_, label,
                       escaped_label(value), number);
    }
    template <class Number>
    void gauge(std::string_view name, std::string_view help, Number number) {
        begin(name, FieldKind::gauge, help);
        sample(number);
    }
    template <class Block, std::size_t count>
    void block(std::string_view prefix, const std::array<Field<Block>, count>& fields,
               const Block& values) {
        for (const Field<Block>& field : fields) {
            begin(fmt::format("{}_{}", prefix, field.key), field.kind, field.help);
            sample(values.*field.number);
        }
    }

private:
    std::string& out_;
    std::string name_;
};

void write_service(Exposition& metrics, const Inputs& inputs) {
    const View& view = *inputs.view;
    metrics.begin("build_info", FieldKind::gauge, "Version of the running program.");
    metrics.sample("version", view.version, 1);
    metrics.begin("rules_info", FieldKind::gauge, "Hash of the rule set in force.");
    metrics.sample("hash", view.rules_hash, 1);
    metrics.gauge("uptime_seconds", "Seconds since the start.", uptime_seconds(view, inputs.now));
    const auto reasons = not_ready_reasons(view, inputs.now);
    metrics.gauge("ready", "1 when /readyz answers 200.", reasons.empty() ? 1 : 0);
    metrics.begin("not_ready", FieldKind::gauge, "Reasons why /readyz answers 503.");
    for (const Reason& reason : reasons) metrics.sample("reason", reason.code, 1);
    metrics.gauge("armed", "1 when stop-outs are armed, 0 in dry run.", view.is_armed ? 1 : 0);
    metrics.gauge("killed", "1 while the kill switch holds.", view.is_killed ? 1 : 0);
    metrics.gauge("data_epoch", "Rises at every gap in what was received.", view.data_epoch);
    metrics.gauge("term", "Fencing token of the lease.", view.term);
}

void write_book(Exposition& metrics, const Inputs& inputs) {
    const View& view = *inputs.view;
    const BookCounts& book = view.book;
    metrics.begin("accounts", FieldKind::gauge, "Accounts by state, but those that are UNKNOWN.");
    for (std::size_t state = 0; state < state_names.size(); ++state) {
        metrics.sample("state", state_names[state], book.states.by_state[state]);
    }
    metrics.gauge("accounts_unknown", "Accounts whose verdict is UNKNOWN.", book.states.unknown);
    metrics.begin("accounts_unknown_by_cause", FieldKind::gauge,
                  "Accounts whose verdict is UNKNOWN, by each of its causes.");
    for (std::size_t cause = 0; cause < std::size(cause_names); ++cause) {
        metrics.sample("cause", cause_names[cause].second, book.states.unknown_by_cause[cause]);
    }
    metrics.gauge("positions", "Open positions.", book.positions);
    metrics.gauge("symbols", "Symbols known.", book.symbols);
    metrics.gauge("images_wanted", "Account images to be read.", book.images_wanted);
    metrics.gauge("events_pending", "Events not yet in the stream.", book.events_pending);
    metrics.begin("dirty_accounts", FieldKind::gauge, "Dirty accounts by type, at the beat.");
    const std::size_t types = std::min(inputs.types.size(), view.dirty.size());
    for (std::size_t type = 0; type < types; ++type) {
        metrics.sample("type", inputs.types[type], view.dirty[type]);
    }
}

double seconds(std::int64_t us) { return static_cast<double>(us) / 1e6; }

void write_beat(Exposition& metrics, const View& view) {
    const BeatLoopStats& beat = view.service.beat;
    metrics.block("beat", beat_fields, beat);
    metrics.gauge("beat_interval_seconds", "The configured interval.",
                  seconds(view.beat_interval_ms * 1'000));
    metrics.gauge("beat_last_seconds", "The last beat, from due to written.",
                  seconds(beat.beat_us_last));
    metrics.gauge("beat_max_seconds", "The longest beat.", seconds(beat.beat_us_max));
    metrics.gauge("recompute_last_seconds", "The last computation.",
                  seconds(beat.recompute_us_last));
    metrics.gauge("recompute_max_seconds", "The longest computation.",
                  seconds(beat.recompute_us_max));
}

void write_ticks(Exposition& metrics, const View& view) {
    metrics.begin("engine_ticks", FieldKind::counter, "Prices received, by what became of them.");
    for (std::size_t fate = 0; fate < tick_fate_names.size(); ++fate) {
        metrics.sample("fate", tick_fate_names[fate], view.engine.tick_fates[fate]);
    }
    metrics.begin("ingest_refused", FieldKind::counter, "Payloads not understood, by reason.");
    for (const auto& [fault, name] : wire::payload_fault_names) {
        metrics.sample("reason", name, view.service.ingest.refused[std::to_underlying(fault)]);
    }
}

}  // namespace

std::string escaped_label(std::string_view value) {
    const bool is_text = wire::is_utf8(value);
    std::string escaped;
    escaped.reserve(value.size());
    for (const char c : value) {
        if (c == '\\' || c == '"') {
            escaped += '\\';
            escaped += c;
        } else if (c == '\n') {
            escaped += "\\n";
        } else {
            escaped += is_text || static_cast<unsigned char>(c) < 0x80 ? c : '?';
        }
    }
    return escaped;
}

std::string metrics_text(const Inputs& inputs) {
    std::string text;
    text.reserve(16'384);
    Exposition metrics{text};
    const View& view = *inputs.view;
    write_service(metrics, inputs);
    write_book(metrics, inputs);
    write_beat(metrics, view);
    write_ticks(metrics, view);
    metrics.block("seed", seed_fields, view.seed);
    metrics.block("engine", engine_fields, view.engine);
    metrics.block("ingest", ingest_fields, view.service.ingest);
    metrics.block("mirror", mirror_fields, view.service.mirror);
    metrics.block("http", server_fields, inputs.server);
    return text;
}

}  // namespace margind::http
