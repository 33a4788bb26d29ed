#pragma once
#include <set>
#include <string>
#include <vector>

#include "app/config_schema.hpp"
#include "margind/core/prop/prop_settings.hpp"

namespace margind::app {

/// The keys of [prop]. They point into `config`.
[[nodiscard]] std::vector<Field> prop_fields(Config& config);

/// The limits they set; a key at its default says nothing.
[[nodiscard]] PropSettings prop_settings(const Config& config);

/// What contradicts itself among them, each as "key: what". That an account needs an initial
/// balance does not: it may bring its own.
[[nodiscard]] Strings prop_problems(const Config& config);

}  // namespace margind::app
