#include "service/beat.hpp"

#include <fmt/ranges.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace margind::service {
namespace {

using boost::asio::awaitable;
using SteadyTime = std::chrono::steady_clock::time_point;

std::int64_t us_since(SteadyTime from) {
    return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() -
                                                                 from)
        .count();
}

class BeatLoop {
public:
    BeatLoop(Ticker& ticker, Engine& engine, Directory& directory, SnapshotSink& snapshots,
             EventSink& events, const Clock& clock, Status& status, BeatOptions options)
        : ticker_{ticker},
          engine_{engine},
          directory_{directory},
          snapshots_{snapshots},
          events_{events},
          clock_{clock},
          status_{status},
          options_{options} {}

    awaitable<void> run(const BeatHooks& hooks) {
        for (;;) {
            const Beat beat = co_await ticker_.next();
            const bool is_last = status_.is_stopping;
            const SteadyTime began = std::chrono::steady_clock::now();
            count(beat);
            co_await obey();
            const SteadyTime computing = std::chrono::steady_clock::now();
            const Moment now = clock_.now();
            hooks.before(now);
            const BeatStats stats = engine_.recompute(now);
            const std::int64_t recompute_us = us_since(computing);
            status_.beat.users_affected += stats.recomputed;
            if (!status_.is_fenced && !status_.awaits_term) {
                co_await append_events();
                co_await write_snapshots(is_last);
            }
            measure(beat, began, recompute_us);
            log_statistics();
            hooks.after(stats);
            if (is_last) break;
        }
        if (hooks.at_stop) co_await hooks.at_stop();
    }

private:
    void count(const Beat& beat) {
        BeatLoopStats& stats = status_.beat;
        ++stats.beats;
        stats.missed += beat.missed;
        if (beat.now.steady_ms - beat.due.steady_ms > options_.interval_ms / 10) ++stats.late;
    }

    /// The operator's hash, read at every beat. Unreadable counts as killed.
    awaitable<void> obey() {
        auto control = co_await directory_.control();
        const bool is_readable = control && control->is_readable;
        status_.control_readable = is_readable;
        status_.beat.control_failures += is_readable ? 0 : 1;
        if (is_readable) status_.frozen = control->frozen;
        engine_.apply(control ? *control : Control{.killed = true, .is_readable = false});
        // That nothing can be read before there is a connection is no news.
        if (!status_.is_connected()) co_return;
        Orders orders{engine_.is_armed(), engine_.is_killed(), is_readable, status_.frozen};
        if (orders == told_) co_return;
        told_ = std::move(orders);
        spdlog::warn("event=control armed={} killed={} readable={} frozen=\"{}\"", told_.is_armed,
                     told_.is_killed, told_.is_readable, fmt::join(told_.frozen, ","));
    }

    awaitable<void> append_events() {
        while (!engine_.events().empty() && !status_.is_fenced) {
            const auto& pending = engine_.events();
            const std::size_t count =
                std::min<std::size_t>(pending.size(), options_.events_per_write);
            const std::vector<Event> batch(pending.begin(),
                                           pending.begin() + static_cast<std::ptrdiff_t>(count));
            const auto appended = co_await events_.append(batch);
            if (!appended) {
                ++status_.beat.event_failures;
                fence(appended.error());
                warn(event_failures_, appended.error());
                co_return;
            }
            succeed(event_failures_);
            log_events(batch);
            status_.beat.events_appended += appended->appended;
            status_.beat.events_known += appended->known;
            engine_.confirm_events(count);
        }
    }

    static void log_events(const std::vector<Event>& batch) {
        for (const Event& event : batch) {
            spdlog::info("event={} account={} level={:.2f} equity={:.2f} margin={:.2f} id={}",
                         to_string(event.kind), event.account, event.level, event.equity,
                         event.margin, event.id);
        }
    }

    /// Writes until nothing is left or the next beat is due: what is newer by then replaces the
    /// rest.
    awaitable<void> write_snapshots(bool is_last) {
        for (;;) {
            const SnapshotBatch batch =
                engine_.next_snapshots(options_.snapshots_per_write, clock_.now());
            if (batch.empty()) co_return;
            const auto written = co_await snapshots_.write(batch);
            engine_.confirm(batch, written ? Written::yes : Written::no);
            if (!written) {
                ++status_.beat.write_failures;
                fence(written.error());
                warn(snapshot_failures_, written.error());
                co_return;
            }
            succeed(snapshot_failures_);
            ++status_.beat.snapshot_batches;
            status_.beat.snapshots_written += written->written;
            status_.beat.snapshots_refused += written->refused;
            if (written->refused > 0) {
                warn(snapshots_refused_,
                     {Fault::refused, "the key holds something else than a snapshot"});
            }
            status_.beat.last_update_ms = clock_.now().wall_ms;
            if (!is_last && ticker_.is_due()) co_return;
        }
    }

    void fence(const Error& error) {
        if (error.fault != Fault::stale_term || status_.is_fenced) return;
        status_.is_fenced = true;
        spdlog::error("event=fenced reason=\"{}\"", error.text);
    }

    /// What the operator wants, as the log last told it.
    struct Orders {
        bool is_armed = false;
        bool is_killed = false;
        bool is_readable = true;
        std::vector<std::string> frozen;

        bool operator==(const Orders&) const = default;
    };

    /// Failures of one kind of writing since the last good one.
    struct Failures {
        std::string_view what;
        std::uint64_t untold = 0;
        std::int64_t told_ms = 0;
        bool is_failing = false;
    };

    /// One line a minute for each kind of failure, with how many there were.
    void warn(Failures& failures, const Error& error) {
        ++failures.untold;
        const std::int64_t now_ms = clock_.now().steady_ms;
        if (failures.is_failing && now_ms - failures.told_ms < 60'000) return;
        failures.is_failing = true;
        failures.told_ms = now_ms;
        spdlog::warn("event=write_failed what={} failures={} reason=\"{}\"", failures.what,
                     failures.untold, error.text);
        failures.untold = 0;
    }

    static void succeed(Failures& failures) {
        if (!failures.is_failing) return;
        spdlog::info("event=write_recovered what={} untold_failures={}", failures.what,
                     failures.untold);
        failures = {.what = failures.what};
    }

    void measure(const Beat& beat, SteadyTime began, std::int64_t recompute_us) {
        BeatLoopStats& stats = status_.beat;
        const std::int64_t wait_us = (beat.now.steady_ms - beat.due.steady_ms) * 1'000;
        stats.recompute_us_last = recompute_us;
        stats.recompute_us_max = std::max(stats.recompute_us_max, recompute_us);
        stats.beat_us_last = us_since(began) + wait_us;
        stats.beat_us_max = std::max(stats.beat_us_max, stats.beat_us_last);
    }

    void log_statistics() {
        const std::uint64_t every = options_.statistics_every_symbols;
        const std::uint64_t messages = status_.ingest.messages;
        if (every == 0 || messages / every == logged_messages_ / every) return;
        logged_messages_ = messages;
        const EngineStats& engine = engine_.stats();
        spdlog::info(
            "event=statistics symbols={} ticks={} users_affected={} users_processed={} "
            "degraded={} errors={} orders_skipped={} events={} beat_us={} gaps={}",
            messages, engine.ticks, status_.beat.users_affected, status_.beat.snapshots_written,
            engine.degraded, engine.errors, engine.orders_skipped, status_.beat.events_appended,
            status_.beat.beat_us_last, engine.gaps);
    }

    Ticker& ticker_;
    Engine& engine_;
    Directory& directory_;
    SnapshotSink& snapshots_;
    EventSink& events_;
    const Clock& clock_;
    Status& status_;
    BeatOptions options_;
    Failures event_failures_{.what = "events"};
    Failures snapshot_failures_{.what = "snapshots"};
    Failures snapshots_refused_{.what = "refused_snapshots"};
    Orders told_{.is_armed = engine_.is_armed()};
    std::uint64_t logged_messages_ = 0;
};

}  // namespace

awaitable<void> beat(Ticker& ticker, Engine& engine, Directory& directory, SnapshotSink& snapshots,
                     EventSink& events, const Clock& clock, Status& status, BeatOptions options,
                     BeatHooks hooks) {
    BeatLoop loop{ticker, engine, directory, snapshots, events, clock, status, options};
    co_await loop.run(hooks);
}

}  // namespace margind::service
