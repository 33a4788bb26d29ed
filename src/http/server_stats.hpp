#pragma once
#include <atomic>
#include <cstdint>

namespace margind::http {

/// What the server has seen since its start. The HTTP thread counts by `bump`; others read a copy.
struct ServerStats {
    std::uint64_t connections = 0;
    std::uint64_t connections_refused = 0;          // too many in all
    std::uint64_t connections_refused_address = 0;  // too many from one address
    std::uint64_t accept_failures = 0;  // out of descriptors; accepting paused for a while
    std::uint64_t requests = 0;
    std::uint64_t requests_refused = 0;  // before any route saw them
    std::uint64_t unauthorized = 0;
    std::uint64_t responses_2xx = 0;
    std::uint64_t responses_4xx = 0;
    std::uint64_t responses_5xx = 0;
    std::uint64_t bytes_sent = 0;
    std::uint64_t idle_timeouts = 0;
    std::uint64_t request_timeouts = 0;  // a head or a body that did not come to its end in time
    std::uint64_t write_timeouts = 0;    // a client that did not take its answer in time
    std::uint64_t pipelines_cut = 0;     // more requests at once than are taken in
    std::uint64_t handler_failures = 0;  // exceptions, answered with 500
    std::uint64_t connections_open = 0;  // now
};

inline void bump(std::uint64_t& counter, std::uint64_t by = 1) {
    const std::atomic_ref<std::uint64_t> shared{counter};
    shared.store(shared.load(std::memory_order_relaxed) + by, std::memory_order_relaxed);
}
/// Takes one from a gauge.
inline void drop(std::uint64_t& gauge) {
    const std::atomic_ref<std::uint64_t> shared{gauge};
    shared.store(shared.load(std::memory_order_relaxed) - 1, std::memory_order_relaxed);
}

}  // namespace margind::http
