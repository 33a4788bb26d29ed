#pragma once
#include <boost/asio/awaitable.hpp>
#include <chrono>

#include "margind/core/engine/engine.hpp"
#include "margind/ports/directory.hpp"
#include "margind/ports/ticker.hpp"
#include "service/ingest.hpp"
#include "service/signal.hpp"
#include "service/status.hpp"

namespace margind::service {

struct MirrorOptions {
    std::uint32_t page_accounts = 500;  // images in one pipelined read
    std::chrono::milliseconds sweep_interval{30'000};
    std::uint32_t sweep_parts = 20;  // each sweep re-reads one part of all images
    bool has_breaches = true;        // breach memories are kept in the store
};

/// Keeps the engine's images true to the store: after a start and after every gap it reads
/// everything, the most endangered accounts first; then what has changed, and by and by all the
/// rest. Ends only by cancellation.
boost::asio::awaitable<void> mirror(Directory& directory, Engine& engine, Signal& wake,
                                    const Clock& clock, Status& status, TickObserver* observer,
                                    MirrorOptions options);

/// Hears which keys change and wants their images again. A lost connection opens a new data epoch.
boost::asio::awaitable<void> follow_changes(Directory& directory, Engine& engine, Signal& mirror,
                                            const Clock& clock, Status& status);

}  // namespace margind::service
