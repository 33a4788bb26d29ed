#pragma once
#include <toml++/toml.h>

#include <cstdint>
#include <optional>
#include <string>

#include "app/config_schema.hpp"

namespace margind::app {

/// A whole number as a text, without a fraction and in the range of 64 bits.
[[nodiscard]] std::optional<std::int64_t> whole_number(const std::string& text);

/// Sets a field from text (environment, flags). The answer says what is wrong, or nothing.
[[nodiscard]] std::string set_from_text(const Field& field, const std::string& text);

/// Sets a field from a file. The answer says what is wrong, or nothing.
[[nodiscard]] std::string set_from_toml(const Field& field, const toml::node& node);

/// The value of a field as it would stand in a file; JSON writes it the same way.
[[nodiscard]] std::string toml_text(const Field& field);

}  // namespace margind::app
