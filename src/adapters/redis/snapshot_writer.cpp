#include "adapters/redis/snapshot_writer.hpp"

namespace margind::redis {

namespace asio = boost::asio;

SnapshotWriter::SnapshotWriter(Connection& connection, const wire::Keys& keys, SnapshotMode mode,
                               LoaderLimits limits)
    : keys_{keys}, mode_{mode}, loader_{connection, limits} {}

asio::awaitable<Result<SnapshotsWritten>> SnapshotWriter::write(std::span<const Snapshot> batch) {
    if (mode_ == SnapshotMode::off) co_return SnapshotsWritten{};
    loader_.pipeline().clear();  // what a cancelled write may have left
    for (const Snapshot& snapshot : batch) {
        add(snapshot);
        if (loader_.is_full()) co_await loader_.send();
    }
    const Result<LoaderResult> result = co_await loader_.finish();
    if (!result) {
        ++stats_.failures;
        co_return std::unexpected(result.error());
    }
    stats_.wrong_types += result->wrong_types;
    if (result->errors != 0) {
        ++stats_.failures;
        co_return std::unexpected(refused(result->first_error));
    }
    const SnapshotsWritten done{batch.size() - result->wrong_types, result->wrong_types};
    stats_.written += done.written;
    co_return done;
}

void SnapshotWriter::add(const Snapshot& snapshot) {
    const bool is_shadow = mode_ == SnapshotMode::shadow;
    const std::size_t colon = snapshot.account.find(':');
    const wire::KeyParts parts{.type = snapshot.account.substr(0, colon),
                               .id = snapshot.account.substr(colon + 1)};
    key_.clear();
    (is_shadow ? keys_.shadow : keys_.portfolio).append(key_, parts);
    Pipeline& pipeline = loader_.pipeline();
    pipeline.add({"HSET", key_}, encoder_.encode(snapshot, term_));
    if (is_shadow || !wire::is_published(snapshot)) return;
    pipeline.add({"PUBLISH", keys_.update_channel, snapshot.account});
    ++stats_.published;
}

}  // namespace margind::redis
