#pragma once
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "margind/core/base/moment.hpp"
#include "margind/core/engine/engine.hpp"
#include "service/status.hpp"

namespace margind::http {

/// The counters of the seed's status route, under its names.
struct SeedCounters {
    std::uint64_t symbols_processed = 0;
    std::uint64_t users_affected_total = 0;
    std::uint64_t users_processed = 0;
    std::uint64_t calculation_errors = 0;
    std::uint64_t calc_fatal_errors = 0;
    std::uint64_t calc_degraded = 0;
    std::uint64_t calc_orders_skipped = 0;
    std::uint64_t calc_users_processed = 0;
    std::int64_t last_update_ms = 0;  // wall clock; 0 = none yet
};

/// How the book stands.
struct BookCounts {
    std::uint64_t accounts = 0;
    std::uint64_t positions = 0;
    std::uint64_t symbols = 0;
    std::uint64_t images_wanted = 0;
    std::uint64_t events_pending = 0;
    StateCounts states;
};

/// Why the service is not ready, for a machine and for a person.
struct Reason {
    std::string code;  // "feed_down"
    std::string text;
};

/// What the service says about itself at one beat. Immutable once published.
struct View {
    std::string version;
    Moment started;
    Moment published;
    std::int64_t stale_after_ms = 0;  // an older view is no longer believed; 0 = never stale
    bool is_running = false;
    std::vector<Reason> not_ready{{"starting", "the service has not reached its first beat"}};
    bool is_armed = false;
    bool is_killed = false;
    std::string rules;  // name of the rule set
    std::string rules_hash;
    std::uint64_t data_epoch = 0;
    std::uint64_t term = 0;
    std::vector<std::uint64_t> dirty;  // by type, in the configured order; at the beat
    std::int64_t beat_interval_ms = 0;
    BeatStats last_beat;
    SeedCounters seed;
    BookCounts book;
    EngineStats engine;
    service::Status service;  // counters of ingest, mirror and beat
};

/// Where the engine's thread hands its newest view to whoever wants to look. `publish` takes no
/// lock and waits for nobody; readers wait for one another only.
class ViewBoard {
public:
    ViewBoard() = default;
    ViewBoard(const ViewBoard&) = delete;
    ViewBoard& operator=(const ViewBoard&) = delete;
    ~ViewBoard() { delete next_.load(std::memory_order_acquire); }

    /// One thread at a time. A view that nobody has looked at is dropped for the new one.
    void publish(std::unique_ptr<const View> view) {
        delete next_.exchange(view.release(), std::memory_order_acq_rel);
    }
    /// The newest view, never null. Any thread.
    [[nodiscard]] std::shared_ptr<const View> current() const {
        const std::scoped_lock lock{readers_};
        std::unique_ptr<const View> next{next_.exchange(nullptr, std::memory_order_acq_rel)};
        if (next) current_ = std::move(next);
        return current_;
    }

private:
    mutable std::atomic<const View*> next_{nullptr};
    mutable std::mutex readers_;
    mutable std::shared_ptr<const View> current_ = std::make_shared<const View>();
};

}  // namespace margind::http
