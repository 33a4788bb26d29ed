#pragma once
#include <boost/asio/awaitable.hpp>

#include "margind/core/base/moment.hpp"

namespace margind {

/// The clock, as a port.
class Clock {
public:
    virtual ~Clock() = default;
    [[nodiscard]] virtual Moment now() const = 0;
};

/// One beat's place in time.
struct Beat {
    Moment due;
    Moment now;
    std::uint64_t missed = 0;  // beats skipped since the last one
};

/// Beats on absolute time: due times are multiples of the interval, missed ones are skipped, never
/// queued.
class Ticker {
public:
    virtual ~Ticker() = default;
    virtual boost::asio::awaitable<Beat> next() = 0;
    /// True when the next beat is due already.
    [[nodiscard]] virtual bool is_due() const = 0;
};

}  // namespace margind
