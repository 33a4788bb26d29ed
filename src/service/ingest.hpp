#pragma once
#include <boost/asio/awaitable.hpp>
#include <string>
#include <vector>

#include "margind/core/base/dirty_set.hpp"
#include "margind/core/engine/engine.hpp"
#include "margind/ports/directory.hpp"
#include "margind/ports/message_feed.hpp"
#include "margind/ports/ticker.hpp"
#include "service/signal.hpp"
#include "service/status.hpp"

namespace margind::service {

/// Sees every price that reaches the engine (margind serve --record). Never blocks, never throws.
class TickObserver {
public:
    virtual ~TickObserver() = default;
    virtual void on_tick(std::string_view symbol, const PriceTick& tick, Moment arrived) = 0;
};

/// Symbols whose price was announced and must be read. A symbol waits once however often it is
/// named.
class PriceQueue {
public:
    explicit PriceQueue(boost::asio::any_io_executor executor) : wake_{std::move(executor)} {}

    /// True when the symbol was not waiting already.
    bool push(SymbolId symbol);
    /// Takes up to `max` symbols, in id order.
    std::vector<SymbolId> take(std::size_t max);
    [[nodiscard]] bool is_empty() const { return waiting_.is_empty(); }
    Signal& wake() { return wake_; }

private:
    BitSet waiting_;
    Signal wake_;
};

/// Takes every message of the platform's channels: prices into the engine or the queue,
/// force-recalc requests into the mirror. A lost subscription opens a new data epoch. Ends only by
/// cancellation.
boost::asio::awaitable<void> ingest(MessageFeed& feed, Engine& engine, PriceQueue& prices,
                                    Signal& mirror, const Clock& clock, Status& status,
                                    TickObserver* observer);

/// Reads the announced prices, one batch in flight: what is announced meanwhile joins the next.
boost::asio::awaitable<void> read_prices(PriceQueue& queue, Directory& directory, Engine& engine,
                                         const Clock& clock, Status& status,
                                         TickObserver* observer);

/// Applies prices read from the store to the engine. Runs in parallel with `symbols`.
void apply_stored(Engine& engine, std::span<const SymbolId> symbols,
                  std::span<const StoredPrice> prices, bool as_of_their_stamp, Moment now,
                  Status& status, TickObserver* observer);

}  // namespace margind::service
