#include "support/tool_run.hpp"

#include <simdjson.h>

#include <catch2/catch_test_macros.hpp>
#include <fstream>
#include <iterator>

#include "support/child_process.hpp"

namespace margind::test {
namespace {

template <class Value, class Parsed = Value>
Value member(const ToolRun& run, std::string_view name) {
    simdjson::dom::parser parser;
    const simdjson::padded_string json{run.output};
    Parsed value{};
    INFO(run.output << run.errors);
    REQUIRE(parser.parse(json)[name].get(value) == simdjson::SUCCESS);
    return Value{value};
}

}  // namespace

std::uint64_t ToolRun::number(std::string_view name) const {
    return member<std::uint64_t>(*this, name);
}

std::string ToolRun::text(std::string_view name) const {
    return member<std::string, std::string_view>(*this, name);
}

ToolRun run(const std::string& program, const std::vector<std::string>& arguments) {
    ChildProcess child{binary(program), arguments};
    const auto code = child.wait(std::chrono::minutes{5});
    REQUIRE(code);
    return {*code, child.output(), child.errors()};
}

std::string content_of(const std::string& path) {
    std::ifstream in{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
}

}  // namespace margind::test
