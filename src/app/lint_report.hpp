#pragma once
#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "margind/core/rules/rule_check.hpp"

namespace margind::app {

/// Findings as lines, each under the name of what it was found in. Of findings that differ in
/// numbers and quoted texts only, a section names the first and then says how many more there are.
class LintReport {
public:
    static constexpr std::size_t named_max = 20;

    /// Every one of them.
    void add(const std::string& where, const RuleFindings& findings);
    /// Of each kind the first `named_max` of the section.
    void add_alike(const std::string& where, const RuleFindings& findings);
    /// Says how many more of each kind there were since the last section ended.
    void end_section(const std::string& name);

    [[nodiscard]] const std::vector<std::string>& lines() const { return lines_; }
    /// All findings, named or not.
    [[nodiscard]] std::size_t count() const { return count_; }

private:
    struct Kind {
        std::size_t count = 0;
        std::string first;  // the line that stands for it
    };
    std::vector<std::string> lines_;
    std::map<std::string, Kind> kinds_;
    std::size_t count_ = 0;
};

}  // namespace margind::app
