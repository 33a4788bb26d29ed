#pragma once
#include <cstdint>
#include <span>
#include <string>

#include "adapters/redis/connection.hpp"
#include "adapters/redis/loader.hpp"
#include "margind/ports/sinks.hpp"
#include "wire/redis_keys.hpp"
#include "wire/snapshot_fields.hpp"

namespace margind::redis {

/// Counters since the start.
struct SnapshotStats {
    std::uint64_t written = 0;
    std::uint64_t published = 0;
    std::uint64_t wrong_types = 0;  // commands refused because the key holds something else
    std::uint64_t failures = 0;     // batches
};

/// Writes snapshots, each followed by its notification on the same connection, so that whoever is
/// notified finds it. In mode `shadow` it writes beside the platform's hashes and notifies nobody,
/// in mode `off` it does nothing.
class SnapshotWriter final : public SnapshotSink {
public:
    /// `connection` and `keys` outlive the writer.
    SnapshotWriter(Connection& connection, const wire::Keys& keys, SnapshotMode mode,
                   LoaderLimits limits = {});

    /// A snapshot whose key holds another type is counted and passed over: retrying it would hold
    /// up the others for ever.
    boost::asio::awaitable<Result<SnapshotsWritten>> write(
        std::span<const Snapshot> batch) override;

    /// The fencing token that snapshots carry from now on.
    void set_term(std::uint64_t term) { term_ = term; }
    [[nodiscard]] const SnapshotStats& stats() const { return stats_; }

private:
    void add(const Snapshot& snapshot);

    const wire::Keys& keys_;
    SnapshotMode mode_;
    Loader loader_;
    wire::SnapshotEncoder encoder_;
    std::string key_;
    std::uint64_t term_ = 0;
    SnapshotStats stats_;
};

}  // namespace margind::redis
