#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <optional>

#include "app/config.hpp"
#include "app/daily_reset.hpp"
#include "app/market_hours.hpp"
#include "http/view.hpp"
#include "margind/core/engine/engine.hpp"
#include "margind/ports/directory.hpp"
#include "margind/ports/message_feed.hpp"
#include "margind/ports/sinks.hpp"
#include "margind/ports/warm_store.hpp"
#include "service/ingest.hpp"
#include "service/signal.hpp"
#include "service/status.hpp"
#include "service/steady_ticker.hpp"
#include "service/task_group.hpp"
#include "service/warm_start.hpp"

namespace margind::app {

/// The world as the loops see it.
struct Ports {
    MessageFeed& feed;
    Directory& directory;
    SnapshotSink& snapshots;
    EventSink& events;
    service::TickObserver* observer = nullptr;
    WarmStore* warm = nullptr;  // where there is to be a local image
};

/// What `serve` and `demo` share: an engine, its loops, and the view they publish. Lives on the
/// thread that runs `io`.
class Loops {
public:
    Loops(boost::asio::io_context& io, const Config& config);

    /// Starts every loop in the group. `on_beat` runs at the end of each beat.
    void spawn(service::TaskGroup& tasks, const Ports& ports,
               std::function<void(const BeatStats&)> on_beat);

    Engine& engine() { return engine_; }
    service::Status& status() { return status_; }
    const Clock& clock() const { return clock_; }
    http::ViewBoard& views() { return views_; }
    /// What the mirror waited for may have come.
    void wake_mirror() { mirror_wake_.notify(); }
    /// The writer's term, shown in the view.
    void set_term(std::uint64_t term) { term_ = term; }
    Moment started() const { return started_; }

private:
    void start_warm(service::TaskGroup& tasks, WarmStore& store);
    void publish(const BeatStats& beat);
    /// Waits for SIGINT or SIGTERM, then lets the beat loop write its last beat; a second signal
    /// ends the process at once.
    boost::asio::awaitable<void> stop_on_signal();

    boost::asio::any_io_executor io_;
    const Config& config_;
    service::SystemClock clock_;
    Moment started_;
    Engine engine_;
    MarketHours market_hours_;
    std::optional<DailyReset> prop_reset_;
    service::Status status_;
    service::PriceQueue prices_;
    service::Signal mirror_wake_;
    service::SteadyTicker ticker_;
    std::optional<service::WarmStart> warm_;
    http::ViewBoard views_;
    std::uint64_t term_ = 0;
};

}  // namespace margind::app
