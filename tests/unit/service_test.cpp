#include <boost/asio/io_context.hpp>
#include <catch2/catch_test_macros.hpp>

#include "adapters/memory/store.hpp"
#include "margind/core/base/decimal.hpp"
#include "service/beat.hpp"
#include "service/ingest.hpp"
#include "service/mirror.hpp"
#include "service/task_group.hpp"
#include "support/manual_time.hpp"

namespace margind {
namespace {

using test::ManualClock;
using test::ManualTicker;

AccountImage account(const std::string& id, double balance, const char* lots = "1.00") {
    AccountImage image{.key = {"live", id}};
    image.balance = balance;
    image.leverage = 100.0;
    image.orders.push_back({.id = "o" + id,
                            .symbol = "EURUSD",
                            .side = Side::buy,
                            .open_price = 1.1,
                            .quantity = parse_real(lots),
                            .volume = parse_volume(lots)});
    return image;
}

/// The real loops on a store in memory, a clock that stands and a ticker that is cranked.
struct Service {
    explicit Service(EngineOptions options = {}) : engine{std::move(options)} {
        store.put(InstrumentSpec{.group = "Standard",
                                 .symbol = "EURUSD",
                                 .contract_size = 100'000.0,
                                 .profit = "USD",
                                 .type = 1});
        store.set_price("EURUSD", {true, 1.1, 1.1002});
    }

    void start() {
        tasks.spawn("ingest", service::ingest(store, engine, prices, wake, clock, status, nullptr));
        tasks.spawn("prices", service::read_prices(prices, store, engine, clock, status, nullptr));
        tasks.spawn("mirror", service::mirror(store, engine, wake, clock, status, nullptr, {}));
        tasks.spawn("changes", service::follow_changes(store, engine, wake, clock, status));
        tasks.spawn("beat", service::beat(ticker, engine, store, store, store, clock, status, {},
                                          {.before = [](Moment) {},
                                           .after = [this](const BeatStats& s) { last = s; }}));
        settle();
    }
    ~Service() {
        tasks.cancel();
        settle();
    }
    Service(const Service&) = delete;
    Service& operator=(const Service&) = delete;

    void settle() {
        for (int i = 0; i < 200; ++i) {
            io.restart();
            if (io.poll() == 0) break;
        }
    }
    void beat(std::int64_t ms = 200) {
        ticker.crank(ms);
        settle();
    }
    void price(double bid, double ask) {
        store.set_price("EURUSD", {true, bid, ask});
        store.publish(Topic::prices, "EURUSD");
        settle();
    }
    const Snapshot& written(const std::string& id) const {
        return store.snapshots().at(id).snapshot;
    }
    const Valuation& figures(const std::string& id) const {
        return std::get<StandardFigures>(written(id).figures).valuation;
    }
    std::vector<std::string> kinds() const {
        std::vector<std::string> found;
        for (const Event& event : store.events()) found.emplace_back(to_string(event.kind));
        return found;
    }

    boost::asio::io_context io{1};
    ManualClock clock;
    memory::Store store{io.get_executor()};
    Engine engine;
    service::Status status;
    service::PriceQueue prices{io.get_executor()};
    service::Signal wake{io.get_executor()};
    ManualTicker ticker{io.get_executor(), clock};
    service::TaskGroup tasks{io.get_executor()};
    BeatStats last;
};

using Kinds = std::vector<std::string>;

TEST_CASE("an account found in a holder set is read, valued and written at the beat") {
    Service service;
    service.store.put(account("1", 5'000.0));
    service.start();
    REQUIRE(service.status.is_synced);
    service.beat();
    CHECK(service.written("live:1").verdict == Verdict::ok);
    // (1.1 - 1.1) x 100,000 = 0; margin 1,000 EUR at 1.1002.
    CHECK(service.figures("live:1").equity == Money::from_minor(500'000));
    CHECK(service.figures("live:1").margin == Money::from_minor(110'020));
}

TEST_CASE("a bare symbol has its price read and every holder revalued") {
    Service service;
    service.store.put(account("1", 5'000.0));
    service.start();
    service.beat();
    service.price(1.09, 1.0902);
    service.beat();
    CHECK(service.figures("live:1").equity == Money::from_minor(400'000));
    CHECK(service.status.ingest.price_reads == 1);
}

TEST_CASE("a JSON payload needs no read") {
    Service service;
    service.store.put(account("1", 5'000.0));
    service.start();
    service.store.publish(Topic::prices, R"({"symbol":"EURUSD","bid":1.08,"ask":1.0802})");
    service.settle();
    service.beat();
    CHECK(service.figures("live:1").equity == Money::from_minor(300'000));
    CHECK(service.status.ingest.price_reads == 0);
}

TEST_CASE("a malformed payload is counted by its reason and changes nothing") {
    Service service;
    service.store.put(account("1", 5'000.0));
    service.start();
    service.beat();
    service.store.publish(Topic::prices, R"({"symbol":"EURUSD","bid":1.08)");
    service.settle();
    CHECK(service.status.ingest.refused[static_cast<std::size_t>(wire::PayloadFault::bad_json)] ==
          1);
    service.beat();
    CHECK(service.last.recomputed == 0);
}

TEST_CASE("a snapshot that could not be written leaves its account dirty and is written later") {
    Service service;
    service.store.put(account("1", 5'000.0));
    service.start();
    service.store.set_writable(false);
    service.beat();
    CHECK(service.store.snapshots().empty());
    CHECK(service.engine.dirty_count(0) == 1);
    service.store.set_writable(true);
    service.beat();
    CHECK(service.engine.dirty_count(0) == 0);
    CHECK(service.store.snapshots().size() == 1);
}

TEST_CASE("an unchanged snapshot is not written again") {
    Service service;
    service.store.put(account("1", 5'000.0));
    service.start();
    service.beat();
    service.price(1.1, 1.1002);
    service.beat();
    CHECK(service.last.recomputed == 1);
    CHECK(service.store.snapshots().at("live:1").writes == 1);
}

TEST_CASE("a fall in price makes a margin call, then a stop-out in dry run, then a recovery") {
    Service service;
    service.store.put(account("1", 1'500.0));
    service.start();
    service.beat();
    service.price(1.094, 1.0942);
    service.beat();
    service.price(1.089, 1.0892);
    service.beat();
    service.price(1.1, 1.1002);
    service.beat();
    CHECK(service.kinds() == Kinds{"margin_call", "would_stop_out", "recovered"});
}

TEST_CASE("events that could not be appended are kept and appended once") {
    Service service;
    service.store.put(account("1", 1'500.0));
    service.start();
    service.beat();
    service.store.set_writable(false);
    service.price(1.094, 1.0942);
    service.beat();
    service.beat();
    CHECK(service.store.events().empty());
    service.store.set_writable(true);
    service.beat();
    CHECK(service.kinds() == Kinds{"margin_call"});
}

TEST_CASE(
    "an armed service stops out, a killed one only says so, arming again says it in earnest") {
    Service service;
    service.store.set_control({.armed = true, .killed = true});
    service.store.put(account("1", 1'500.0));
    service.start();
    service.beat();
    service.price(1.089, 1.0892);
    service.beat();
    CHECK(service.kinds() == Kinds{"would_stop_out"});
    service.store.set_control({.armed = true});
    service.beat();
    CHECK(service.kinds() == Kinds{"would_stop_out", "stop_out"});
}

TEST_CASE("a lost connection opens an epoch, after which everything is read again") {
    Service service;
    service.store.put(account("1", 5'000.0));
    service.start();
    service.beat();
    const std::uint64_t epoch = service.engine.data_epoch();
    service.store.set_connected(false);
    service.settle();
    CHECK(service.engine.data_epoch() > epoch);
    CHECK_FALSE(service.status.is_synced);
    service.store.put(account("1", 7'000.0));
    service.store.set_connected(true);
    service.settle();
    service.beat(1'200);
    CHECK(service.status.is_synced);
    CHECK(service.figures("live:1").equity == Money::from_minor(700'000));
}

TEST_CASE("nothing is flagged on prices from before a gap, but what they touched is told") {
    Service service;
    service.store.put(account("1", 1'500.0));
    service.start();
    service.price(1.089, 1.0892);
    service.store.set_connected(false);
    service.settle();
    service.beat();
    REQUIRE(service.engine.events().size() == 1);
    CHECK(service.engine.events().front().kind == EventKind::touched);
    CHECK(service.store.events().empty());
}

TEST_CASE("a store that comes back empty makes accounts UNKNOWN, not flat") {
    Service service;
    service.store.put(account("1", 1'500.0));
    service.start();
    service.beat();
    service.store.set_connected(false);
    service.settle();
    service.store.remove({"live", "1"});
    service.store.set_connected(true);
    service.settle();
    service.beat(1'200);
    CHECK(service.written("live:1").verdict == Verdict::unknown);
    CHECK(service.written("live:1").causes.has(Cause::image_missing));
    CHECK(service.store.events().empty());
}

TEST_CASE("a changed account is read again before its next evaluation") {
    Service service;
    service.store.put(account("1", 5'000.0));
    service.start();
    service.beat();
    service.store.put(account("1", 6'000.0));
    service.settle();
    service.beat();
    CHECK(service.figures("live:1").equity == Money::from_minor(600'000));
}

TEST_CASE("a forced account is written again although nothing changed") {
    Service service;
    service.store.put(account("1", 5'000.0));
    service.start();
    service.beat();
    service.store.publish(
        Topic::force_recalc,
        R"({"users":[{"user_type":"live","user_id":1},{"user_type":"ghost","user_id":"2"}]})");
    service.settle();
    service.beat();
    CHECK(service.store.snapshots().at("live:1").writes == 2);
    CHECK(service.status.ingest.force_junk == 1);
}

TEST_CASE("an account that appears in the store later is adopted, read and written") {
    Service service;
    service.store.put(account("1", 5'000.0));
    service.start();
    const std::uint64_t adopted = service.status.mirror.adopted;
    service.store.put(account("2", 5'000.0));
    service.settle();
    service.beat();
    CHECK(service.store.snapshots().contains("live:2"));
    CHECK(service.status.mirror.adopted == adopted + 1);
}

TEST_CASE("the last beat of a stop writes what is left and ends the loops") {
    Service service;
    service.store.put(account("1", 5'000.0));
    service.start();
    service.ticker.set_due(true);
    service.status.is_stopping = true;
    service.beat();
    CHECK(service.store.snapshots().size() == 1);
    CHECK(service.tasks.first_ended() == "beat");
    CHECK(service.tasks.error().empty());
}

}  // namespace
}  // namespace margind
