#pragma once
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>

#include "margind/core/base/ids.hpp"
#include "margind/core/base/moment.hpp"
#include "margind/core/stop_out/level_reading.hpp"

namespace margind {

/// Stop-outs that count only when they last: since when each account has been at its own, without a
/// valuation that found it above.
class Persistence {
public:
    /// 0 = they count at once.
    explicit Persistence(std::int64_t least_ms) : least_ms_{least_ms} {}

    /// Takes note of an account that is not in stop-out yet. True where it is at its stop-out and
    /// has not been for long enough: then `reading` says margin call instead.
    bool soften(AccountId account, LevelReading& reading, Moment now);

private:
    std::int64_t least_ms_;
    boost::unordered_flat_map<std::uint32_t, std::int64_t> since_ms_;  // steady clock, by account
};

}  // namespace margind
