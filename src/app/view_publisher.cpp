#include "app/view_publisher.hpp"

#include <numeric>

#include "app/version.hpp"

namespace margind::app {
namespace {

double to_ms(std::int64_t us) { return static_cast<double>(us) / 1'000.0; }

void fill_ingest(http::IngestCounters& out, const service::Status& status) {
    const service::IngestStats& in = status.ingest;
    out.messages = in.messages;
    out.bare_symbols = in.bare_symbols;
    out.price_payloads = in.price_payloads;
    out.malformed_payloads =
        std::accumulate(in.refused.begin(), in.refused.end(), std::uint64_t{0});
    out.unheld_symbols = in.ignored;
    out.joined_notices = in.joined;
    out.sequence_gaps = in.seq_gaps;
    out.subscription_losses = in.losses;
    out.recalc_accounts = in.force_recalc;
    out.recalc_refused = in.force_junk;
    out.bytes = in.bytes;
    out.recalc_requests = in.force_requests;
}

void fill_read(http::ReadCounters& out, const service::Status& status) {
    const service::MirrorStats& in = status.mirror;
    out.price_batches = status.ingest.price_reads;
    out.prices = status.ingest.prices_read;
    out.prices_missing = status.ingest.prices_missing;
    out.image_pages = in.image_pages;
    out.images = in.images_read;
    out.images_missing = in.images_missing;
    out.instruments = in.instruments_read;
    out.holder_pages = in.holder_pages;
    out.holders = in.holders_read;
    out.junk_members = in.junk_members;
    out.changes = in.changes;
    out.change_losses = in.losses;
    out.failures = in.read_failures;
}

void fill_write(http::WriteCounters& out, const service::Status& status, const Engine& engine) {
    const service::BeatLoopStats& in = status.beat;
    out.snapshot_batches = in.snapshot_batches;
    out.snapshots = in.snapshots_written;
    out.snapshot_failures = in.write_failures;
    out.events = in.events_appended;
    out.events_known = in.events_known;
    out.event_failures = in.event_failures;
    out.stale_terms = status.is_fenced ? 1 : 0;
    out.events_pending = engine.events().size();
}

void fill_book(http::BookCounts& out, const Engine& engine) {
    const StateCounts& counts = engine.state_counts();
    const auto of = [&](AccountState state) {
        return counts.by_state[static_cast<std::size_t>(state)];
    };
    out.accounts = engine.book().account_count();
    out.positions = engine.book().position_count();
    out.symbols = engine.symbols().size();
    out.ok = of(AccountState::ok);
    out.margin_call = of(AccountState::margin_call);
    out.stop_out = of(AccountState::stop_out);
    out.recovering = of(AccountState::recovering);
    out.unknown = counts.unknown;
    out.images_wanted = engine.images_wanted();
}

void fill_seed(http::SeedCounters& out, const service::Status& status, const EngineStats& engine) {
    out.symbols_processed = status.ingest.messages;
    out.users_affected_total = status.beat.users_affected;
    out.users_processed = status.beat.snapshots_written;
    out.calculation_errors = engine.errors;
    out.calc_fatal_errors = engine.errors;
    out.calc_degraded = engine.degraded;
    out.calc_orders_skipped = engine.orders_skipped;
    out.calc_users_processed = engine.recomputed;
    out.last_update_ms = status.beat.last_update_ms;
}

}  // namespace

std::vector<http::Reason> not_ready(const service::Status& status) {
    std::vector<http::Reason> reasons;
    const auto add = [&](const char* code, std::string text) {
        reasons.push_back({code, std::move(text)});
    };
    if (status.is_stopping) add("stopping", "the service is shutting down");
    if (!status.feed_up) add("feed_down", "the subscription to the price channel does not stand");
    if (!status.directory_up) add("store_down", "the connection that reads accounts is down");
    if (!status.is_synced && status.is_connected()) {
        add("reading", "accounts are being read: " + std::to_string(status.mirror.images_read) +
                           " images, " + std::to_string(status.sets_done) + " of " +
                           std::to_string(status.sets_total) + " holder sets");
    }
    if (status.is_fenced) add("fenced", "another instance with a newer term is active");
    return reasons;
}

std::unique_ptr<const http::View> make_view(const Config& config, Engine& engine,
                                            const service::Status& status, const BeatStats& beat,
                                            Moment started, Moment now, std::uint64_t term) {
    auto view = std::make_unique<http::View>();
    view->version = version_text;
    view->started = started;
    view->published = now;
    view->stale_after_ms = 10 * config.beat.interval_ms + 1'000;
    view->is_running = !status.is_stopping;
    view->not_ready = not_ready(status);
    view->is_armed = engine.is_armed();
    view->is_killed = engine.is_killed();
    view->rules = to_string(engine.options().rules.kind);
    view->rules_hash = engine.rules_hash();
    view->data_epoch = engine.data_epoch();
    view->term = term;
    for (std::size_t type = 0; type < engine.options().types.size(); ++type) {
        view->dirty.push_back(engine.dirty_count(static_cast<TypeIndex>(type)));
    }
    fill_seed(view->seed, status, engine.stats());
    view->beat = {static_cast<std::uint64_t>(config.beat.interval_ms),
                  status.beat.beats,
                  status.beat.late,
                  status.beat.missed,
                  to_ms(status.beat.beat_us_last),
                  to_ms(status.beat.beat_us_max),
                  beat};
    view->engine = engine.stats();
    fill_ingest(view->ingest, status);
    fill_read(view->read, status);
    fill_write(view->write, status, engine);
    fill_book(view->book, engine);
    return view;
}

}  // namespace margind::app
