#pragma once
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "margind/core/base/ids.hpp"
#include "margind/ports/result.hpp"

namespace margind {

/// Who an account is, and how near to its levels it stood. It has no figures: nothing of it is
/// believed but that there may be such an account, and whom to ask about first.
struct WarmAccount {
    static constexpr std::int32_t no_level = std::numeric_limits<std::int32_t>::max();

    std::string_view id;            // "1001"
    std::int32_t level = no_level;  // margin level in hundredths of a percent
    std::uint32_t positions = 0;
    TypeIndex type = 0;
    bool is_in_breach = false;
};

/// All accounts that an instance knew.
struct WarmImage {
    std::int64_t written_ms = 0;  // wall clock
    std::vector<WarmAccount> accounts;
    std::shared_ptr<const std::vector<char>> bytes;  // that the ids of a loaded image point into
};

/// Where the local image lies from which the next start learns whom to read first.
class WarmStore {
public:
    virtual ~WarmStore() = default;
    /// The last image, the most endangered accounts first, or why there is none. Blocks: at the
    /// start only.
    virtual Result<WarmImage> load() = 0;
    /// Replaces it as a whole or not at all, in order of danger. Does not hold up the caller's
    /// thread. What the ids point into stays until it returns.
    virtual boost::asio::awaitable<Result<void>> save(WarmImage image) = 0;
};

}  // namespace margind
