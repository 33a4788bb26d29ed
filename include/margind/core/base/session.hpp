#pragma once
#include <cstdint>
#include <string_view>
#include <utility>

namespace margind {

/// Whether a symbol trades now. While it does not, its last good quote stands and does not age, and
/// nothing can be closed.
enum class Session : std::uint8_t { open, closed, halted };

inline constexpr std::pair<std::string_view, Session> session_names[] = {
    {"open", Session::open},
    {"closed", Session::closed},
    {"halted", Session::halted},
};

}  // namespace margind
