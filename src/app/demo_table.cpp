#include "app/demo_table.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string_view>

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

}  // namespace

Look look_for(bool is_terminal, std::string_view term, std::string_view no_color) {
    if (!is_terminal || term == "dumb") return Look::lines;
    return no_color.empty() ? Look::styled_table : Look::plain_table;
}

Look look_of_output() {
    const auto variable = [](const char* name) {
        const char* text = std::getenv(name);
        return std::string_view{text == nullptr ? "" : text};
    };
    return look_for(::isatty(STDOUT_FILENO) == 1, variable("TERM"), variable("NO_COLOR"));
}

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
    if (look_ != Look::lines) {
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
    const bool is_styled = look_ == Look::styled_table;
    const std::string_view bold = is_styled ? "\x1b[1m" : "";
    const std::string_view dim = is_styled ? "\x1b[2m" : "";
    const std::string_view usual = is_styled ? "\x1b[0m" : "";
    std::string out;
    const auto row = [&](std::string_view name, const std::string& value,
                         std::string_view meaning) {
        out += fmt::format("  {:<14}{:>16}   {}{}{}\x1b[K\n", name, value, dim, meaning, usual);
    };
    if (has_drawn_) out += fmt::format("\x1b[{}A", table_rows);
    out += fmt::format("{}margind demo{}  {:.1f} s   {}\x1b[K\n", bold, usual,
                       seconds_since(started_, now), note);
    row("ticks", fmt::format("{}", stats.ticks), fmt::format("{:.0f} a second", ticks_per_s_));
    row("dirty", fmt::format("{}", dirty_total(engine)), "not yet recomputed or written");
    row("recomputed", fmt::format("{}", stats.recomputed),
        fmt::format("{} in this beat, {} symbols moved", beat.recomputed, beat.symbols_dirty));
    row("written", fmt::format("{}", status.beat.snapshots_written), "snapshots");
    row("margin calls", fmt::format("{}", stats.margin_calls),
        state(AccountState::margin_call) + " accounts now");
    row("stop-outs", fmt::format("{}", stats.stop_outs),
        state(AccountState::stop_out) + " accounts now (dry run: would_stop_out)");
    row("recoveries", fmt::format("{}", stats.recoveries),
        state(AccountState::recovering) + " accounts recovering");
    row("unknown", fmt::format("{}", counts.unknown), "accounts that cannot be valued");
    row("recompute", fmt::format("{:.2f} ms", to_ms(status.beat.recompute_us_last)),
        fmt::format("longest {:.2f} ms", to_ms(status.beat.recompute_us_max)));
    row("beat", fmt::format("{:.2f} ms", to_ms(status.beat.beat_us_last)),
        fmt::format("{} beats, {} late, {} missed", status.beat.beats, status.beat.late,
                    status.beat.missed));
    const std::string url = "http://" + address_;
    out += fmt::format("\x1b[K\n  {}\x1b[K\n  Ctrl-C stops it\x1b[K\n",
                       address_.empty() ? "no HTTP: http.listen is empty"
                                        : "curl " + url +
                                              "/v1/status   and /metrics, /readyz, "
                                              "/v1/dirty/live");
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
    if (look_ != Look::lines) fmt::print("\n");
    print_line(engine, status, now);
}

}  // namespace margind::app
