#pragma once

namespace margind::app {

/// The command line of `margind`. Exit codes: 0 ok, 1 failure, 2 usage or configuration.
int run(int argc, char** argv);

inline constexpr int exit_ok = 0;
inline constexpr int exit_failure = 1;
inline constexpr int exit_usage = 2;

}  // namespace margind::app
