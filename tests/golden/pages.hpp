#pragma once
#include <string>
#include <vector>

namespace margind::test {

/// A fenced block of a page.
struct Block {
    std::string kind;  // what stands behind the opening fence
    std::string text;
    int line = 0;         // of the opening fence
    std::string section;  // the number of the section that it stands in, "" before the first
};

/// A numbered section of a page, "## 1. …" or "### 1.1 …", and what it has.
struct Section {
    std::string number;
    std::string title;
    int line = 0;
    bool has_parts = false;  // numbered sections within it, which have the rest in its place
    bool has_example = false;
    bool has_source = false;
    bool has_rounding = false;

    /// As a line of an explanation names it: "1.1 Forex".
    [[nodiscard]] std::string name() const;
};

/// Where a page of docs/ is.
[[nodiscard]] std::string path_of(const std::string& page);
[[nodiscard]] std::vector<Block> blocks_of(const std::string& path);
[[nodiscard]] std::vector<Section> numbered_sections_of(const std::string& path);

}  // namespace margind::test
