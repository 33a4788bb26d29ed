#include "bench/paired_runs.hpp"

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace margind::bench {

namespace {

double seconds(const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

void add(const Run& run, Timing& wall, Timing& cpu) {
    wall.seconds.push_back(run.seconds);
    cpu.seconds.push_back(run.cpu_seconds);
}

}  // namespace

std::string PairedRuns::text(double count) const {
    return fmt::format("peer {}/s; ours {}; peer {}", grouped(count / peer.median()), ours.text(),
                       peer.text());
}

PairedRuns run_in_turn(int runs, const std::function<Run()>& ours,
                       const std::function<Run()>& peer) {
    PairedRuns result;
    for (int run = 0; run <= runs; ++run) {
        const bool peer_first = run % 2 == 0;
        Run theirs;
        if (peer_first) theirs = peer();
        const Run mine = ours();
        if (!peer_first) theirs = peer();
        if (run == 0) continue;  // the first pair warms up
        add(mine, result.ours, result.ours_cpu);
        add(theirs, result.peer, result.peer_cpu);
    }
    for (Timing* timing : {&result.ours, &result.peer, &result.ours_cpu, &result.peer_cpu}) {
        std::ranges::sort(timing->seconds);
    }
    return result;
}

void Stopwatch::start() {
    if (start_ == std::chrono::steady_clock::time_point{})
        start_ = std::chrono::steady_clock::now();
}

Run Stopwatch::read() const {
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start_;
    return {taken.count(), thread_cpu() - cpu_};
}

double Stopwatch::thread_cpu() {
    rusage usage{};
    if (::getrusage(RUSAGE_THREAD, &usage) != 0) throw std::runtime_error{"getrusage failed"};
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

std::string grouped(double number) {
    std::string digits = fmt::format("{:.0f}", number);
    const std::size_t first = digits.starts_with('-') ? 1 : 0;
    for (std::size_t at = digits.size(); at > first + 3;) digits.insert(at -= 3, ",");
    return digits;
}

}  // namespace margind::bench
