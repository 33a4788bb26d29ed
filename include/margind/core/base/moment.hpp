#pragma once
#include <cstdint>

namespace margind {

/// One point in time as the shell saw it. Ages and delays use `steady_ms`; stamps use `wall_ms`.
struct Moment {
    std::int64_t steady_ms = 0;  // monotonic, arbitrary origin
    std::int64_t wall_ms = 0;    // UTC epoch
};

}  // namespace margind
