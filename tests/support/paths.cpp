#include "support/paths.hpp"

// The only file that is compiled with absolute paths, so that a compiler cache serves every
// checkout.

namespace margind::test {

std::string source_dir() { return MARGIND_SOURCE_DIR; }

std::string binary_dir() { return MARGIND_BINARY_DIR; }

}  // namespace margind::test
