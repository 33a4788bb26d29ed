#include "replay/engine_replay.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "wire/book_supply.hpp"
#include "wire/json_writer.hpp"

namespace margind::replay {
namespace {

EngineOptions engine_options(const Options& options) {
    EngineOptions made;
    made.rules = options.rules == RuleSetKind::platform ? platform_rules() : standard_rules();
    made.types = options.types;
    made.currency = options.currency;
    made.is_armed = options.is_armed;
    return made;
}

}  // namespace

std::expected<EventLog, std::string> EventLog::open(const std::string& path) {
    EventLog log;
    log.file_.reset(std::fopen(path.c_str(), "wb"));
    if (log.file_ == nullptr) return std::unexpected{path + ": " + std::strerror(errno)};
    return log;
}

void EventLog::write(const Event& event) {
    line_.clear();
    wire::JsonWriter{line_}
        .begin_object()
        .field("id", event.id)
        .field("account", event.account)
        .field("kind", to_string(event.kind))
        .field("ts_ms", event.ts_ms)
        .field("level", event.level)
        .end_object();
    line_ += '\n';
    std::fwrite(line_.data(), 1, line_.size(), file_.get());
}

bool EventLog::close() {
    const bool is_good = std::ferror(file_.get()) == 0;
    return std::fclose(file_.release()) == 0 && is_good;
}

EngineReplay::EngineReplay(const Options& options, wire::StoredBook book, EventLog* events)
    : beat_ms_{options.beat_ms},
      engine_{engine_options(options)},
      book_{std::move(book)},
      events_{events} {}

void EngineReplay::start(std::int64_t first_ms) {
    const std::int64_t grid_ms = first_ms - first_ms % beat_ms_;
    wire::open_book(engine_, book_, at(grid_ms));
    book_ = {};
    clock_ms_ = first_ms;
    next_beat_ms_ = grid_ms + beat_ms_;
}

void EngineReplay::beat(std::int64_t due_ms) {
    engine_.recompute(at(due_ms));
    if (events_ != nullptr) {
        for (const Event& event : engine_.events()) events_->write(event);
    }
    engine_.confirm_events(engine_.events().size());
    if (engine_.options().rules.kind != RuleSetKind::platform) return;
    // These rules read back what the last snapshot said, so it counts as written.
    constexpr std::uint32_t everything = 0xffffffff;
    engine_.confirm(engine_.next_snapshots(everything, at(due_ms)), Written::yes);
}

/// Does all beats due up to `time_ms`, and leaves out those that would find nothing to do.
void EngineReplay::beats_before(std::int64_t time_ms) {
    while (next_beat_ms_ <= time_ms) {
        if (!engine_.wants_beat()) {
            next_beat_ms_ = time_ms - time_ms % beat_ms_ + beat_ms_;
            return;
        }
        beat(next_beat_ms_);
        next_beat_ms_ += beat_ms_;
    }
}

/// The book is there before the first tick, so that what it does not know then stays unknown.
SymbolId EngineReplay::symbol_of(const wire::FeedTick& tick) {
    if (tick.number == wire::FeedTick::no_number) return engine_.find_symbol(tick.symbol);
    if (tick.number >= symbols_.size()) symbols_.resize(tick.number + std::size_t{1});
    std::optional<SymbolId>& symbol = symbols_[tick.number];
    if (!symbol) symbol = engine_.find_symbol(tick.symbol);
    return *symbol;
}

void EngineReplay::apply(const wire::FeedTick& tick) {
    if (!std::exchange(has_started_, true)) start(tick.time_ms);
    // A line behind its time arrives now.
    clock_ms_ = std::max(clock_ms_, tick.time_ms);
    beats_before(clock_ms_);
    ++ticks_;
    const SymbolId symbol = symbol_of(tick);
    if (symbol.is_none()) {
        ++ticks_unused_;
        return;
    }
    engine_.apply(PriceTick{symbol, tick.bid, tick.ask, tick.ts_ms}, at(clock_ms_));
}

void EngineReplay::finish() {
    if (!has_started_) return;
    beats_before(next_beat_ms_);
}

}  // namespace margind::replay
