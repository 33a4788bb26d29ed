// The examples printed in docs/ are worked out: what the pages show is what the program does.
#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_floating_point.hpp>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "golden/pages.hpp"
#include "wire/evaluate.hpp"

using namespace margind;
using namespace margind::test;
namespace dom = simdjson::dom;

namespace {

/// Checks that `actual` has everything that `expected` has: fields by name, array elements by
/// place. Pages print nine decimals.
void check_subset(dom::element expected, dom::element actual, const std::string& path) {
    CAPTURE(path, simdjson::minify(expected), simdjson::minify(actual));
    if (expected.is_object()) {
        REQUIRE(actual.is_object());
        for (const auto& field : expected.get_object()) {
            dom::element found;
            REQUIRE(actual.at_key(field.key).get(found) == simdjson::SUCCESS);
            check_subset(field.value, found, path + "/" + std::string{field.key});
        }
    } else if (expected.is_array()) {
        REQUIRE(actual.is_array());
        REQUIRE(actual.get_array().size() == expected.get_array().size());
        for (std::size_t i = 0; i < expected.get_array().size(); ++i) {
            check_subset(expected.at(i).value(), actual.at(i).value(),
                         fmt::format("{}/{}", path, i));
        }
    } else if (expected.is_number()) {
        REQUIRE(actual.is_number());
        CHECK_THAT(actual.get_double().value(),
                   Catch::Matchers::WithinAbs(expected.get_double().value(), 1e-9));
    } else {
        CHECK(simdjson::minify(actual) == simdjson::minify(expected));
    }
}

/// Works out every example of a page; returns how many there are.
std::size_t work_out(const std::string& page) {
    const std::vector<Block> blocks = blocks_of(path_of(page));
    std::size_t examples = 0;
    for (std::size_t i = 0; i < blocks.size(); ++i) {
        if (blocks[i].kind == "json answer" || blocks[i].kind == "text problems") {
            INFO(page << ":" << blocks[i].line << " follows a document");
            REQUIRE(i > 0);
            REQUIRE(blocks[i - 1].kind == "json evaluate");
        }
        if (blocks[i].kind != "json evaluate") continue;
        INFO(page << ":" << blocks[i].line);
        REQUIRE(i + 1 < blocks.size());
        ++examples;
        const auto answer = wire::evaluate(blocks[i].text);
        if (blocks[i + 1].kind == "text problems") {
            REQUIRE_FALSE(answer.has_value());
            CHECK(answer.error().text + '\n' == blocks[i + 1].text);
            continue;
        }
        REQUIRE(blocks[i + 1].kind == "json answer");
        if (!answer) FAIL(answer.error().text);
        dom::parser expected;
        dom::parser actual;
        check_subset(expected.parse(blocks[i + 1].text).value(), actual.parse(*answer).value(), "");
    }
    return examples;
}

std::string text_of(const std::string& path) {
    std::ifstream file{path};
    REQUIRE(file.is_open());
    return {std::istreambuf_iterator<char>{file}, {}};
}

/// The cells of a row of a table, without the spaces around them; none for any other line.
std::vector<std::string> cells_of(const std::string& line) {
    std::vector<std::string> cells;
    if (!line.starts_with("| ")) return cells;
    for (std::size_t at = 2; at < line.size();) {
        const std::size_t end = line.find(" |", at);
        if (end == std::string::npos) break;
        cells.push_back(line.substr(at, end - at));
        at = end + 3;
    }
    return cells;
}

/// What is written between `open` and `close`, each time.
std::vector<std::string> between(const std::string& text, char open, char close) {
    std::vector<std::string> found;
    for (std::size_t at = text.find(open); at != std::string::npos; at = text.find(open, at)) {
        const std::size_t end = text.find(close, at + 1);
        if (end == std::string::npos) break;
        found.push_back(text.substr(at + 1, end - at - 1));
        at = end + 1;
    }
    return found;
}

/// Checks what one vendor's cell says: its first word, its pages, its options.
void check_vendor(const std::string& cell, const std::string& page, const std::string& options) {
    CAPTURE(cell);
    constexpr std::string_view words[] = {"same", "option: ", "differs: ", "not documented"};
    CHECK(std::ranges::any_of(words, [&](auto word) { return cell.starts_with(word); }));
    const bool is_about_another_row =
        cell.starts_with("differs: see 5.9") || cell.starts_with("differs: has 5.9");
    const auto sources = between(cell, '[', ']');
    if (!cell.starts_with("not documented") && !is_about_another_row) CHECK_FALSE(sources.empty());
    for (const std::string& source : sources) {
        for (std::size_t at = 0; at < source.size();) {
            const std::size_t end = std::min(source.find(", ", at), source.size());
            CHECK(page.contains("\n| " + source.substr(at, end - at) + " | "));
            at = end + 2;
        }
    }
    for (const std::string& option : between(cell, '`', '`')) {
        const std::size_t equals = option.find('=');
        if (equals == std::string::npos) continue;
        CHECK(options.contains('`' + option.substr(0, equals) + '`'));
    }
}

}  // namespace

TEST_CASE("the examples of docs/formulas.md come out as printed", "[golden][docs]") {
    CHECK(work_out("formulas.md") >= 80);
}

TEST_CASE("every formula of docs/formulas.md has a source, a rounding and an example",
          "[golden][docs]") {
    const std::vector<Section> sections = numbered_sections_of(path_of("formulas.md"));
    CHECK(sections.size() >= 50);
    for (const Section& section : sections) {
        if (section.has_parts) continue;
        CAPTURE(section.number, section.line);
        CHECK(section.has_example);
        CHECK(section.has_source);
        CHECK(section.has_rounding);
    }
}

TEST_CASE("the examples of docs/guards.md come out as printed", "[golden][docs]") {
    CHECK(work_out("guards.md") >= 6);
}

TEST_CASE("the examples of docs/evaluate.md come out as printed", "[golden][docs]") {
    CHECK(work_out("evaluate.md") >= 4);
}

TEST_CASE("every row of docs/vendors.md names a verdict, its pages and options that exist",
          "[golden][docs]") {
    const std::string page = text_of(path_of("vendors.md"));
    const std::string options = text_of(path_of("evaluate.md"));
    std::ifstream file{path_of("vendors.md")};
    std::size_t rules = 0;
    for (std::string line; std::getline(file, line);) {
        const std::vector<std::string> cells = cells_of(line);
        const bool is_rule = !cells.empty() && cells[0].find_first_of("123456") == 0;
        if (!is_rule) continue;
        CAPTURE(line);
        ++rules;
        REQUIRE(cells.size() == 5);
        for (std::size_t vendor = 2; vendor < 5; ++vendor) {
            check_vendor(cells[vendor], page, options);
        }
    }
    CHECK(rules >= 50);
}
