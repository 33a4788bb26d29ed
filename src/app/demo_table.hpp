#pragma once
#include <cstdint>
#include <string>

#include "margind/core/engine.hpp"
#include "margind/core/moment.hpp"
#include "service/status.hpp"

namespace margind::app {

/// Shows what a running engine does: on a terminal a table that is redrawn at each beat, elsewhere
/// a line a second.
class DemoTable {
public:
    /// `is_terminal`: standard output is one.
    DemoTable(bool is_terminal, Moment started) : is_terminal_{is_terminal}, started_{started} {}

    void show(Engine& engine, const service::Status& status, const BeatStats& beat,
              const std::string& note, Moment now);
    /// The last state, as a line.
    void finish(Engine& engine, const service::Status& status, Moment now);

private:
    void draw(Engine& engine, const service::Status& status, const BeatStats& beat,
              const std::string& note, Moment now);
    void print_line(Engine& engine, const service::Status& status, Moment now);

    bool is_terminal_;
    Moment started_;
    std::int64_t last_line_ms_ = 0;
    std::uint64_t last_ticks_ = 0;
    std::int64_t last_ticks_ms_ = 0;
    double ticks_per_s_ = 0.0;
    bool has_drawn_ = false;
};

}  // namespace margind::app
