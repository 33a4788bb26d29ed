#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace margind::test {

/// What a run of a program left behind.
struct ToolRun {
    int code = -1;
    std::string output;
    std::string errors;

    /// A member of the JSON object it printed.
    [[nodiscard]] std::uint64_t number(std::string_view name) const;
    [[nodiscard]] std::string text(std::string_view name) const;
};

/// Runs one of this build's programs to its end, which must come within five minutes.
ToolRun run(const std::string& program, const std::vector<std::string>& arguments);

/// The bytes of a file; none where there is no such file.
std::string content_of(const std::string& path);

}  // namespace margind::test
