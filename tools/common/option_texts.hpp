#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace margind::tools {

/// The parts of "A,B,C"; empty ones are left out.
[[nodiscard]] std::vector<std::string> split(std::string_view list);

/// What is wrong with a command line, a line each.
class OptionProblems {
public:
    void add(std::string line);
    void add(std::string_view option, std::string_view text);
    /// True where `text` is the second of two choices; what is neither becomes a problem.
    bool choose(std::string_view option, std::string_view text, std::string_view first,
                std::string_view second);
    /// At least one name, none twice.
    std::vector<std::string> names(std::string_view option, std::string_view list);
    [[nodiscard]] bool is_empty() const { return lines_.empty(); }
    /// Prints them for `program` on standard error. True where there were none.
    [[nodiscard]] bool report(std::string_view program) const;

private:
    std::vector<std::string> lines_;
};

}  // namespace margind::tools
