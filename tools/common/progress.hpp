#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace margind::tools {

/// A progress line on the terminal: share done, count, rate, time left. Where the standard error is
/// no terminal nothing is shown.
class Progress {
public:
    /// `unit` names what is counted: "ticks".
    explicit Progress(std::string_view unit);
    ~Progress() { clear(); }
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    /// Cheap enough for every few hundred counts. `total` 0: not known.
    void show(std::uint64_t count, std::uint64_t done, std::uint64_t total);
    /// Takes the line off the terminal, so that something else may be written.
    void clear();

private:
    using Clock = std::chrono::steady_clock;

    std::string unit_;
    bool is_terminal_;
    bool is_shown_ = false;
    Clock::time_point start_ = Clock::now();
    Clock::time_point next_ = start_;
};

/// "1,234,567".
[[nodiscard]] std::string grouped(std::uint64_t number);

/// The progress line, without the way it gets to the terminal.
[[nodiscard]] std::string progress_line(std::string_view unit, std::uint64_t count,
                                        std::uint64_t done, std::uint64_t total, double seconds);

}  // namespace margind::tools
