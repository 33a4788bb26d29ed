#include "app/demo_table.hpp"

#include <fmt/format.h>

#include <cstdio>

namespace margind::app {
namespace {

constexpr int table_rows = 14;

double to_ms(std::int64_t us) { return static_cast<double>(us) / 1'000.0; }

std::uint64_t dirty_total(Engine& engine) {
    std::uint64_t total = 0;
    for (std::size_t type = 0; type < engine.options().types.size(); ++type) {
        total += engine.dirty_count(static_cast<TypeIndex>(type));
    }
    return total;
}

double seconds_since(Moment started, Moment now) {
    return static_cast<double>(now.steady_ms - started.steady_ms) / 1'000.0;
}

/// One row: a name, a figure, and what it says.
void row(std::string& out, std::string_view name, const std::string& value,
         std::string_view meaning) {
    out += fmt::format("  {:<14}{:>16}   \x1b[2m{}\x1b[0m\x1b[K\n", name, value, meaning);
}

}  // namespace

void DemoTable::show(Engine& engine, const service::Status& status, const BeatStats& beat,
                     const std::string& note, Moment now) {
    if (now.steady_ms - last_ticks_ms_ >= 1'000) {
        const double elapsed_s = static_cast<double>(now.steady_ms - last_ticks_ms_) / 1'000.0;
        const std::uint64_t ticks = engine.stats().ticks;
        if (last_ticks_ms_ != 0) {
            ticks_per_s_ = static_cast<double>(ticks - last_ticks_) / elapsed_s;
        }
        last_ticks_ = ticks;
        last_ticks_ms_ = now.steady_ms;
    }
    if (is_terminal_) {
        draw(engine, status, beat, note, now);
    } else if (now.steady_ms - last_line_ms_ >= 1'000) {
        last_line_ms_ = now.steady_ms;
        print_line(engine, status, now);
    }
}

void DemoTable::draw(Engine& engine, const service::Status& status, const BeatStats& beat,
                     const std::string& note, Moment now) {
    const EngineStats& stats = engine.stats();
    const StateCounts& counts = engine.state_counts();
    const auto state = [&](AccountState of) {
        return fmt::format("{}", counts.by_state[static_cast<std::size_t>(of)]);
    };
    std::string out;
    if (has_drawn_) out += fmt::format("\x1b[{}A", table_rows);
    out += fmt::format("\x1b[1mmargind demo\x1b[0m  {:.1f} s   {}\x1b[K\n",
                       seconds_since(started_, now), note);
    row(out, "ticks", fmt::format("{}", stats.ticks), fmt::format("{:.0f} a second", ticks_per_s_));
    row(out, "dirty", fmt::format("{}", dirty_total(engine)), "not yet recomputed or written");
    row(out, "recomputed", fmt::format("{}", stats.recomputed),
        fmt::format("{} in this beat, {} symbols moved", beat.recomputed, beat.symbols_dirty));
    row(out, "written", fmt::format("{}", status.beat.snapshots_written), "snapshots");
    row(out, "margin calls", fmt::format("{}", stats.margin_calls),
        state(AccountState::margin_call) + " accounts now");
    row(out, "stop-outs", fmt::format("{}", stats.stop_outs),
        state(AccountState::stop_out) + " accounts now (dry run: would_stop_out)");
    row(out, "recoveries", fmt::format("{}", stats.recoveries),
        state(AccountState::recovering) + " accounts recovering");
    row(out, "unknown", fmt::format("{}", counts.unknown), "accounts that cannot be valued");
    row(out, "recompute", fmt::format("{:.2f} ms", to_ms(status.beat.recompute_us_last)),
        fmt::format("longest {:.2f} ms", to_ms(status.beat.recompute_us_max)));
    row(out, "beat", fmt::format("{:.2f} ms", to_ms(status.beat.beat_us_last)),
        fmt::format("{} beats, {} late, {} missed", status.beat.beats, status.beat.late,
                    status.beat.missed));
    out +=
        "\x1b[K\n  curl http://127.0.0.1:8600/v1/status        GET /metrics, /readyz, "
        "/v1/dirty/live\x1b[K\n  Ctrl-C stops it\x1b[K\n";
    has_drawn_ = true;
    fmt::print("{}", out);
    std::fflush(stdout);
}

void DemoTable::print_line(Engine& engine, const service::Status& status, Moment now) {
    const EngineStats& stats = engine.stats();
    fmt::print(
        "seconds={:.1f} ticks={} dirty={} recomputed={} written={} margin_calls={} stop_outs={} "
        "recoveries={} unknown={} beat_ms={:.2f} beat_ms_max={:.2f}\n",
        seconds_since(started_, now), stats.ticks, dirty_total(engine), stats.recomputed,
        status.beat.snapshots_written, stats.margin_calls, stats.stop_outs, stats.recoveries,
        engine.state_counts().unknown, to_ms(status.beat.beat_us_last),
        to_ms(status.beat.beat_us_max));
    std::fflush(stdout);
}

void DemoTable::finish(Engine& engine, const service::Status& status, Moment now) {
    if (is_terminal_) fmt::print("\n");
    print_line(engine, status, now);
}

}  // namespace margind::app
