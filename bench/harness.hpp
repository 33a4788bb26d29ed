#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace margind::bench {

/// One line of the table. A figure counts as its ratio to a peer measured in the same run; `target`
/// is what that ratio, or without a peer the value, should reach, in words ("≥ 0.60").
struct Result {
    std::string name;
    double value = 0.0;
    std::string unit;
    std::optional<double> ratio;
    std::string peer;    // what `ratio` compares with
    std::string target;  // empty: printed only
    std::string note;    // size, runs, spread
};

/// Prints a result as one line of JSON on standard output: what bench/run.sh gathers.
void print(const Result& result);

/// Says what is being done, on standard error.
void say(const std::string& text);

/// Seconds of the runs of one piece of work.
struct Timing {
    std::vector<double> seconds;  // sorted

    [[nodiscard]] double best() const { return seconds.front(); }
    [[nodiscard]] double median() const { return seconds[seconds.size() / 2]; }
    [[nodiscard]] double worst() const { return seconds.back(); }  // p99 of seven runs
    /// "9 runs, best 3.9 ms, worst 4.6 ms"
    [[nodiscard]] std::string text() const;
};

/// Of runs in any order.
[[nodiscard]] Timing make_timing(std::vector<double> seconds);

/// Times `work` after one warm-up. `prepare` is run before each and not timed.
[[nodiscard]] Timing time_runs(int runs, const std::function<void()>& prepare,
                               const std::function<void()>& work);

/// Keeps a value that nobody reads.
template <class T>
void keep(const T& value) {
    asm volatile("" : : "r,m"(value) : "memory");
}

/// Resident bytes of this process, from /proc/self/statm.
[[nodiscard]] std::uint64_t resident_bytes();

/// Runs `measure` in a child process, so that memory taken before does not count, and hands its
/// figures back.
[[nodiscard]] std::vector<double> in_child(const std::function<std::vector<double>()>& measure);

/// What every benchmark understands: --seed N, --quick (small sizes, to see that it works).
struct Settings {
    std::uint64_t seed = 1;
    bool is_quick = false;
};
/// Exits with 2 and a text where the command line cannot be understood.
[[nodiscard]] Settings read_settings(int argc, char** argv);

}  // namespace margind::bench
