#pragma once
#include "bench/harness.hpp"

namespace margind::bench {

// Each starts a private server, measures, and compares what has arrived with what should have: a
// difference is a std::runtime_error. Prints its results.

/// Messages a second from the subscription into the engine, against n2.
void measure_ingest(const Settings& settings);

/// Snapshots a second into hashes with their notifications, against n4.
void measure_snapshots(const Settings& settings);

/// From when a price was due to be published until its snapshot is announced and there.
void measure_latency(const Settings& settings);

}  // namespace margind::bench
