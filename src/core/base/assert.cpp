#include "margind/core/base/assert.hpp"

#include <cstdio>
#include <cstdlib>
#include <string>

namespace margind {

void fail_assertion(std::string_view claim, std::source_location where) {
    std::string text = "margind: broken claim: ";
    text.append(claim).append(" (").append(where.file_name()).append(":");
    text.append(std::to_string(where.line())).append(")\n");
    std::fputs(text.c_str(), stderr);
    std::abort();
}

}  // namespace margind
