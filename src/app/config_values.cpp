#include "app/config_values.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "margind/core/base/decimal.hpp"
#include "wire/json_writer.hpp"

namespace margind::app {
namespace {

template <class... Fs>
struct Overloaded : Fs... {
    using Fs::operator()...;
};

std::string choices_of(const Field& field) {
    std::string text;
    for (const std::string& choice : field.choices) text += (text.empty() ? "" : ", ") + choice;
    return text;
}

/// Checks a number against its limits; says what is wrong, or nothing.
std::string out_of_range(const Field& field, double value) {
    if (field.least == field.most) return {};
    if (value < field.least) return fmt::format("{} is below {}", value, field.least);
    if (value > field.most) return fmt::format("{} is above {}", value, field.most);
    return {};
}

std::string not_a_choice(const Field& field, const std::string& value) {
    if (field.choices.empty() || std::ranges::find(field.choices, value) != field.choices.end()) {
        return {};
    }
    return fmt::format("expected one of {}, found \"{}\"", choices_of(field), value);
}

Strings split(std::string_view text) {
    Strings parts;
    while (!text.empty()) {
        const std::size_t comma = text.find(',');
        if (comma != 0) parts.emplace_back(text.substr(0, comma));
        text = comma == std::string_view::npos ? std::string_view{} : text.substr(comma + 1);
    }
    return parts;
}

std::string set_list(Strings& target, const toml::node& node) {
    const toml::array* array = node.as_array();
    if (array == nullptr) return "expected a list of texts";
    Strings texts;
    for (const toml::node& element : *array) {
        const auto value = element.value_exact<std::string>();
        if (!value) return "expected a list of texts";
        texts.push_back(*value);
    }
    target = std::move(texts);
    return {};
}

/// A list as "live,demo", or as it stands in a file: ["live", "demo"].
std::string set_list_from_text(Strings& target, const std::string& text) {
    if (!text.starts_with('[')) {
        target = split(text);
        return {};
    }
    try {
        const toml::table table = toml::parse("list = " + text);
        if (table.size() == 1 && set_list(target, *table.get("list")).empty()) return {};
    } catch (const toml::parse_error&) {
        // Said below, with what was found.
    }
    return fmt::format(R"(expected A,B or ["A", "B"], found {})", text);
}

}  // namespace

std::optional<std::int64_t> whole_number(const std::string& text) {
    const auto exact = parse_real(text);
    if (!exact || *exact != std::floor(*exact)) return std::nullopt;
    return parse_fixed(text, Digits{0});
}

std::string set_from_text(const Field& field, const std::string& text) {
    return std::visit(
        Overloaded{[&](bool* target) -> std::string {
                       if (text != "true" && text != "false") {
                           return fmt::format("expected true or false, found \"{}\"", text);
                       }
                       *target = text == "true";
                       return {};
                   },
                   [&](std::int64_t* target) -> std::string {
                       const auto value = whole_number(text);
                       if (!value) {
                           return fmt::format("expected a whole number, found \"{}\"", text);
                       }
                       *target = *value;
                       return out_of_range(field, static_cast<double>(*value));
                   },
                   [&](double* target) -> std::string {
                       const auto value = parse_real(text);
                       if (!value) return fmt::format("expected a number, found \"{}\"", text);
                       *target = *value;
                       return out_of_range(field, *value);
                   },
                   [&](std::string* target) -> std::string {
                       *target = text;
                       return not_a_choice(field, text);
                   },
                   [&](Strings* target) { return set_list_from_text(*target, text); }},
        field.target);
}

std::string set_from_toml(const Field& field, const toml::node& node) {
    return std::visit(Overloaded{[&](bool* target) -> std::string {
                                     const auto value = node.value_exact<bool>();
                                     if (!value) return "expected true or false";
                                     *target = *value;
                                     return {};
                                 },
                                 [&](std::int64_t* target) -> std::string {
                                     const auto value = node.value_exact<std::int64_t>();
                                     if (!value) return "expected a whole number";
                                     *target = *value;
                                     return out_of_range(field, static_cast<double>(*value));
                                 },
                                 [&](double* target) -> std::string {
                                     const auto value = node.value<double>();
                                     if (!value || !std::isfinite(*value))
                                         return "expected a number";
                                     *target = *value;
                                     return out_of_range(field, *value);
                                 },
                                 [&](std::string* target) -> std::string {
                                     const auto value = node.value_exact<std::string>();
                                     if (!value) return "expected a text in quotes";
                                     *target = *value;
                                     return not_a_choice(field, *value);
                                 },
                                 [&](Strings* target) { return set_list(*target, node); }},
                      field.target);
}

std::string toml_text(const Field& field) {
    // TOML's basic strings are escaped as JSON's.
    const auto quoted = [](const std::string& text) {
        std::string out = "\"";
        wire::append_json_escaped(out, text);
        return out + "\"";
    };
    return std::visit(
        Overloaded{[](const bool* value) -> std::string { return fmt::format("{}", *value); },
                   [](const std::int64_t* value) { return fmt::format("{}", *value); },
                   [](const double* value) {
                       const std::string text = fmt::format("{}", *value);
                       const bool is_whole = text.find_first_of(".e") == std::string::npos;
                       return is_whole ? text + ".0" : text;
                   },
                   [&](const std::string* value) { return quoted(*value); },
                   [&](const Strings* value) {
                       std::string text;
                       for (const std::string& one : *value) {
                           text += (text.empty() ? "" : ", ") + quoted(one);
                       }
                       return "[" + text + "]";
                   }},
        field.target);
}

}  // namespace margind::app
