#pragma once
#include <toml++/toml.h>

#include <string>
#include <vector>

#include "app/config_schema.hpp"

namespace margind::app {

/// The keys of one [[sessions]] table, in the order they are shown. They point into `session`.
[[nodiscard]] std::vector<Field> session_fields(SessionSettings& session);

/// Reads what a file has under `sessions`. Values, their sources and everything that is wrong with
/// them, each with its place, go to `out`.
void read_sessions(const toml::node& node, const std::string& path, LoadedConfig& out);

/// The [[sessions]] tables as they would stand in a file, with the source of each value behind it;
/// or as a further member of print_config's JSON object.
[[nodiscard]] std::string print_sessions(const LoadedConfig& loaded, bool as_json);

}  // namespace margind::app
