#include "app/lint_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

namespace margind::app {
namespace {

/// The finding with every number as # and every quoted text as "".
std::string kind_of(std::string_view finding) {
    std::string kind;
    while (!finding.empty()) {
        const char c = finding.front();
        if (c >= '0' && c <= '9') {
            kind += '#';
            finding.remove_prefix(
                std::min(finding.find_first_not_of("0123456789.e+-"), finding.size()));
        } else if (const std::size_t end = finding.find('"', 1); c == '"' && end != finding.npos) {
            kind += "\"\"";
            finding.remove_prefix(end + 1);
        } else {
            kind += c;
            finding.remove_prefix(1);
        }
    }
    return kind;
}

}  // namespace

void LintReport::add(const std::string& where, const RuleFindings& findings) {
    for (const std::string& finding : findings) {
        lines_.push_back(fmt::format("{}: {}", where, finding));
    }
    count_ += findings.size();
}

void LintReport::add_alike(const std::string& where, const RuleFindings& findings) {
    for (const std::string& finding : findings) {
        Kind& kind = kinds_[kind_of(finding)];
        std::string line = fmt::format("{}: {}", where, finding);
        if (kind.count == 0) kind.first = line;
        if (++kind.count <= named_max) lines_.push_back(std::move(line));
    }
    count_ += findings.size();
}

void LintReport::end_section(const std::string& name) {
    for (const auto& [text, kind] : std::exchange(kinds_, {})) {
        if (kind.count <= named_max) continue;
        lines_.push_back(
            fmt::format("{}: {} more like {}", name, kind.count - named_max, kind.first));
    }
}

}  // namespace margind::app
