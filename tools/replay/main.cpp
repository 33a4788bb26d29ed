// margind-replay: recorded prices into the engine in process, or into a Redis.
#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <exception>
#include <optional>
#include <thread>
#include <variant>

#include "adapters/file/recorder.hpp"
#include "common/interrupt.hpp"
#include "common/progress.hpp"
#include "replay/book_loading.hpp"
#include "replay/engine_replay.hpp"
#include "replay/options.hpp"
#include "replay/pace.hpp"
#include "replay/redis_replay.hpp"
#include "replay/scenario_replay.hpp"
#include "replay/statistics.hpp"

namespace margind::replay {
namespace {

int fail(const std::string& text) {
    fmt::print(stderr, "margind-replay: {}\n", text);
    return 1;
}

/// What one replay of prices consists of, whatever it goes into.
class PriceReplay {
public:
    explicit PriceReplay(const Options& options) : options_{options} {}

    int run() {
        auto feeds = FeedMerge::open(options_, notice_);
        if (!feeds) return fail(feeds.error());
        feeds_.emplace(std::move(*feeds));
        if (!options_.record.empty()) {
            auto recorder = file::Recorder::open(options_.record);
            if (!recorder) return fail(recorder.error());
            recorder_.emplace(std::move(*recorder));
            if (!recorder_->repair().empty()) notice_(recorder_->repair());
        }
        return options_.redis ? run_into_redis() : run_in_process();
    }

private:
    void record(const wire::FeedTick& tick, std::int64_t arrival_ms) {
        if (!recorder_ || recorder_->has_stopped()) return;
        if (!recorder_->record({tick.symbol, tick.bid, tick.ask, tick.ts_ms, arrival_ms})) {
            notice_(recorder_->stop_reason());
        }
    }

    void show_progress(std::uint64_t ticks) {
        constexpr std::uint64_t ticks_between = 256;
        if (ticks % ticks_between != 0) return;
        progress_.show(ticks, feeds_->bytes_read(), feeds_->bytes_total());
    }

    void wait_for(Pace& pace, std::int64_t time_ms) {
        constexpr std::chrono::milliseconds step{100};
        while (!tools::is_interrupted() && pace.must_wait(time_ms)) {
            std::this_thread::sleep_until(std::min(pace.due(time_ms), Pace::Clock::now() + step));
        }
    }

    int run_in_process() {
        LoadedBook loaded;
        if (!options_.book.empty()) {
            auto book = load_book(options_, notice_);
            if (!book) return fail(book.error());
            loaded = std::move(*book);
            is_damaged_ = !loaded.damage.empty();
        }
        std::optional<EventLog> events;
        if (!options_.events.empty()) {
            auto log = EventLog::open(options_.events);
            if (!log) return fail(log.error());
            events.emplace(std::move(*log));
        }
        EngineReplay replay{options_, std::move(loaded.book), events ? &*events : nullptr};
        Pace pace{options_.speed};
        const auto start = Pace::Clock::now();
        while (const wire::FeedTick* tick = feeds_->next()) {
            wait_for(pace, tick->time_ms);
            if (tools::is_interrupted()) break;
            replay.apply(*tick);
            record(*tick, tick->time_ms);
            show_progress(replay.ticks());
        }
        replay.finish();
        const std::chrono::duration<double> elapsed = Pace::Clock::now() - start;
        Statistics statistics;
        statistics.add("ticks", replay.ticks());
        statistics.add("ticks_unused", replay.ticks_unused());
        statistics.add_engine(replay.engine());
        statistics.add_book(loaded);
        return finish(statistics, replay.ticks(), elapsed.count(),
                      !events || events->close() ? "" : options_.events + ": write failed");
    }

    int run_into_redis() {
        RedisReplayResult result;
        const auto start = Pace::Clock::now();
        const auto replayed = replay_into_redis(
            options_, *feeds_, result, [&](const wire::FeedTick& tick, std::int64_t now_ms) {
                record(tick, now_ms);
                show_progress(result.ticks);
            });
        const std::chrono::duration<double> elapsed = Pace::Clock::now() - start;
        Statistics statistics;
        statistics.add("ticks", result.ticks);
        statistics.add("commands_answered", result.commands_answered);
        statistics.add("commands_refused", result.commands_refused);
        if (options_.speed > 0.0) {
            statistics.add("late_ms_max", static_cast<std::uint64_t>(result.late_ms_max));
        }
        std::string error = replayed ? "" : replayed.error();
        if (result.commands_refused > 0) error = "the server refused: " + result.first_error;
        return finish(statistics, result.ticks, elapsed.count(), error);
    }

    /// Why the statistics do not stand for the whole of the feeds, else empty.
    [[nodiscard]] std::string shortfall(std::uint64_t ticks, const FeedCounts& counts) const {
        if (tools::is_interrupted()) return "interrupted before the end";
        if (counts.damaged_blocks > 0) {
            return "a recording is damaged; what is whole in it is used";
        }
        if (is_damaged_ || !counts.damages.empty()) {
            return "a file ended before its end; what was read before it is used";
        }
        if (ticks > 0) return {};
        return fmt::format("no usable tick in {} lines: {} refused, {} left out by the filters",
                           counts.lines, counts.refused.total(), counts.filtered);
    }

    /// Prints the statistics, also after an error: they say how far it went.
    int finish(Statistics& statistics, std::uint64_t ticks, double seconds,
               const std::string& error) {
        const FeedCounts counts = feeds_->counts();
        statistics.add_feeds(counts);
        if (recorder_) {
            recorder_->flush();
            statistics.add("recorded", recorder_->ticks_written());
        }
        statistics.add_seconds(ticks, seconds);
        progress_.clear();
        if (tools::is_interrupted()) statistics.add_fact("interrupted");
        const std::string text = options_.as_json ? statistics.json() : statistics.text();
        std::fwrite(text.data(), 1, text.size(), stdout);
        std::fflush(stdout);
        if (!error.empty()) return fail(error);
        const std::string why = shortfall(ticks, counts);
        return why.empty() ? 0 : fail(why);
    }

    const Options& options_;
    tools::Progress progress_{"ticks"};
    Notice notice_ = [this](const std::string& text) {
        progress_.clear();
        fmt::print(stderr, "margind-replay: {}\n", text);
    };
    std::optional<FeedMerge> feeds_;
    bool is_damaged_ = false;  // the book
    std::optional<file::Recorder> recorder_;
};

int run(int argc, const char* const* argv) {
    const auto parsed = parse_options(argc, argv);
    if (const int* code = std::get_if<int>(&parsed)) return *code;
    const Options& options = std::get<Options>(parsed);
    tools::catch_interrupts();
    if (options.has_scenarios) return replay_scenarios(options);
    return PriceReplay{options}.run();
}

}  // namespace
}  // namespace margind::replay

int main(int argc, char** argv) {
    try {
        return margind::replay::run(argc, argv);
    } catch (const std::exception& error) {
        fmt::print(stderr, "margind-replay: {}\n", error.what());
        return 1;
    }
}
