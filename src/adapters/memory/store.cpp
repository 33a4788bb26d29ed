#include "adapters/memory/store.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

namespace margind::memory {
namespace {

using boost::asio::awaitable;

std::unexpected<Error> disconnected() {
    return std::unexpected{Error{Fault::disconnected, "the store in memory is disconnected"}};
}

/// Splits "live:1001".
AccountKey key_of(const std::string& text) {
    const std::size_t colon = text.find(':');
    return {text.substr(0, colon), text.substr(colon + 1)};
}

}  // namespace

void Store::put(AccountImage image) {
    changes_.accounts.push_back(image.key);
    AccountKey key = image.key;
    accounts_.insert_or_assign(std::move(key), std::move(image));
    changes_wake_.cancel();
}

void Store::remove(const AccountKey& key) {
    accounts_.erase(key);
    changes_.accounts.push_back(key);
    changes_wake_.cancel();
}

void Store::put(InstrumentSpec spec) {
    InstrumentKey key{spec.group, spec.symbol};
    changes_.instruments.push_back(key);
    instruments_.insert_or_assign(std::move(key), std::move(spec));
    changes_wake_.cancel();
}

void Store::set_price(const std::string& symbol, StoredPrice price) { prices_[symbol] = price; }

void Store::publish(Topic topic, std::string_view payload) {
    if (!is_connected_ || messages_.size() >= messages_max) return;
    messages_.add(topic, payload);
    messages_wake_.cancel();
}

void Store::set_connected(bool is_connected) {
    is_connected_ = is_connected;
    if (!is_connected) {
        messages_link_ = changes_link_ = Link::lost;
        messages_.clear();
        changes_.clear();
    }
    messages_wake_.cancel();
    changes_wake_.cancel();
}

/// Waits until there is work, or news of the connection in `result`. True: there is work.
awaitable<bool> Store::wait(boost::asio::steady_timer& wake, Link& link, Result<void>& result,
                            bool has_work) {
    if (link == Link::lost) {
        link = Link::fresh;
        result = disconnected();
        co_return false;
    }
    if (is_connected_ && link == Link::fresh) {
        link = Link::up;
        co_return false;
    }
    if (has_work) co_return true;
    wake.expires_after(std::chrono::hours{1});
    co_await wake.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
    const auto state = co_await boost::asio::this_coro::cancellation_state;
    if (state.cancelled() != boost::asio::cancellation_type::none) {
        throw boost::system::system_error{boost::asio::error::operation_aborted};
    }
    co_return true;
}

awaitable<Result<void>> Store::next(MessageBatch& batch) {
    Result<void> result;
    while (co_await wait(messages_wake_, messages_link_, result, !messages_.is_empty())) {
        if (messages_.is_empty()) continue;
        std::swap(batch, messages_);
        messages_.clear();
        co_return Result<void>{};
    }
    co_return result;
}

awaitable<Result<void>> Store::next_changes(Changes& changes) {
    Result<void> result;
    const auto has_work = [&] {
        return !changes_.accounts.empty() || !changes_.instruments.empty();
    };
    while (co_await wait(changes_wake_, changes_link_, result, has_work())) {
        if (!has_work()) continue;
        std::swap(changes, changes_);
        changes_.clear();
        co_return Result<void>{};
    }
    co_return result;
}

awaitable<Result<void>> Store::start_holders() {
    if (!is_connected_) co_return disconnected();
    holders_at_.reset();
    holders_started_ = false;
    co_return Result<void>{};
}

awaitable<Result<HolderPage>> Store::next_holders() {
    if (!is_connected_) co_return disconnected();
    HolderPage page;
    auto at = holders_started_ ? accounts_.upper_bound(*holders_at_) : accounts_.begin();
    for (; at != accounts_.end() && page.accounts.size() < holders_per_page; ++at) {
        page.accounts.push_back(at->first);
    }
    if (!page.accounts.empty()) {
        holders_at_ = page.accounts.back();
        holders_started_ = true;
    }
    page.is_last = at == accounts_.end();
    page.sets_total = 1;
    page.sets_done = page.is_last ? 1 : 0;
    co_return page;
}

awaitable<Result<std::vector<AccountImage>>> Store::images(std::span<const AccountKey> accounts) {
    if (!is_connected_) co_return disconnected();
    std::vector<AccountImage> found;
    found.reserve(accounts.size());
    for (const AccountKey& key : accounts) {
        const auto account = accounts_.find(key);
        if (account != accounts_.end()) {
            found.push_back(account->second);
        } else {
            found.push_back({.key = key, .exists = false});
        }
    }
    co_return found;
}

awaitable<Result<std::vector<InstrumentSpec>>> Store::instruments(
    std::span<const InstrumentKey> keys) {
    if (!is_connected_) co_return disconnected();
    std::vector<InstrumentSpec> found;
    for (const InstrumentKey& key : keys) {
        const auto spec = instruments_.find(key);
        InstrumentSpec absent{.group = key.group, .symbol = key.symbol, .exists = false};
        found.push_back(spec != instruments_.end() ? spec->second : std::move(absent));
    }
    co_return found;
}

awaitable<Result<std::vector<StoredPrice>>> Store::prices(std::span<const std::string> symbols) {
    if (!is_connected_) co_return disconnected();
    std::vector<StoredPrice> found;
    for (const std::string& symbol : symbols) {
        const auto price = prices_.find(symbol);
        found.push_back(price != prices_.end() ? price->second : StoredPrice{});
    }
    co_return found;
}

awaitable<Result<Control>> Store::control() {
    if (!is_connected_) co_return disconnected();
    co_return control_;
}

awaitable<Result<BreachMemories>> Store::breaches() {
    if (!is_connected_) co_return disconnected();
    BreachMemories found;
    for (const auto& [account, memory] : breaches_)
        found.known.emplace_back(key_of(account), memory);
    co_return found;
}

awaitable<Result<SnapshotsWritten>> Store::write(std::span<const Snapshot> batch) {
    if (!is_connected_ || !is_writable_) co_return disconnected();
    for (const Snapshot& snapshot : batch) {
        StoredSnapshot& stored = snapshots_[std::string{snapshot.account}];
        stored.snapshot = snapshot;
        ++stored.writes;
    }
    co_return SnapshotsWritten{.written = batch.size()};
}

awaitable<Result<Appended>> Store::append(std::span<const Event> events) {
    if (!is_connected_ || !is_writable_) co_return disconnected();
    Appended result;
    for (const Event& event : events) {
        if (++event_ids_[event.id] > 1) {
            ++result.known;
            continue;
        }
        ++result.appended;
        breaches_[event.account] = event.memory;
        if (events_.size() < events_max) events_.push_back(event);
    }
    co_return result;
}

}  // namespace margind::memory
