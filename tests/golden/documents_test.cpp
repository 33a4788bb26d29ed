// The examples printed in docs/ are worked out: what the pages show is what the program does.
#include <fmt/format.h>
#include <simdjson.h>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_floating_point.hpp>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "support/paths.hpp"
#include "wire/evaluate.hpp"

using namespace margind;
namespace dom = simdjson::dom;

namespace {

/// A fenced block of a page.
struct Block {
    std::string kind;  // what stands behind the opening fence
    std::string text;
    int line = 0;  // of the opening fence
};

std::vector<Block> blocks_of(const std::string& path) {
    std::ifstream file{path};
    REQUIRE(file.is_open());
    std::vector<Block> blocks;
    bool is_inside = false;
    int number = 0;
    for (std::string line; std::getline(file, line);) {
        ++number;
        if (line.starts_with("```")) {
            is_inside = !is_inside;
            if (is_inside) blocks.push_back({line.substr(3), "", number});
        } else if (is_inside) {
            blocks.back().text += line + '\n';
        }
    }
    REQUIRE_FALSE(is_inside);
    return blocks;
}

/// True where `actual` has everything that `expected` has: fields by name, array elements by place.
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
                   Catch::Matchers::WithinAbs(expected.get_double().value(), 1e-6));
    } else {
        CHECK(simdjson::minify(actual) == simdjson::minify(expected));
    }
}

/// Works out every example of a page; returns how many there are.
std::size_t work_out(const std::string& page) {
    const std::vector<Block> blocks = blocks_of(test::source_dir() + "/docs/" + page);
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

}  // namespace

TEST_CASE("the examples of docs/formulas.md come out as printed", "[golden][docs]") {
    CHECK(work_out("formulas.md") >= 20);
}

TEST_CASE("the examples of docs/evaluate.md come out as printed", "[golden][docs]") {
    CHECK(work_out("evaluate.md") >= 4);
}
