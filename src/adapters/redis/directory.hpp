#pragma once
#include <boost/unordered/unordered_flat_set.hpp>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "adapters/redis/connection.hpp"
#include "adapters/redis/continuity.hpp"
#include "adapters/redis/holder_walk.hpp"
#include "adapters/redis/signal.hpp"
#include "margind/ports/directory.hpp"
#include "wire/redis_keys.hpp"

namespace margind::redis {

/// Counters since the start.
struct DirectoryStats {
    std::uint64_t changed_keys = 0;
    std::uint64_t foreign_keys = 0;   // changed, but no account's and no group's
    std::uint64_t table_flushes = 0;  // the server cannot tell what has changed
};

/// The platform's accounts, orders, specifications and prices, and what of them changes (client
/// tracking in broadcast mode, on the connection that reads).  Prices are read through `prices`,
/// the feed's connection: the server that announced a price there answers there, so the answer is
/// never older than the announcement, not even while this directory is already connected to another
/// server after a failover.
class Directory final : public margind::Directory, private PushSink {
public:
    /// `types` are the configured account types. The holder sets are those of `symbols`, or all
    /// that SCAN finds when it is empty. `keys` and `prices` outlive the directory.
    Directory(boost::asio::any_io_executor executor, const Options& options, const wire::Keys& keys,
              std::vector<std::string> types, std::vector<std::string> symbols, Connection& prices,
              ReadLimits limits = {});

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

    /// To be run.
    [[nodiscard]] Connection& connection() { return connection_; }
    [[nodiscard]] const DirectoryStats& stats() const { return stats_; }

private:
    void on_up() override;
    void on_down(const std::string& reason) override;
    void on_push(std::size_t number, std::string_view leaf) override;
    void take_changed(std::string_view key);
    void everything_changed();
    [[nodiscard]] Reply new_reply() const { return Reply{connection_.options().value_bytes_max}; }

    const wire::Keys& keys_;
    std::vector<std::string> types_;
    std::vector<std::string> symbols_;
    ReadLimits limits_;
    DirectoryStats stats_;
    std::optional<HolderWalk> walk_;
    Continuity continuity_;
    Changes changes_;                                          // not yet taken
    boost::unordered_flat_set<std::string> changed_accounts_;  // those in `changes_`
    bool has_changes_ = false;
    bool is_invalidation_ = false;  // the push at hand is one
    Signal wake_;
    Connection& prices_;
    Connection connection_;
};

}  // namespace margind::redis
