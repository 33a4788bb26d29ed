#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "margind/ports/directory.hpp"
#include "margind/ports/message_feed.hpp"
#include "margind/ports/sinks.hpp"

namespace margind::memory {

/// What the store keeps of a written snapshot.
struct StoredSnapshot {
    Snapshot snapshot;  // `account` points into the engine: valid while it lives
    std::uint64_t writes = 0;
};

/// A platform's store inside the process: accounts, prices, specifications, channels, snapshots and
/// events, behind the same ports as Redis. For the demo and for tests; one thread.
class Store final : public MessageFeed, public Directory, public SnapshotSink, public EventSink {
public:
    explicit Store(boost::asio::any_io_executor executor)
        : messages_wake_{executor}, changes_wake_{executor} {}

    // The platform's side.
    void put(AccountImage image);
    void remove(const AccountKey& key);
    void put(InstrumentSpec spec);
    void set_price(const std::string& symbol, StoredPrice price);
    void publish(Topic topic, std::string_view payload);
    void set_control(Control control) { control_ = std::move(control); }
    /// Both connections are lost, or back again. Messages of the time between are lost.
    void set_connected(bool is_connected);
    /// Writes fail, or succeed again, while reads go on.
    void set_writable(bool is_writable) { is_writable_ = is_writable; }
    /// Restores what a restart finds: breach memories written with events.
    [[nodiscard]] const std::map<std::string, BreachMemory>& breach_memories() const {
        return breaches_;
    }
    [[nodiscard]] const std::unordered_map<std::string, StoredSnapshot>& snapshots() const {
        return snapshots_;
    }
    /// The event stream, newest last, bounded.
    [[nodiscard]] const std::vector<Event>& events() const { return events_; }

    // margind's side.
    boost::asio::awaitable<Result<void>> next(MessageBatch& batch) override;
    boost::asio::awaitable<Result<void>> start_holders() override;
    boost::asio::awaitable<Result<HolderPage>> next_holders() override;
    boost::asio::awaitable<Result<std::vector<AccountImage>>> images(
        std::span<const AccountKey> accounts) override;
    boost::asio::awaitable<Result<std::vector<InstrumentSpec>>> instruments(
        std::span<const InstrumentKey> keys) override;
    boost::asio::awaitable<Result<std::vector<StoredPrice>>> prices(
        std::span<const std::string> symbols) override;
    boost::asio::awaitable<Result<Control>> control() override;
    boost::asio::awaitable<Result<BreachMemories>> breaches() override;
    boost::asio::awaitable<Result<void>> next_changes(Changes& changes) override;
    boost::asio::awaitable<Result<SnapshotsWritten>> write(
        std::span<const Snapshot> batch) override;
    boost::asio::awaitable<Result<Appended>> append(std::span<const Event> events) override;

private:
    static constexpr std::size_t messages_max = 1'000'000;
    static constexpr std::size_t events_max = 100'000;
    static constexpr std::size_t holders_per_page = 1'000;

    /// How a subscriber learns of a lost connection: once as an error, once as an empty answer.
    enum class Link : std::uint8_t { fresh, up, lost };

    std::map<AccountKey, AccountImage> accounts_;
    std::map<InstrumentKey, InstrumentSpec> instruments_;
    std::unordered_map<std::string, StoredPrice> prices_;
    std::optional<AccountKey> holders_at_;
    bool holders_started_ = false;
    Control control_;
    MessageBatch messages_;
    Changes changes_;
    std::unordered_map<std::string, StoredSnapshot> snapshots_;
    std::vector<Event> events_;
    std::map<std::string, BreachMemory> breaches_;
    std::map<std::string, std::uint64_t> event_ids_;
    boost::asio::steady_timer messages_wake_;
    boost::asio::steady_timer changes_wake_;
    Link messages_link_ = Link::fresh;
    Link changes_link_ = Link::fresh;
    bool is_connected_ = true;
    bool is_writable_ = true;

    boost::asio::awaitable<bool> wait(boost::asio::steady_timer& wake, Link& link,
                                      Result<void>& result, bool has_work);
};

}  // namespace margind::memory
