#include "wire/evaluate_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/unordered/unordered_flat_set.hpp>
#include <limits>

#include "wire/json_writer.hpp"
#include "wire/nearest_name.hpp"

namespace margind::wire {
namespace {

namespace dom = simdjson::dom;

constexpr std::size_t shown_text_max = 40;
constexpr std::size_t suggestions_max = 100;

std::string quoted(std::string_view text) {
    std::string out = "\"";
    append_json_escaped(out, text.substr(0, shown_text_max));
    return out + (text.size() > shown_text_max ? "…\"" : "\"");
}

std::string list(std::span<const std::string_view> choices) {
    std::string out;
    for (const std::string_view choice : choices) {
        if (!out.empty()) out += ", ";
        out += choice;
    }
    return out;
}

}  // namespace

std::string describe(dom::element value) {
    switch (value.type()) {
        case dom::element_type::ARRAY: return "an array";
        case dom::element_type::OBJECT: return "an object";
        case dom::element_type::INT64: return fmt::format("{}", value.get_int64().value_unsafe());
        case dom::element_type::UINT64: return fmt::format("{}", value.get_uint64().value_unsafe());
        case dom::element_type::DOUBLE: return fmt::format("{}", value.get_double().value_unsafe());
        case dom::element_type::STRING: return quoted(value.get_string().value_unsafe());
        case dom::element_type::BOOL: return value.get_bool().value_unsafe() ? "true" : "false";
        case dom::element_type::NULL_VALUE: return "null";
    }
    return "something else";
}

ObjectReader::ObjectReader(dom::element value, std::string path, Problems& problems)
    : path_{std::move(path)}, problems_{problems} {
    dom::object object;
    if (value.get(object) != simdjson::SUCCESS) {
        problems_.push_back(fmt::format("{}: expected an object, found {}",
                                        path_.empty() ? "document" : path_, describe(value)));
        return;
    }
    is_object_ = true;
    boost::unordered_flat_set<std::string_view> seen;
    for (const dom::key_value_pair field : object) {
        if (seen.insert(field.key).second) {
            fields_.push_back(field);
        } else {
            problem(field.key, "expected once, found twice");
        }
    }
}

std::string ObjectReader::path_of(std::string_view name) const {
    std::string path = path_.empty() ? "" : path_ + ".";
    append_json_escaped(path, name);
    return path;
}

void ObjectReader::problem(std::string_view name, std::string_view text) {
    problems_.push_back(fmt::format("{}: {}", path_of(name), text));
}

bool ObjectReader::has(std::string_view name) const {
    return std::ranges::any_of(fields_, [&](const auto& field) { return field.key == name; });
}

std::optional<dom::element> ObjectReader::field(std::string_view name) {
    known_.push_back(name);
    for (const dom::key_value_pair& field : fields_) {
        if (field.key == name) return field.value;
    }
    return {};
}

std::optional<double> ObjectReader::number(std::string_view name, NumberRange range) {
    const auto value = field(name);
    if (!value) return {};
    double number = 0.0;
    const bool is_number = value->get(number) == simdjson::SUCCESS;
    const bool is_low = number < range.low || (number == range.low && !range.includes_low);
    const bool fits = !is_low && number <= range.high;
    if (is_number && fits) return number;
    problem(name, fmt::format("expected {}, found {}", range.words, describe(*value)));
    return {};
}

std::optional<std::int64_t> ObjectReader::integer(std::string_view name, std::int64_t low,
                                                  std::int64_t high) {
    const auto value = field(name);
    if (!value) return {};
    std::int64_t number = 0;
    const bool is_integer = value->get(number) == simdjson::SUCCESS;
    if (is_integer && number >= low && number <= high) return number;
    const std::string wanted = high == std::numeric_limits<std::int64_t>::max()
                                   ? fmt::format("an integer of {} or above", low)
                                   : fmt::format("an integer from {} to {}", low, high);
    problem(name, fmt::format("expected {}, found {}", wanted, describe(*value)));
    return {};
}

std::optional<bool> ObjectReader::truth(std::string_view name) {
    const auto value = field(name);
    if (!value) return {};
    bool truth = false;
    if (value->get(truth) == simdjson::SUCCESS) return truth;
    problem(name, fmt::format("expected true or false, found {}", describe(*value)));
    return {};
}

std::optional<std::string> ObjectReader::text(std::string_view name) {
    const auto value = field(name);
    if (!value) return {};
    std::string_view text;
    if (value->get(text) == simdjson::SUCCESS && !text.empty()) return std::string{text};
    problem(name, fmt::format("expected a text, found {}", describe(*value)));
    return {};
}

std::optional<std::string_view> ObjectReader::choice(std::string_view name,
                                                     std::span<const std::string_view> choices) {
    const auto value = field(name);
    if (!value) return {};
    std::string_view text;
    if (value->get(text) == simdjson::SUCCESS) {
        const auto found = std::ranges::find(choices, text);
        if (found != choices.end()) return *found;
    }
    problem(name, fmt::format("expected {}{}, found {}", choices.size() > 1 ? "one of " : "",
                              list(choices), describe(*value)));
    return {};
}

std::optional<dom::array> ObjectReader::array(std::string_view name) {
    const auto value = field(name);
    if (!value) return {};
    dom::array array;
    if (value->get(array) == simdjson::SUCCESS) return array;
    problem(name, fmt::format("expected an array, found {}", describe(*value)));
    return {};
}

void ObjectReader::require(std::string_view name, std::string_view what) {
    if (is_object_ && !has(name)) problem(name, fmt::format("expected {}, found nothing", what));
}

std::optional<double> ObjectReader::required_number(std::string_view name, NumberRange range) {
    require(name, range.words);
    return number(name, range);
}

std::optional<std::string> ObjectReader::required_text(std::string_view name) {
    require(name, "a text");
    return text(name);
}

std::optional<std::string_view> ObjectReader::required_choice(
    std::string_view name, std::span<const std::string_view> choices) {
    require(name, "one of " + list(choices));
    return choice(name, choices);
}

void ObjectReader::finish() {
    for (const dom::key_value_pair& field : fields_) {
        if (std::ranges::find(known_, field.key) != known_.end()) continue;
        const bool is_flood = problems_.size() >= suggestions_max;
        const std::string_view meant =
            is_flood ? std::string_view{} : nearest_name(field.key, known_);
        problem(field.key, meant.empty() ? std::string{"unknown field"}
                                         : fmt::format("unknown field, perhaps {}", meant));
    }
}

}  // namespace margind::wire
