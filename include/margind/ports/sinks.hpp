#pragma once
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <span>

#include "margind/core/engine/snapshot.hpp"
#include "margind/core/explain/explanation.hpp"
#include "margind/ports/result.hpp"

namespace margind {

/// What became of snapshots: `refused` are those whose key holds something else than a snapshot.
struct SnapshotsWritten {
    std::uint64_t written = 0;
    std::uint64_t refused = 0;
};

/// Where snapshots go. All of a batch but the refused is written and announced, or the result is an
/// error.
class SnapshotSink {
public:
    virtual ~SnapshotSink() = default;
    virtual boost::asio::awaitable<Result<SnapshotsWritten>> write(
        std::span<const Snapshot> batch) = 0;
};

/// What became of events: `appended` are new in the stream, `known` were there already.
struct Appended {
    std::uint64_t appended = 0;
    std::uint64_t known = 0;
};

/// Where margin calls, stop-outs and recoveries go, each with its account's breach memory, in
/// order. Writing twice is harmless. Fault::stale_term: a newer instance is active; write nothing
/// more.
class EventSink {
public:
    virtual ~EventSink() = default;
    virtual boost::asio::awaitable<Result<Appended>> append(std::span<const Event> events) = 0;
};

}  // namespace margind
