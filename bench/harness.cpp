#include "bench/harness.hpp"

#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <string_view>

#include "wire/json_writer.hpp"

namespace margind::bench {
namespace {

std::string duration(double seconds) {
    if (seconds < 1e-3) return fmt::format("{:.3g} us", seconds * 1e6);
    if (seconds < 1.0) return fmt::format("{:.3g} ms", seconds * 1e3);
    return fmt::format("{:.3g} s", seconds);
}

}  // namespace

void print(const Result& result) {
    std::string line;
    wire::JsonWriter json{line};
    json.begin_object().field("name", result.name).field("value", result.value);
    json.field("unit", result.unit).key("ratio");
    result.ratio ? json.value(*result.ratio) : json.null();
    json.field("peer", result.peer).field("target", result.target).field("note", result.note);
    json.end_object();
    fmt::print("{}\n", line);
    std::fflush(stdout);
}

void say(const std::string& text) { fmt::print(stderr, "bench: {}\n", text); }

std::string Timing::text() const {
    return fmt::format("{} runs, best {}, worst {}", seconds.size(), duration(best()),
                       duration(worst()));
}

Timing make_timing(std::vector<double> seconds) {
    std::ranges::sort(seconds);
    return {std::move(seconds)};
}

Timing time_runs(int runs, const std::function<void()>& prepare,
                 const std::function<void()>& work) {
    std::vector<double> seconds;
    for (int run = 0; run <= runs; ++run) {
        prepare();
        const auto start = std::chrono::steady_clock::now();
        work();
        const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
        if (run > 0) seconds.push_back(taken.count());  // the first one warms up
    }
    return make_timing(std::move(seconds));
}

std::uint64_t resident_bytes() {
    std::ifstream statm{"/proc/self/statm"};
    std::uint64_t total = 0;
    std::uint64_t resident = 0;
    if (!(statm >> total >> resident)) throw std::runtime_error{"/proc/self/statm: not readable"};
    return resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

std::vector<double> in_child(const std::function<std::vector<double>()>& measure) {
    std::array<int, 2> ends{};
    if (::pipe(ends.data()) != 0) throw std::runtime_error{"pipe: cannot be opened"};
    const pid_t child = ::fork();
    if (child < 0) throw std::runtime_error{"fork: no process"};
    if (child == 0) {
        const std::vector<double> figures = measure();
        const std::size_t bytes = figures.size() * sizeof(double);
        const bool is_written = ::write(ends[1], figures.data(), bytes) == ssize_t(bytes);
        std::_Exit(is_written ? 0 : 1);
    }
    ::close(ends[1]);
    std::vector<double> figures;
    for (double figure = 0.0; ::read(ends[0], &figure, sizeof figure) == sizeof figure;) {
        figures.push_back(figure);
    }
    ::close(ends[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    if (status != 0) throw std::runtime_error{"a measuring process failed"};
    return figures;
}

Settings read_settings(int argc, char** argv) {
    Settings settings;
    const auto refuse = [&](std::string_view what) {
        fmt::print(stderr, "{}: {}\nusage: {} [--seed N] [--quick]\n", argv[0], what, argv[0]);
        std::exit(2);
    };
    for (int i = 1; i < argc; ++i) {
        const std::string_view word{argv[i]};
        if (word == "--quick") {
            settings.is_quick = true;
        } else if (word == "--seed" && i + 1 < argc) {
            const std::string_view text{argv[++i]};
            const auto [end, error] =
                std::from_chars(text.data(), text.data() + text.size(), settings.seed);
            if (error != std::errc{} || end != text.data() + text.size()) {
                refuse("--seed: expected a whole number");
            }
        } else {
            refuse("expected --seed N or --quick");
        }
    }
    return settings;
}

}  // namespace margind::bench
