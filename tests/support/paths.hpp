#pragma once
#include <string>

namespace margind::test {

/// The root of the source tree.
[[nodiscard]] std::string source_dir();
/// Where the binaries of this build are.
[[nodiscard]] std::string binary_dir();

}  // namespace margind::test
