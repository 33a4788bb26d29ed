#include "common/progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

namespace margind::tools {
namespace {

std::string time_left(double seconds) {
    const auto whole = static_cast<std::int64_t>(seconds + 0.5);
    if (whole < 60) return fmt::format("{} s", whole);
    if (whole < 3600) return fmt::format("{}:{:02} min", whole / 60, whole % 60);
    return fmt::format("{}:{:02} h", whole / 3600, whole % 3600 / 60);
}

}  // namespace

std::string grouped(std::uint64_t number) {
    std::string text = std::to_string(number);
    for (std::size_t at = text.size(); at > 3;) text.insert(at -= 3, 1, ',');
    return text;
}

std::string progress_line(std::string_view unit, std::uint64_t count, std::uint64_t done,
                          std::uint64_t total, double seconds) {
    const double rate = seconds > 0.0 ? static_cast<double>(count) / seconds : 0.0;
    const std::string counted =
        fmt::format("{} {}  {}/s", grouped(count), unit, grouped(static_cast<std::uint64_t>(rate)));
    if (total == 0) return counted;
    constexpr std::size_t width = 30;
    const double share = std::min(static_cast<double>(done) / static_cast<double>(total), 1.0);
    const auto filled = static_cast<std::size_t>(share * width);
    std::string line = fmt::format("[{:<{}}] {:3.0f} %  {}", std::string(filled, '='), width,
                                   share * 100.0, counted);
    if (share > 0.0) line += "  " + time_left(seconds * (1.0 - share) / share) + " left";
    return line;
}

Progress::Progress(std::string_view unit)
    : unit_{unit}, is_terminal_{::isatty(STDERR_FILENO) == 1} {}

void Progress::show(std::uint64_t count, std::uint64_t done, std::uint64_t total) {
    if (!is_terminal_) return;
    const Clock::time_point now = Clock::now();
    if (now < next_) return;
    constexpr std::chrono::milliseconds interval{100};
    next_ = now + interval;
    is_shown_ = true;
    const std::chrono::duration<double> elapsed = now - start_;
    fmt::print(stderr, "\r{}\x1b[K", progress_line(unit_, count, done, total, elapsed.count()));
    std::fflush(stderr);
}

void Progress::clear() {
    if (!is_shown_) return;
    fmt::print(stderr, "\r\x1b[K");
    std::fflush(stderr);
    is_shown_ = false;
}

}  // namespace margind::tools
