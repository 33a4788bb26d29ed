#pragma once
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstdint>
#include <span>
#include <string>

#include "adapters/redis/connection.hpp"
#include "margind/ports/sinks.hpp"
#include "wire/event_fields.hpp"
#include "wire/redis_keys.hpp"

namespace margind::redis {

struct EventOptions {
    std::string instance;  // who holds the lease; unique to this process
    std::chrono::milliseconds lease{10'000};
    std::uint64_t ids_kept = 200'000;
    std::uint64_t entries_kept = 100'000;  // of each stream, about
    std::size_t events_per_request = 64;
};

/// Counters since the start.
struct EventStreamStats {
    std::uint64_t appended = 0;
    std::uint64_t known = 0;
    std::uint64_t script_loads = 0;
    std::uint64_t stale_terms = 0;
};

/// Appends events to the streams of a shard, each with its account's breach memory, in one atomic
/// step that is refused to whoever does not have the newest term.
class EventStream final : public EventSink {
public:
    /// `connection` and `keys` outlive the stream.
    EventStream(Connection& connection, const wire::Keys& keys, EventOptions options);

    /// Becomes the newest instance: an older one is refused from its next event on. Call before the
    /// first event, and again after Fault::stale_term only when taking over is intended.
    boost::asio::awaitable<Result<std::uint64_t>> acquire_term();
    /// Extends the lease. Fault::stale_term: a newer instance is active.
    boost::asio::awaitable<Result<void>> renew_lease();

    boost::asio::awaitable<Result<Appended>> append(std::span<const Event> events) override;

    /// 0 before the first `acquire_term`.
    [[nodiscard]] std::uint64_t term() const { return term_; }
    [[nodiscard]] const EventStreamStats& stats() const { return stats_; }

private:
    void add(const Event& event, Pipeline& commands);
    boost::asio::awaitable<Result<std::size_t>> append_some(std::span<const Event> events,
                                                            Appended& total);
    boost::asio::awaitable<Result<void>> load_script();
    [[nodiscard]] Error error_of(std::string_view text);
    [[nodiscard]] Error malformed(std::string_view what, std::span<const std::string_view> found);

    Connection& connection_;
    const wire::Keys& keys_;
    EventOptions options_;
    wire::EventEncoder encoder_;
    std::string script_hash_;  // empty = not loaded
    std::uint64_t term_ = 0;
    EventStreamStats stats_;
};

}  // namespace margind::redis
