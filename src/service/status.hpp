#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "margind/core/engine/engine.hpp"
#include "wire/price_payload.hpp"

namespace margind::service {

/// What the ingest loop has seen.
struct IngestStats {
    std::uint64_t messages = 0;
    std::uint64_t bytes = 0;
    std::uint64_t losses = 0;  // of the subscription
    std::uint64_t bare_symbols = 0;
    std::uint64_t price_payloads = 0;
    std::uint64_t joined = 0;   // notices that found their symbol already waiting to be read
    std::uint64_t ignored = 0;  // symbols that nobody holds or converts through
    std::uint64_t seq_gaps = 0;
    std::array<std::uint64_t, wire::payload_fault_count> refused{};  // by PayloadFault
    std::uint64_t price_failures = 0;                                // batches to be read again
    std::uint64_t price_reads = 0;                                   // batches
    std::uint64_t prices_read = 0;
    std::uint64_t prices_missing = 0;    // announced, but not in the store
    std::uint64_t prices_malformed = 0;  // a side of theirs is no number
    std::uint64_t force_requests = 0;    // messages
    std::uint64_t force_recalc = 0;      // accounts asked for
    std::uint64_t force_junk = 0;        // users or payloads that could not be used
    std::int64_t last_message_ms = 0;    // wall clock, 0 = never
};

/// What the mirror loop has done.
struct MirrorStats {
    std::uint64_t resyncs = 0;
    std::uint64_t sweeps = 0;
    std::uint64_t losses = 0;  // of the directory's connection
    std::uint64_t holder_pages = 0;
    std::uint64_t holders_read = 0;
    std::uint64_t image_pages = 0;
    std::uint64_t images_read = 0;
    std::uint64_t images_missing = 0;
    std::uint64_t instruments_read = 0;
    std::uint64_t read_failures = 0;
    std::uint64_t junk_members = 0;
    std::uint64_t changes = 0;        // keys named by invalidations
    std::uint64_t adopted = 0;        // accounts that became known after the start
    std::uint64_t warm_accounts = 0;  // that the local image made known
    std::uint64_t warm_images = 0;    // written for the next start
    std::uint64_t warm_failures = 0;  // of these writings
    std::int64_t resync_ms = 0;       // how long the last one took
};

/// What the beat loop has done. Times in microseconds.
struct BeatLoopStats {
    std::uint64_t beats = 0;
    std::uint64_t late = 0;    // began more than a tenth of the interval after it was due
    std::uint64_t missed = 0;  // skipped
    std::int64_t recompute_us_last = 0;
    std::int64_t recompute_us_max = 0;
    std::int64_t beat_us_last = 0;  // from due until everything of it is written
    std::int64_t beat_us_max = 0;
    std::uint64_t snapshot_batches = 0;
    std::uint64_t snapshots_written = 0;
    std::uint64_t snapshots_refused = 0;  // their key holds something else
    std::uint64_t write_failures = 0;
    std::uint64_t events_appended = 0;
    std::uint64_t events_known = 0;  // already in the stream
    std::uint64_t event_failures = 0;
    std::uint64_t control_failures = 0;
    std::uint64_t users_affected = 0;  // dirty accounts over all beats
    std::int64_t last_update_ms = 0;   // wall clock of the last written snapshot; 0 = none
};

/// Everything the loops know of themselves. One writer thread; readers get copies.
struct Status {
    std::int64_t start_ms = 0;  // wall clock
    bool feed_up = false;
    bool directory_up = false;
    bool is_synced = false;    // every image and price of this epoch has been asked for and read
    bool awaits_term = false;  // nothing is written before the term has been acquired
    bool is_fenced = false;    // another instance is active
    bool is_stopping = false;
    bool control_readable = false;
    std::vector<std::string> frozen;  // symbols, by the operator's last word
    std::uint64_t unwatched = 0;      // places in holder sets, of accounts beyond the limit
    std::uint64_t warm_left = 0;      // accounts of the local image that are still to be adopted
    std::uint64_t sets_done = 0;      // progress of the walk over the holder sets
    std::uint64_t sets_total = 0;
    IngestStats ingest;
    MirrorStats mirror;
    BeatLoopStats beat;

    [[nodiscard]] bool is_connected() const { return feed_up && directory_up; }
};

}  // namespace margind::service
