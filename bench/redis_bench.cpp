// margind beside a Redis server on the same machine: messages taken in, snapshots written, and how
// long a price takes to become a snapshot. Peers in the same run do only what cannot be avoided.
#include "bench/redis_bench.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <exception>

int main(int argc, char** argv) {
    const auto settings = margind::bench::read_settings(argc, argv);
    spdlog::set_level(spdlog::level::warn);
    try {
        margind::bench::measure_ingest(settings);
        margind::bench::measure_snapshots(settings);
        margind::bench::measure_latency(settings);
    } catch (const std::exception& error) {
        fmt::print(stderr, "{}: {}\n", argv[0], error.what());
        return 1;
    }
}
