#pragma once
#include <array>
#include <charconv>
#include <string>

namespace margind {

/// The shortest text of at most twelve digits: what was worked out shows no dust.
[[nodiscard]] inline std::string shortest(double value) {
    std::array<char, 32> text{};
    const auto written = std::to_chars(text.data(), text.data() + text.size(), value,
                                       std::chars_format::general, 12);
    return {text.data(), written.ptr};
}

}  // namespace margind
