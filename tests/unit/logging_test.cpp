#include "app/logging.hpp"

#include <simdjson.h>
#include <spdlog/details/log_msg.h>
#include <catch2/catch_test_macros.hpp>
#include <string>
#include <string_view>

namespace margind::app {
namespace {

TEST_CASE("a line of the log is valid JSON whatever its text holds") {
    const std::string text = "event=failed reason=\"a\\b\"\n\x01\t\x7f é";
    const spdlog::details::log_msg message{"margind", spdlog::level::err, text};
    spdlog::memory_buf_t line;
    json_log_formatter()->clone()->format(message, line);
    simdjson::dom::parser parser;
    const simdjson::padded_string json{line.data(), line.size()};
    INFO(std::string_view(line.data(), line.size()));
    const simdjson::dom::element read = parser.parse(json);
    CHECK(std::string_view{read["text"]} == text);
    CHECK(std::string_view{read["level"]} == "error");
    CHECK(std::string_view(line.data(), line.size()).ends_with("}\n"));
}

}  // namespace
}  // namespace margind::app
