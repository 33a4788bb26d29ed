#include "service/ingest.hpp"

#include <spdlog/spdlog.h>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "wire/redis_recalc.hpp"

namespace margind::service {
namespace {

using boost::asio::awaitable;

/// One message of the price channel.
class PriceIntake {
public:
    PriceIntake(Engine& engine, PriceQueue& prices, Status& status, TickObserver* observer)
        : engine_{engine}, prices_{prices}, status_{status}, observer_{observer} {}

    void take(std::string_view payload, Moment now) {
        IngestStats& stats = status_.ingest;
        ++stats.messages;
        stats.bytes += payload.size();
        stats.last_message_ms = now.wall_ms;
        wire::PricePayload price;
        const wire::PayloadFault fault = parser_.parse(payload, price);
        if (fault != wire::PayloadFault::none) {
            ++stats.refused[static_cast<std::size_t>(fault)];
            return;
        }
        follow_sequence(price);
        const SymbolId symbol = engine_.find_symbol(price.symbol);
        if (symbol.is_none()) {
            ++stats.ignored;
            return;
        }
        ++(price.carries_price ? stats.price_payloads : stats.bare_symbols);
        if (!price.carries_price) {
            stats.joined += prices_.push(symbol) ? 0 : 1;
            return;
        }
        const PriceTick tick{symbol, price.bid, price.ask, price.ts_ms};
        engine_.apply(tick, now);
        if (observer_ != nullptr) observer_->on_tick(price.symbol, tick, now);
    }
    /// A new subscription starts a new sequence.
    void restart() { last_seq_.reset(); }

private:
    void follow_sequence(const wire::PricePayload& price) {
        if (!price.seq) return;
        if (last_seq_ && *price.seq > *last_seq_ + 1) ++status_.ingest.seq_gaps;
        last_seq_ = price.seq;
    }

    Engine& engine_;
    PriceQueue& prices_;
    Status& status_;
    TickObserver* observer_;
    wire::PricePayloadParser parser_;
    std::optional<std::uint64_t> last_seq_;
};

void force_accounts(std::string_view payload, Engine& engine, Signal& mirror, Moment now,
                    IngestStats& stats) {
    ++stats.force_requests;
    const auto request = wire::parse_recalc(payload, engine.options().types);
    if (!request) {
        ++stats.force_junk;
        spdlog::warn("event=force_recalc_refused bytes={}", payload.size());
        return;
    }
    stats.force_junk += request->unknown_types + request->junk_users;
    for (const AccountKey& key : request->accounts) {
        const AccountId account = engine.adopt(key, now);
        if (account.is_none()) {
            ++stats.force_junk;
            continue;
        }
        ++stats.force_recalc;
        engine.force(account, now);
    }
    mirror.notify();
}

}  // namespace

bool PriceQueue::push(SymbolId symbol) {
    waiting_.grow(symbol.value + 1);
    const bool is_new = waiting_.insert(symbol.value);
    if (is_new) wake_.notify();
    return is_new;
}

std::vector<SymbolId> PriceQueue::take(std::size_t max) {
    std::vector<SymbolId> symbols;
    if (waiting_.is_empty()) return symbols;
    for (auto id = waiting_.next(0); id != SymbolId::none_value && symbols.size() < max;
         id = waiting_.next(id + 1)) {
        waiting_.erase(id);
        symbols.push_back(SymbolId{id});
    }
    return symbols;
}

awaitable<void> ingest(MessageFeed& feed, Engine& engine, PriceQueue& prices, Signal& mirror,
                       const Clock& clock, Status& status, TickObserver* observer) {
    PriceIntake intake{engine, prices, status, observer};
    MessageBatch batch;  // refilled by this loop alone
    for (;;) {
        batch.clear();
        const Result<void> received = co_await feed.next(batch);
        const Moment now = clock.now();
        if (!received) {
            ++status.ingest.losses;
            status.feed_up = false;
            status.is_synced = false;
            engine.open_epoch(now);
            spdlog::warn("event=gap source=feed epoch={} reason=\"{}\"", engine.data_epoch(),
                         received.error().text);
            continue;
        }
        if (batch.is_empty()) {
            status.feed_up = true;
            intake.restart();
            spdlog::info("event=subscribed epoch={}", engine.data_epoch());
            mirror.notify();
            continue;
        }
        for (std::size_t i = 0; i < batch.size(); ++i) {
            const MessageBatch::Message message = batch[i];
            switch (message.topic) {
                case Topic::prices: intake.take(message.payload, now); break;
                case Topic::force_recalc:
                    force_accounts(message.payload, engine, mirror, now, status.ingest);
                    break;
            }
        }
    }
}

void apply_stored(Engine& engine, std::span<const SymbolId> symbols,
                  std::span<const StoredPrice> prices, bool as_of_their_stamp, Moment now,
                  Status& status, TickObserver* observer) {
    for (std::size_t i = 0; i < symbols.size(); ++i) {
        const StoredPrice& price = prices[i];
        status.ingest.prices_malformed += price.is_malformed;
        if (!price.exists) {
            ++status.ingest.prices_missing;
            engine.forget_price(symbols[i]);
            continue;
        }
        ++status.ingest.prices_read;
        const PriceTick tick{symbols[i], price.bid, price.ask, price.ts_ms, as_of_their_stamp};
        engine.apply(tick, now);
        if (observer != nullptr) {
            observer->on_tick(engine.symbols().name(symbols[i]), tick, now);
        }
    }
}

awaitable<void> read_prices(PriceQueue& queue, Directory& directory, Engine& engine,
                            const Clock& clock, Status& status, TickObserver* observer) {
    constexpr std::size_t batch_max = 1'000;
    constexpr std::chrono::milliseconds idle{1'000};
    constexpr std::chrono::milliseconds retry_pause{250};
    boost::asio::steady_timer pause{co_await boost::asio::this_coro::executor};
    for (;;) {
        if (queue.is_empty()) co_await queue.wake().wait(idle);
        const std::vector<SymbolId> symbols = queue.take(batch_max);
        if (symbols.empty()) continue;
        std::vector<std::string> names;
        names.reserve(symbols.size());
        for (const SymbolId symbol : symbols) names.push_back(engine.symbols().name(symbol));
        const std::uint64_t epoch = engine.data_epoch();
        const auto prices = co_await directory.prices(names);
        ++status.ingest.price_reads;
        // After a gap all prices are read again: an answer from before it is worth nothing.
        if (epoch != engine.data_epoch()) continue;
        if (!prices) {
            // The connection stands, the answer was no prices: they are asked for again, in a
            // while.
            ++status.ingest.price_failures;
            pause.expires_after(retry_pause);
            co_await pause.async_wait(boost::asio::use_awaitable);
            for (const SymbolId symbol : symbols) queue.push(symbol);
            continue;
        }
        apply_stored(engine, symbols, *prices, false, clock.now(), status, observer);
    }
}

}  // namespace margind::service
