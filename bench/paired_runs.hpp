#pragma once
#include <functional>
#include <string>

#include "bench/harness.hpp"

namespace margind::bench {

/// What one run took.
struct Run {
    double seconds = 0.0;
    double cpu_seconds = 0.0;  // of the thread that is measured, user and system
};

/// Runs of two things that do the same work, ours and a peer, turn by turn, so that what disturbs
/// the machine disturbs both.
struct PairedRuns {
    Timing ours;
    Timing peer;
    Timing ours_cpu;
    Timing peer_cpu;

    /// How fast ours is against the peer: medians over medians.
    [[nodiscard]] double ratio() const { return peer.median() / ours.median(); }
    /// "peer 1,250,000/s; ours 7 runs, …; peer 7 runs, …", for work of `count` things.
    [[nodiscard]] std::string text(double count) const;
};

/// One pair to warm up, then `runs` pairs; who goes first changes every time.
[[nodiscard]] PairedRuns run_in_turn(int runs, const std::function<Run()>& ours,
                                     const std::function<Run()>& peer);

/// The clocks of one run, for the thread it is made on.
class Stopwatch {
public:
    Stopwatch() : cpu_{thread_cpu()} {}
    /// From now on the wall time counts; a second call does nothing.
    void start();
    /// What it took up to now; CPU time since the stopwatch was made.
    [[nodiscard]] Run read() const;

private:
    static double thread_cpu();

    std::chrono::steady_clock::time_point start_;
    double cpu_;
};

/// "1,234,567".
[[nodiscard]] std::string grouped(double number);

}  // namespace margind::bench
