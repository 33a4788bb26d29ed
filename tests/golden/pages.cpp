#include "golden/pages.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <fstream>
#include <optional>

#include "support/paths.hpp"

namespace margind::test {
namespace {

/// The number and the title of a heading of two or three signs; nothing for any other line.
std::optional<Section> heading_of(const std::string& line) {
    const std::size_t digit = line.find_first_not_of('#');
    const bool is_heading = (digit == 2 || digit == 3) && line[digit] == ' ' &&
                            line.find_first_of("0123456789") == digit + 1;
    if (!is_heading) return std::nullopt;
    const std::size_t end = line.find(' ', digit + 1);
    return Section{.number = line.substr(digit + 1, end - digit - 1),
                   .title = line.substr(end + 1)};
}

}  // namespace

std::string Section::name() const {
    std::string name = number;
    if (name.ends_with('.')) name.pop_back();
    name += ' ' + title;
    std::erase(name, '`');
    return name;
}

std::string path_of(const std::string& page) { return source_dir() + "/docs/" + page; }

std::vector<Block> blocks_of(const std::string& path) {
    std::ifstream file{path};
    REQUIRE(file.is_open());
    std::vector<Block> blocks;
    bool is_inside = false;
    int number = 0;
    std::string section;
    for (std::string line; std::getline(file, line);) {
        ++number;
        if (line.starts_with("```")) {
            is_inside = !is_inside;
            if (is_inside) blocks.push_back({line.substr(3), "", number, section});
        } else if (is_inside) {
            blocks.back().text += line + '\n';
        } else if (const auto heading = heading_of(line)) {
            section = heading->number;
        }
    }
    REQUIRE_FALSE(is_inside);
    return blocks;
}

std::vector<Section> numbered_sections_of(const std::string& path) {
    std::ifstream file{path};
    REQUIRE(file.is_open());
    std::vector<Section> sections;
    std::size_t chapter = 0;
    bool is_inside = false;
    int number = 0;
    for (std::string line; std::getline(file, line);) {
        ++number;
        if (line.starts_with("```")) is_inside = !is_inside;
        auto heading = is_inside ? std::nullopt : heading_of(line);
        if (heading) {
            const bool is_chapter = !line.starts_with("###");
            if (is_chapter) chapter = sections.size();
            if (!is_chapter && chapter < sections.size()) sections[chapter].has_parts = true;
            heading->line = number;
            sections.push_back(*heading);
        } else if (!sections.empty()) {
            sections.back().has_example |= line == "```json evaluate";
            sections.back().has_source |= !is_inside && line.starts_with("Source: ");
            sections.back().has_rounding |= !is_inside && line.starts_with("Rounding");
        }
    }
    return sections;
}

}  // namespace margind::test
