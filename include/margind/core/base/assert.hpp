#pragma once
#include <source_location>
#include <string_view>

namespace margind {

/// Prints the broken claim with its place and aborts. A supervisor restarts the process; state is
/// re-read.
[[noreturn]] void fail_assertion(std::string_view claim,
                                 std::source_location where = std::source_location::current());

}  // namespace margind

/// A programmer's mistake, checked in every build type.
#define MARGIND_ASSERT(claim) ((claim) ? void(0) : ::margind::fail_assertion(#claim))
