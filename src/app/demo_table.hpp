#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "margind/core/base/moment.hpp"
#include "margind/core/engine/engine.hpp"
#include "service/status.hpp"

namespace margind::app {

/// How standard output likes it.
enum class Look : std::uint8_t {
    lines,        // no terminal, or one that cannot move its cursor
    plain_table,  // NO_COLOR is set
    styled_table,
};
/// `term` and `no_color` are the environment's TERM and NO_COLOR.
[[nodiscard]] Look look_for(bool is_terminal, std::string_view term, std::string_view no_color);
[[nodiscard]] Look look_of_output();

/// Shows what a running engine does: a table that is redrawn at each beat, or a line a second.
class DemoTable {
public:
    /// `address` is where its HTTP listens: "127.0.0.1:8600".
    DemoTable(Look look, std::string address, Moment started)
        : look_{look}, address_{std::move(address)}, started_{started} {}

    void show(Engine& engine, const service::Status& status, const BeatStats& beat,
              const std::string& note, Moment now);
    /// The last state, as a line.
    void finish(Engine& engine, const service::Status& status, Moment now);

private:
    void draw(Engine& engine, const service::Status& status, const BeatStats& beat,
              const std::string& note, Moment now);
    void print_line(Engine& engine, const service::Status& status, Moment now);

    Look look_;
    std::string address_;
    Moment started_;
    std::int64_t last_line_ms_ = 0;
    std::uint64_t last_ticks_ = 0;
    std::int64_t last_ticks_ms_ = 0;
    double ticks_per_s_ = 0.0;
    bool has_drawn_ = false;
};

}  // namespace margind::app
