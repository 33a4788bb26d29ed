// The lines of `explain` over the examples of docs/: they name their formulas by the headings of
// docs/formulas.md, and their arithmetic is true.
#include <simdjson.h>

#include <catch2/catch_test_macros.hpp>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "golden/pages.hpp"
#include "support/arithmetic_check.hpp"
#include "wire/evaluate.hpp"

using namespace margind;
using namespace margind::test;

namespace {

/// The lines that explain the answer to a document; none where it is refused.
std::vector<std::string> lines_of(const std::string& document) {
    const auto answer = wire::evaluate(document);
    std::vector<std::string> lines;
    if (!answer) return lines;
    simdjson::dom::parser parser;
    const simdjson::dom::element tree = parser.parse(*answer).value();
    for (const simdjson::dom::element line : tree["explain"].get_array()) {
        lines.emplace_back(line.get_string().value());
    }
    return lines;
}

std::set<std::string> names_of(const std::vector<Section>& sections) {
    std::set<std::string> names;
    for (const Section& section : sections) names.insert(section.name());
    return names;
}

/// The formulas that are named by the answers to the examples of each section.
std::map<std::string, std::set<std::string>> formulas_by_section() {
    std::map<std::string, std::set<std::string>> formulas;
    for (const Block& block : blocks_of(path_of("formulas.md"))) {
        if (block.kind != "json evaluate") continue;
        for (const std::string& line : lines_of(block.text)) {
            formulas[block.section].insert(check_arithmetic(line).formula);
        }
    }
    return formulas;
}

}  // namespace

TEST_CASE("every formula that a line names is a heading of docs/formulas.md", "[golden][docs]") {
    const auto names = names_of(numbered_sections_of(path_of("formulas.md")));
    for (const char* page : {"formulas.md", "evaluate.md"}) {
        for (const Block& block : blocks_of(path_of(page))) {
            if (block.kind != "json evaluate") continue;
            for (const std::string& line : lines_of(block.text)) {
                CAPTURE(page, block.line, line);
                CHECK(names.contains(check_arithmetic(line).formula));
            }
        }
    }
}

TEST_CASE("every section of docs/formulas.md is named by an answer to one of its examples",
          "[golden][docs]") {
    const auto formulas = formulas_by_section();
    for (const Section& section : numbered_sections_of(path_of("formulas.md"))) {
        if (!section.has_example) continue;
        CAPTURE(section.line, section.name());
        REQUIRE(formulas.contains(section.number));
        CHECK(formulas.at(section.number).contains(section.name()));
    }
}

TEST_CASE("the arithmetic that explains the examples of docs/ is true", "[golden][docs]") {
    std::size_t claims = 0;
    for (const char* page : {"formulas.md", "evaluate.md"}) {
        for (const Block& block : blocks_of(path_of(page))) {
            if (block.kind != "json evaluate") continue;
            for (const std::string& line : lines_of(block.text)) {
                const CheckedLine checked = check_arithmetic(line);
                CAPTURE(page, block.line, line, checked.wrong);
                CHECK(checked.wrong.empty());
                claims += checked.claims;
            }
        }
    }
    CHECK(claims >= 1'500);
}
