#include <fmt/format.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <stdexcept>
#include <utility>

#include "adapters/redis/snapshot_writer.hpp"
#include "bench/paired_runs.hpp"
#include "bench/raw_socket.hpp"
#include "bench/redis_bench.hpp"
#include "bench/written_book.hpp"
#include "support/redis_server.hpp"

namespace margind::bench {
namespace {

namespace asio = boost::asio;

/// redis::SnapshotWriter on a connection of its own, as in the daemon.
class OurWriter {
public:
    OurWriter(std::uint16_t port, const wire::Keys& keys)
        : connection_{io_.get_executor(), options(port), {.name = "writer"}},
          writer_{connection_, keys, redis::SnapshotMode::write} {
        writer_.set_term(WrittenBook::term);
        spawn(connection_.run());
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{20};
        while (!connection_.is_up()) {
            io_.run_one_for(std::chrono::milliseconds{20});
            rethrow();
            if (std::chrono::steady_clock::now() > deadline) {
                throw std::runtime_error{"the writer did not come up: " +
                                         connection_.stats().last_error};
            }
        }
    }
    /// Writes the whole book so many times.
    Run write(const WrittenBook& book, int rounds) {
        Run run;
        bool is_done = false;
        spawn(write_all(book, rounds, run, is_done));
        while (!is_done) {
            io_.run_one();
            rethrow();
        }
        return run;
    }

private:
    static redis::Options options(std::uint16_t port) {
        redis::Options options;
        options.port = port;
        options.ping_interval = std::chrono::minutes{1};  // it rests while the peer writes
        return options;
    }
    asio::awaitable<void> write_all(const WrittenBook& book, int rounds, Run& run, bool& is_done) {
        Stopwatch stopwatch;
        stopwatch.start();
        for (int round = 0; round < rounds; ++round) {
            for (const SnapshotBatch& batch : book.batches()) {
                const auto written = co_await writer_.write(batch);
                if (!written) throw std::runtime_error{written.error().text};
            }
        }
        run = stopwatch.read();
        is_done = true;
    }
    void spawn(asio::awaitable<void> task) {
        asio::co_spawn(io_, std::move(task), [this](std::exception_ptr failure) {
            if (failure) failure_ = failure;
        });
    }
    void rethrow() {
        if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
    }

    asio::io_context io_{1};
    std::exception_ptr failure_;
    redis::Connection connection_;
    redis::SnapshotWriter writer_;
};

/// Null peer n4: the same bytes, encoded before, over a blocking socket; answers are only counted.
/// As many pieces in flight as ours has, and no pause between batches.
Run write_raw(PipelinedWriter& writer, const std::vector<WrittenBook::Piece>& pieces, int rounds,
              std::size_t in_flight) {
    Stopwatch stopwatch;
    stopwatch.start();
    for (int round = 0; round < rounds; ++round) {
        for (const WrittenBook::Piece& piece : pieces) {
            writer.wait_for_answers((in_flight - 1) * pieces.front().commands);
            writer.send(piece.bytes, piece.commands);
        }
    }
    writer.wait_for_answers(0);
    return stopwatch.read();
}

void flush(std::uint16_t port) { RawSocket{port}.expect(Words{"FLUSHALL"}, "+OK\r\n"); }

}  // namespace

void measure_snapshots(const Settings& settings) {
    const test::RedisServer server{"redis-server", {"--appendonly", "no"}};
    const wire::Keys keys = wire::compile_keys({}, 0).value();
    const std::uint32_t accounts = settings.is_quick ? 2'000 : 20'000;
    const int pairs = settings.is_quick ? 3 : 7;
    const int rounds = 4;
    say(fmt::format("snapshots of {} accounts, {} times a run", grouped(accounts), rounds));
    const WrittenBook book{accounts, settings.seed, keys};
    const redis::LoaderLimits limits;
    const auto pieces = book.encode(limits.pipeline_bytes);
    OurWriter ours{server.port(), keys};
    PipelinedWriter peer{server.port()};
    const auto write_ours = [&] { return ours.write(book, rounds); };
    const auto write_peer = [&] { return write_raw(peer, pieces, rounds, limits.pipelines); };
    const PairedRuns runs = run_in_turn(pairs, write_ours, write_peer);
    for (const auto& write : {std::function<Run()>{write_ours}, std::function<Run()>{write_peer}}) {
        flush(server.port());
        static_cast<void>(write());
        book.compare_with(server.port());
    }
    const double count = static_cast<double>(book.snapshots()) * rounds;
    print(
        {.name = "snapshots written with their notifications",
         .value = count / runs.ours.median(),
         .unit = "snapshots/s",
         .ratio = runs.ratio(),
         .peer = "n4, the same bytes encoded before",
         .target = "≥ 0.60",
         .note = fmt::format(
             "{} accounts × {} a run, HSET and PUBLISH each, batches of {}, {} pipelines of {} KiB "
             "in flight, nobody subscribed; afterwards every field is as the encoder says; CPU "
             "{:.2f} µs a snapshot, n4 {:.2f} µs; {}",
             grouped(accounts), rounds, grouped(book.batch_size()), limits.pipelines,
             limits.pipeline_bytes >> 10, runs.ours_cpu.median() / count * 1e6,
             runs.peer_cpu.median() / count * 1e6, runs.text(count))});
}

}  // namespace margind::bench
