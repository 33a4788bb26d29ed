#pragma once
#include <string>

#include "support/random.hpp"

namespace margind::test {

/// A document for `evaluate` by chance: any calc mode, option of the rules, order and tier. About
/// half of the accounts are at their stop-out; in some the market is in doubt.
[[nodiscard]] std::string random_document(Random& random);

}  // namespace margind::test
