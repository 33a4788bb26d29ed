#include "app/loops.hpp"

#include <spdlog/spdlog.h>
#include <unistd.h>

#include <boost/asio/signal_set.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <csignal>

#include "app/engine_options.hpp"
#include "app/version.hpp"
#include "http/make_view.hpp"
#include "service/beat.hpp"
#include "service/mirror.hpp"

namespace margind::app {

Loops::Loops(boost::asio::io_context& io, const Config& config)
    : io_{io.get_executor()},
      config_{config},
      started_{clock_.now()},
      engine_{engine_options(config)},
      market_hours_{session_calendar(config)},
      prop_reset_{daily_reset(config)},
      prices_{io.get_executor()},
      mirror_wake_{io.get_executor()},
      ticker_{io.get_executor(), clock_, std::chrono::milliseconds{config.beat.interval_ms}} {
    status_.start_ms = started_.wall_ms;
}

void Loops::publish(const BeatStats& beat) {
    const http::ViewOrigin origin{version_text, started_, config_.beat.interval_ms,
                                  10 * config_.beat.interval_ms + 1'000};
    views_.publish(http::make_view(origin, engine_, status_, beat, term_, clock_.now()));
}

void Loops::start_warm(service::TaskGroup& tasks, WarmStore& store) {
    service::WarmOptions options;
    options.interval_ms = config_.warm_start.interval_s * 1'000;
    warm_.emplace(io_, store, engine_, mirror_wake_, clock_, status_, options);
    warm_->load();
    tasks.spawn("warm", warm_->run());
}

void Loops::spawn(service::TaskGroup& tasks, const Ports& ports,
                  std::function<void(const BeatStats&)> on_beat) {
    service::MirrorOptions mirror;
    mirror.page_accounts = static_cast<std::uint32_t>(config_.mirror.page_accounts);
    mirror.sweep_interval = std::chrono::milliseconds{config_.mirror.sweep_interval_ms};
    mirror.sweep_parts = static_cast<std::uint32_t>(config_.mirror.sweep_parts);
    service::BeatOptions beat;
    beat.interval_ms = config_.beat.interval_ms;
    beat.snapshots_per_write = static_cast<std::uint32_t>(config_.snapshots.per_write);
    beat.events_per_write = static_cast<std::uint32_t>(config_.stop_out.events_per_write);
    beat.statistics_every_symbols =
        static_cast<std::uint64_t>(config_.log.statistics_every_symbols);

    service::BeatHooks hooks;
    hooks.before = [this](Moment now) {
        market_hours_.tell(engine_, now);
        if (prop_reset_) engine_.start_prop_day(prop_reset_->last_reset(now.wall_ms), now);
    };
    if (ports.warm != nullptr) start_warm(tasks, *ports.warm);
    if (warm_) hooks.at_stop = [this] { return warm_->save_last(); };
    hooks.after = [this, on_beat = std::move(on_beat)](const BeatStats& stats) {
        publish(stats);
        if (warm_) warm_->after_beat();
        if (on_beat) on_beat(stats);
    };

    tasks.spawn("ingest", service::ingest(ports.feed, engine_, prices_, mirror_wake_, clock_,
                                          status_, ports.observer));
    tasks.spawn("prices", service::read_prices(prices_, ports.directory, engine_, clock_, status_,
                                               ports.observer));
    tasks.spawn("mirror", service::mirror(ports.directory, engine_, mirror_wake_, clock_, status_,
                                          ports.observer, mirror));
    tasks.spawn("changes",
                service::follow_changes(ports.directory, engine_, mirror_wake_, clock_, status_));
    tasks.spawn("beat", service::beat(ticker_, engine_, ports.directory, ports.snapshots,
                                      ports.events, clock_, status_, beat, std::move(hooks)));
    tasks.spawn("signal", stop_on_signal());
}

boost::asio::awaitable<void> Loops::stop_on_signal() {
    boost::asio::signal_set signals{co_await boost::asio::this_coro::executor, SIGINT, SIGTERM};
    const int first = co_await signals.async_wait(boost::asio::use_awaitable);
    spdlog::info("event=stopping signal={}", first);
    status_.is_stopping = true;
    publish({});  // not ready from now on, however long the last beat takes
    // Who signals a process and then its group means it once.
    constexpr std::chrono::milliseconds echo{200};
    const auto stopping = std::chrono::steady_clock::now();
    int second = 0;
    do {
        second = co_await signals.async_wait(boost::asio::use_awaitable);
    } while (std::chrono::steady_clock::now() - stopping < echo);
    spdlog::warn("event=stopped_at_once signal={}", second);
    ::_exit(128 + second);
}

}  // namespace margind::app
