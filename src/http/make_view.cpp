#include "http/make_view.hpp"

#include <fmt/format.h>

#include "margind/core/rules/rules.hpp"

namespace margind::http {
namespace {

std::vector<Reason> reasons_of(const Engine& engine, const service::Status& status) {
    std::vector<Reason> reasons;
    if (status.is_stopping) reasons.push_back({"stopping", "the service is shutting down"});
    if (status.is_fenced) {
        reasons.push_back({"fenced", "another instance with a newer term is active"});
    }
    if (status.awaits_term) {
        reasons.push_back({"awaits_term", "the fencing term has not been acquired yet"});
    }
    if (!status.feed_up) {
        reasons.push_back({"feed_down", "the subscription to the price channel does not stand"});
    }
    if (!status.directory_up) {
        reasons.push_back({"store_down", "the connection that reads accounts does not stand"});
    }
    if (!status.is_synced && status.is_connected()) {
        reasons.push_back(
            {"reading", fmt::format("accounts are being read: {} known, {} images wanted, {} of {} "
                                    "holder sets walked",
                                    engine.book().account_count(), engine.images_wanted(),
                                    status.sets_done, status.sets_total)});
    }
    if (status.unwatched > 0) {
        reasons.push_back({"accounts_max", fmt::format("accounts beyond limits.accounts_max ({}) "
                                                       "are there, and are not watched",
                                                       engine.options().accounts_max)});
    }
    return reasons;
}

SeedCounters seed_of(const EngineStats& engine, const service::Status& status) {
    return {.symbols_processed = status.ingest.messages,
            .users_affected_total = status.beat.users_affected,
            .users_processed = status.beat.snapshots_written,
            .calculation_errors = engine.errors,
            .calc_fatal_errors = engine.errors,
            .calc_degraded = engine.degraded,
            .calc_orders_skipped = engine.orders_skipped,
            .calc_users_processed = engine.recomputed,
            .last_update_ms = status.beat.last_update_ms};
}

BookCounts book_of(const Engine& engine) {
    return {.accounts = engine.book().account_count(),
            .positions = engine.book().position_count(),
            .symbols = engine.symbols().size(),
            .images_wanted = engine.images_wanted(),
            .events_pending = engine.events().size(),
            .states = engine.state_counts()};
}

}  // namespace

std::unique_ptr<const View> make_view(const ViewOrigin& origin, Engine& engine,
                                      const service::Status& status, const BeatStats& beat,
                                      std::uint64_t term, Moment now) {
    auto view = std::make_unique<View>();
    view->version = origin.version;
    view->started = origin.started;
    view->published = now;
    view->stale_after_ms = origin.stale_after_ms;
    view->is_running = !status.is_stopping;
    view->not_ready = reasons_of(engine, status);
    view->is_armed = engine.is_armed();
    view->is_killed = engine.is_killed();
    view->rules = to_string(engine.options().rules.kind);
    view->rules_hash = engine.rules_hash();
    view->data_epoch = engine.data_epoch();
    view->term = term;
    for (std::size_t type = 0; type < engine.options().types.size(); ++type) {
        view->dirty.push_back(engine.dirty_count(static_cast<TypeIndex>(type)));
    }
    view->beat_interval_ms = origin.beat_interval_ms;
    view->last_beat = beat;
    view->seed = seed_of(engine.stats(), status);
    view->book = book_of(engine);
    view->engine = engine.stats();
    view->service = status;
    return view;
}

}  // namespace margind::http
