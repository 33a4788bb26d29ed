// The lines of `explain` over accounts by chance: their arithmetic is true, and the figures of the
// answer are those that they end with.
#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <string>
#include <vector>

#include "support/arithmetic_check.hpp"
#include "support/build.hpp"
#include "support/random.hpp"
#include "support/random_document.hpp"
#include "wire/evaluate.hpp"

namespace margind::test {
namespace {

namespace dom = simdjson::dom;

/// The number that the line of this subject ends with; nothing where there is no such line, or it
/// says `unknown`.
std::string result_of(const std::vector<std::string>& lines, const std::string& subject) {
    const auto found = std::ranges::find_if(
        lines, [&](const std::string& line) { return line.starts_with(subject + " ["); });
    if (found == lines.end() || found->contains("unknown (")) return "";
    const std::string_view text{*found};
    const std::size_t equals = text.rfind("= ");
    const std::size_t rounded = text.rfind("rounded to ");
    const std::size_t colon = text.find("]: ") + 3;
    std::size_t at = equals == std::string_view::npos ? colon : equals + 2;
    if (rounded != std::string_view::npos && rounded > at) at = rounded + 11;
    return std::string{text.substr(at, text.find(' ', at) - at)};
}

std::vector<std::string> lines_of(dom::element answer) {
    std::vector<std::string> lines;
    for (const dom::element line : answer["explain"].get_array()) {
        lines.emplace_back(line.get_string().value());
    }
    return lines;
}

/// A figure as text: null is nothing, and so is one that is not there.
std::string figure(dom::element of, std::string_view name) {
    dom::element value;
    const bool is_there = of[name].get(value) == simdjson::SUCCESS && !value.is_null();
    return is_there ? std::string{simdjson::minify(value)} : "";
}

bool is_same(const std::string& shown, const std::string& figure) {
    return shown.empty() == figure.empty() &&
           (shown.empty() || std::stod(shown) == std::stod(figure));
}

/// The figures of an answer against the lines that explain them.
void check_figures(dom::element answer, const std::vector<std::string>& lines) {
    const auto check = [&](const std::string& subject, dom::element of, std::string_view name) {
        CAPTURE(subject, result_of(lines, subject), figure(of, name));
        CHECK(is_same(result_of(lines, subject), figure(of, name)));
    };
    const bool has_both = std::ranges::any_of(
        lines, [](const std::string& line) { return line.starts_with("maintenance margin "); });
    const std::string margin = has_both ? "maintenance margin" : "margin";
    if (has_both) {
        check("initial margin", answer, "margin_initial");
        check(margin, answer, "margin_maintenance");
    }
    check("pnl", answer, "pnl");
    check("equity", answer, "equity");
    check("free margin", answer, "free_margin");
    check(margin, answer, "margin");
    for (const dom::element position : answer["positions"].get_array()) {
        const std::string id{position["id"].get_string().value()};
        check("pnl " + id, position, "pnl");
    }
    for (const dom::element symbol : answer["symbols"].get_array()) {
        const std::string name{symbol["symbol"].get_string().value()};
        CAPTURE(name);
        // Through tiers the last line of a symbol is the one that counts.
        std::string last;
        for (const std::string& line : lines) {
            if (!line.starts_with(margin + " " + name + " [")) continue;
            last = result_of({line}, margin + " " + name);
        }
        CAPTURE(last);
        CHECK(is_same(last, figure(symbol, "margin")));
    }
}

}  // namespace

TEST_CASE("the lines of an explanation are true, and end with the figures of the answer",
          "[property]") {
    std::size_t claims = 0;
    std::size_t plans = 0;
    std::size_t unknown = 0;
    constexpr int accounts = many(300, 4'000);
    Random random{11};
    for (int i = 0; i < accounts; ++i) {
        const std::string document = random_document(random);
        CAPTURE(i, document);
        const auto json = wire::evaluate(document);
        if (!json) FAIL(json.error().text);
        dom::parser parser;
        const dom::element answer = parser.parse(*json).value();
        const std::vector<std::string> lines = lines_of(answer);
        for (const std::string& line : lines) {
            const CheckedLine checked = check_arithmetic(line);
            CAPTURE(line, checked.wrong);
            REQUIRE(checked.wrong.empty());
            claims += checked.claims;
        }
        check_figures(answer, lines);
        plans += answer["stop_out_plan"].get_array().size() > 0;
        unknown += answer["verdict"].get_string().value() == "unknown";
    }
    CHECK(claims >= accounts * 20);
    CHECK(plans >= accounts / 10);
    CHECK(unknown >= accounts / 100);
}

}  // namespace margind::test
