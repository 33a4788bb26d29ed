#pragma once

namespace margind::test {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool is_sanitized = true;
#elif defined(__has_feature)
inline constexpr bool is_sanitized = __has_feature(address_sanitizer) ||
                                     __has_feature(thread_sanitizer) ||
                                     __has_feature(undefined_behavior_sanitizer);
#else
inline constexpr bool is_sanitized = false;
#endif

/// How often a test repeats itself: less often where a sanitizer makes it slow.
constexpr int many(int sanitized, int plain) { return is_sanitized ? sanitized : plain; }

}  // namespace margind::test
