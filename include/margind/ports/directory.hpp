#pragma once
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "margind/core/book/account.hpp"
#include "margind/core/engine/engine.hpp"
#include "margind/core/engine/mirror_state.hpp"
#include "margind/ports/result.hpp"

namespace margind {

/// A price as the store has it. A side that is missing is NaN; `exists` is false without any price.
struct StoredPrice {
    bool exists = false;
    double bid = not_a_price;
    double ask = not_a_price;
    std::int64_t ts_ms = 0;
    bool is_malformed = false;  // a side is there and is no number
};

/// The breach memories of a shard. `junk` are entries that cannot be read: their accounts start
/// anew.
struct BreachMemories {
    std::vector<std::pair<AccountKey, BreachMemory>> known;
    std::uint64_t junk = 0;
};

/// What changed in the store, as far as it can be told.
struct Changes {
    std::vector<AccountKey> accounts;
    std::vector<InstrumentKey> instruments;
    bool everything = false;  // the server flushed its table, or cannot tell

    void clear() {
        accounts.clear();
        instruments.clear();
        everything = false;
    }
};

/// One page of a walk over all holder sets.
struct HolderPage {
    std::vector<AccountKey> accounts;  // repeats are possible
    std::uint64_t junk_members = 0;    // members that name no account of a configured type
    std::uint64_t sets_done = 0;
    std::uint64_t sets_total = 0;
    bool is_last = false;
};

/// The platform's accounts, orders, specifications and prices. Reads are pipelined pages; each
/// answer runs in parallel with its question.
class Directory {
public:
    virtual ~Directory() = default;

    /// Starts a walk over the holder sets of all configured types; `next_holders` gives its pages.
    virtual boost::asio::awaitable<Result<void>> start_holders() = 0;
    virtual boost::asio::awaitable<Result<HolderPage>> next_holders() = 0;

    virtual boost::asio::awaitable<Result<std::vector<AccountImage>>> images(
        std::span<const AccountKey> accounts) = 0;
    virtual boost::asio::awaitable<Result<std::vector<InstrumentSpec>>> instruments(
        std::span<const InstrumentKey> keys) = 0;
    virtual boost::asio::awaitable<Result<std::vector<StoredPrice>>> prices(
        std::span<const std::string> symbols) = 0;
    virtual boost::asio::awaitable<Result<Control>> control() = 0;
    /// All breach memories of this shard.
    virtual boost::asio::awaitable<Result<BreachMemories>> breaches() = 0;

    /// Waits for changes and adds them to `changes`. Errors and the empty first answer as with
    /// MessageFeed::next: after an error everything must be read again.
    virtual boost::asio::awaitable<Result<void>> next_changes(Changes& changes) = 0;
};

}  // namespace margind
