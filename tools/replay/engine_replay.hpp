#pragma once
#include <cstdint>
#include <cstdio>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "margind/core/engine/engine.hpp"
#include "replay/options.hpp"
#include "wire/book_file.hpp"
#include "wire/feed_csv.hpp"

namespace margind::replay {

/// Events as JSON lines {"id","account","kind","ts_ms","level"} in a file.
class EventLog {
public:
    static std::expected<EventLog, std::string> open(const std::string& path);
    void write(const Event& event);
    /// False where something could not be written.
    [[nodiscard]] bool close();

private:
    struct Closer {
        void operator()(std::FILE* file) const { std::fclose(file); }
    };
    std::unique_ptr<std::FILE, Closer> file_;
    std::string line_;
};

/// The engine under a recorded feed: the clock is the feed's, a beat is due at every multiple of
/// the interval, and a tick stamped exactly on one belongs to the next. Beats without work are
/// skipped.
class EngineReplay {
public:
    /// `events` may be null; it outlives the replay.
    EngineReplay(const Options& options, wire::StoredBook book, EventLog* events);

    void apply(const wire::FeedTick& tick);
    /// Does the beat that the last ticks wait for.
    void finish();

    [[nodiscard]] const Engine& engine() const { return engine_; }
    [[nodiscard]] std::uint64_t ticks() const { return ticks_; }
    /// Of symbols that nobody holds or converts through.
    [[nodiscard]] std::uint64_t ticks_unused() const { return ticks_unused_; }

private:
    void start(std::int64_t first_ms);
    void beat(std::int64_t due_ms);
    void beats_before(std::int64_t time_ms);
    SymbolId symbol_of(const wire::FeedTick& tick);
    static Moment at(std::int64_t ms) { return {ms, ms}; }

    std::int64_t beat_ms_;
    Engine engine_;
    wire::StoredBook book_;  // emptied once the engine has it
    EventLog* events_;
    bool has_started_ = false;
    std::int64_t clock_ms_ = 0;
    std::int64_t next_beat_ms_ = 0;
    std::uint64_t ticks_ = 0;
    std::uint64_t ticks_unused_ = 0;
    std::vector<std::optional<SymbolId>> symbols_;  // by the feed's number; looked up once each
};

}  // namespace margind::replay
