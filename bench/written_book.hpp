#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "margind/core/engine/engine.hpp"
#include "wire/redis_keys.hpp"

namespace margind::bench {

/// The snapshots of a seeded book after a beat, in batches as the daemon writes them, and the same
/// as bytes on the wire.
class WrittenBook {
public:
    static constexpr std::uint64_t term = 1;

    WrittenBook(std::uint32_t accounts, std::uint64_t seed, const wire::Keys& keys);

    [[nodiscard]] const std::vector<SnapshotBatch>& batches() const { return batches_; }
    [[nodiscard]] std::uint32_t batch_size() const { return batch_size_; }
    [[nodiscard]] std::uint64_t snapshots() const { return snapshots_; }

    /// Commands that are sent together.
    struct Piece {
        std::string bytes;
        std::uint64_t commands = 0;
    };
    /// HSET and PUBLISH of every snapshot, in pieces of about this size.
    [[nodiscard]] std::vector<Piece> encode(std::size_t piece_bytes) const;

    /// Compares every hash in the server with what the encoder says of its snapshot, field by
    /// field, none more and none less. Throws at the first difference.
    void compare_with(std::uint16_t port) const;

private:
    [[nodiscard]] std::string key_of(const Snapshot& snapshot) const;

    const wire::Keys& keys_;
    std::uint32_t batch_size_;
    std::unique_ptr<Engine> engine_;  // owns the names in the snapshots
    std::vector<SnapshotBatch> batches_;
    std::uint64_t snapshots_ = 0;
};

}  // namespace margind::bench
