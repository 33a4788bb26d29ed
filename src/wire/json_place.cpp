#include "wire/json_place.hpp"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <utility>

namespace margind::wire {
namespace {

namespace ondemand = simdjson::ondemand;

/// As deep as the parser of the documents goes.
constexpr int depth_max = 1'024;

/// Reads a value with all that is in it; stops at the first thing that is no JSON.
simdjson::error_code walk(ondemand::value value, int depth);

simdjson::error_code walk(simdjson::simdjson_result<ondemand::value> value, int depth) {
    ondemand::value known;
    if (const auto error = value.get(known)) return error;
    return walk(known, depth);
}

simdjson::error_code walk_array(ondemand::array array, int depth) {
    for (auto element : array) {
        if (const auto error = walk(element, depth)) return error;
    }
    return simdjson::SUCCESS;
}

simdjson::error_code walk_object(ondemand::object object, int depth) {
    for (auto field : object) {
        ondemand::field known;
        if (const auto error = std::move(field).get(known)) return error;
        std::string_view key;
        if (const auto error = known.unescaped_key().get(key)) return error;
        if (const auto error = walk(known.value(), depth)) return error;
    }
    return simdjson::SUCCESS;
}

simdjson::error_code walk(ondemand::value value, int depth) {
    if (depth > depth_max) return simdjson::DEPTH_ERROR;
    ondemand::json_type type{};
    if (const auto error = value.type().get(type)) return error;
    switch (type) {
        case ondemand::json_type::array: {
            ondemand::array array;
            const auto error = value.get_array().get(array);
            return error ? error : walk_array(array, depth + 1);
        }
        case ondemand::json_type::object: {
            ondemand::object object;
            const auto error = value.get_object().get(object);
            return error ? error : walk_object(object, depth + 1);
        }
        case ondemand::json_type::number: return value.get_double().error();
        case ondemand::json_type::string: return value.get_string().error();
        case ondemand::json_type::boolean: return value.get_bool().error();
        case ondemand::json_type::null: return value.is_null().error();
        default: return simdjson::TAPE_ERROR;
    }
}

}  // namespace

std::string json_fault_place(std::string_view text) {
    const simdjson::padded_string padded{text};
    ondemand::parser parser;
    ondemand::document document;
    if (parser.iterate(padded).get(document)) return {};
    ondemand::value root;
    const char* at = nullptr;
    if (document.get_value().get(root)) return {};
    // Behind a whole document there must be nothing; where there is nothing, there is no location.
    static_cast<void>(walk(root, 0));
    if (document.current_location().get(at)) return {};
    const std::string_view before = text.substr(0, static_cast<std::size_t>(at - padded.data()));
    const std::size_t line_begin = before.rfind('\n') + 1;  // npos + 1 is the first line's begin
    const std::string column = fmt::format("column {}", before.size() - line_begin + 1);
    if (!text.contains('\n')) return column;
    return fmt::format("line {}, {}", std::ranges::count(before, '\n') + 1, column);
}

}  // namespace margind::wire
