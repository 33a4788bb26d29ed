#pragma once
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <functional>

#include "margind/core/engine/engine.hpp"
#include "margind/ports/directory.hpp"
#include "margind/ports/sinks.hpp"
#include "margind/ports/ticker.hpp"
#include "service/status.hpp"

namespace margind::service {

struct BeatOptions {
    std::int64_t interval_ms = 200;
    std::uint32_t snapshots_per_write = 2'000;
    std::uint32_t events_per_write = 200;
    std::uint64_t statistics_every_symbols = 10'000;  // a log line; 0 = never
};

/// What is called at every beat.
struct BeatHooks {
    std::function<void(Moment)> before;                       // before anything is recomputed
    std::function<void(const BeatStats&)> after;              // at the end
    std::function<boost::asio::awaitable<void>()> at_stop{};  // after the last beat, where there is
};

/// Every beat: obey the operator, recompute what is dirty, append events, write snapshots for as
/// long as the beat lasts. What could not be written stays dirty. Returns after the last beat of a
/// stop.
boost::asio::awaitable<void> beat(Ticker& ticker, Engine& engine, Directory& directory,
                                  SnapshotSink& snapshots, EventSink& events, const Clock& clock,
                                  Status& status, BeatOptions options, BeatHooks hooks);

}  // namespace margind::service
