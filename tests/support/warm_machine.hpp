#pragma once
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <string>
#include <utility>
#include <vector>

#include "adapters/memory/store.hpp"
#include "margind/core/base/decimal.hpp"
#include "service/beat.hpp"
#include "service/ingest.hpp"
#include "service/mirror.hpp"
#include "service/task_group.hpp"
#include "service/warm_start.hpp"
#include "support/manual_time.hpp"
#include "support/warm_shelf.hpp"

namespace margind::test {

using Names = std::vector<std::string>;

/// One lot of EURUSD bought at 1.10: 1,100.20 of margin at the price of these tests.
inline AccountImage one_lot(const std::string& id, double balance) {
    AccountImage image{.key = {"live", id}, .balance = balance, .leverage = 100.0};
    image.orders.push_back({.id = "o" + id,
                            .symbol = "EURUSD",
                            .side = Side::buy,
                            .open_price = 1.1,
                            .quantity = parse_real("1.00"),
                            .volume = parse_volume("1.00")});
    return image;
}

/// A store that notes whose images are read, and can hold them back.
class SlowDirectory final : public Directory {
public:
    SlowDirectory(memory::Store& store, boost::asio::any_io_executor executor)
        : store_{store}, gate_{std::move(executor)} {}

    /// So many pages of images are answered, the next ones wait.
    void let_through(int pages) {
        pages_ = pages;
        gate_.notify();
    }
    [[nodiscard]] const Names& asked() const { return asked_; }

    boost::asio::awaitable<Result<std::vector<AccountImage>>> images(
        std::span<const AccountKey> accounts) override {
        for (const AccountKey& key : accounts) asked_.push_back(key.text());
        while (pages_ == 0) co_await gate_.wait(std::chrono::hours{1});
        --pages_;
        co_return co_await store_.images(accounts);
    }
    boost::asio::awaitable<Result<void>> start_holders() override { return store_.start_holders(); }
    boost::asio::awaitable<Result<HolderPage>> next_holders() override {
        return store_.next_holders();
    }
    boost::asio::awaitable<Result<std::vector<InstrumentSpec>>> instruments(
        std::span<const InstrumentKey> keys) override {
        return store_.instruments(keys);
    }
    boost::asio::awaitable<Result<std::vector<StoredPrice>>> prices(
        std::span<const std::string> symbols) override {
        return store_.prices(symbols);
    }
    boost::asio::awaitable<Result<Control>> control() override { return store_.control(); }
    boost::asio::awaitable<Result<BreachMemories>> breaches() override { return store_.breaches(); }
    boost::asio::awaitable<Result<void>> next_changes(Changes& changes) override {
        return store_.next_changes(changes);
    }

private:
    memory::Store& store_;
    service::Signal gate_;
    Names asked_;
    int pages_ = 1'000'000;
};

/// A platform's store and the disk of the machine: they outlive the daemon's runs.
struct Machine {
    Machine() {
        store.put(InstrumentSpec{.group = "Standard",
                                 .symbol = "EURUSD",
                                 .contract_size = 100'000.0,
                                 .profit = "USD",
                                 .type = 1});
        store.set_price("EURUSD", {true, 1.1, 1.1002});
    }
    Machine(const Machine&) = delete;
    Machine& operator=(const Machine&) = delete;

    /// A daemon that starts connects anew, and hears nothing of what was before.
    void disconnect() {
        store.set_connected(false);
        store.set_connected(true);
        auto heard = boost::asio::co_spawn(io, hear_of_loss(), boost::asio::use_future);
        settle();
        heard.get();
    }
    boost::asio::awaitable<void> hear_of_loss() {
        MessageBatch messages;
        static_cast<void>(co_await store.next(messages));
        Changes changes;
        static_cast<void>(co_await store.next_changes(changes));
    }
    void settle() {
        for (int i = 0; i < 1'000; ++i) {
            io.restart();
            if (io.poll() == 0) break;
        }
    }

    boost::asio::io_context io{1};
    ManualClock clock;
    memory::Store store{io.get_executor()};
    SlowDirectory directory{store, io.get_executor()};
    WarmShelf shelf;
};

inline constexpr service::WarmOptions every_second{
    .interval_ms = 1'000, .adopted_at_once = 2, .noted_per_beat = 2};

/// One run of the daemon, from its start to its stop.
struct Run {
    explicit Run(Machine& on, service::WarmOptions options = every_second)
        : machine{on}, engine{EngineOptions{}}, warm{machine.io.get_executor(),
                                                     machine.shelf,
                                                     engine,
                                                     wake,
                                                     machine.clock,
                                                     status,
                                                     options} {
        machine.disconnect();
        service::BeatHooks hooks{.before = [](Moment) {},
                                 .after = [this](const BeatStats&) { warm.after_beat(); },
                                 .at_stop = [this] { return warm.save_last(); }};
        warm.load();
        memory::Store& store = machine.store;
        tasks.spawn("warm", warm.run());
        tasks.spawn("ingest",
                    service::ingest(store, engine, prices, wake, machine.clock, status, nullptr));
        tasks.spawn("changes", service::follow_changes(machine.directory, engine, wake,
                                                       machine.clock, status));
        tasks.spawn("mirror", service::mirror(machine.directory, engine, wake, machine.clock,
                                              status, nullptr, {.page_accounts = 1}));
        tasks.spawn("beat", service::beat(ticker, engine, machine.directory, store, store,
                                          machine.clock, status, {}, std::move(hooks)));
        machine.settle();
    }
    ~Run() {
        machine.directory.let_through(1'000'000);
        tasks.cancel();
        machine.settle();
    }
    Run(const Run&) = delete;
    Run& operator=(const Run&) = delete;

    void beat(std::int64_t ms = 200) {
        ticker.crank(ms);
        machine.settle();
    }
    void stop() {
        status.is_stopping = true;
        beat();
    }
    Verdict verdict(const std::string& id) const {
        return engine.snapshot(find(id), now()).verdict;
    }
    Causes causes(const std::string& id) const { return engine.snapshot(find(id), now()).causes; }
    AccountId find(const std::string& id) const { return engine.find_account({"live", id}); }
    Moment now() const { return machine.clock.now(); }

    Machine& machine;
    Engine engine;
    service::Status status;
    service::PriceQueue prices{machine.io.get_executor()};
    service::Signal wake{machine.io.get_executor()};
    ManualTicker ticker{machine.io.get_executor(), machine.clock};
    service::WarmStart warm;
    service::TaskGroup tasks{machine.io.get_executor()};
};

}  // namespace margind::test
