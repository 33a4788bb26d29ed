#include "margind/core/assert.hpp"

#include <cstdio>
#include <cstdlib>

namespace margind {

void fail_assertion(std::string_view claim, std::source_location where) {
    std::fprintf(stderr, "margind: broken claim: %.*s (%s:%u)\n", static_cast<int>(claim.size()),
                 claim.data(), where.file_name(), static_cast<unsigned>(where.line()));
    std::abort();
}

}  // namespace margind
