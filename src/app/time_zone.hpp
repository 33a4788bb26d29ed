#pragma once
#include <chrono>
#include <expected>
#include <string>
#include <string_view>

namespace date {
class time_zone;  // NOLINT(readability-identifier-naming): the library's
}  // namespace date

namespace margind::app {

/// A zone of the system's time zone database (the package tzdata), and a local clock in it that is
/// never put back: where daylight saving ends, it stands still until the repeated stretch is over.
/// So every local time has one instant, and `utc(x) <= t` exactly where `x <= local(t)`.
/// The database is read once in the life of the process; its rules reach to the end of 2037.
class TimeZone {
public:
    /// The zone of this IANA name ("America/New_York"), or why there is none.
    [[nodiscard]] static std::expected<TimeZone, std::string> find(std::string_view name);

    /// What that clock shows at an instant.
    [[nodiscard]] std::chrono::local_seconds local(std::chrono::sys_seconds utc) const;
    /// The first instant at which it shows `local` or more: a time that the clock leaves out is the
    /// end of the gap, of one that comes twice it is the first.
    [[nodiscard]] std::chrono::sys_seconds utc(std::chrono::local_seconds local) const;

private:
    explicit TimeZone(const date::time_zone& zone) : zone_{&zone} {}

    const date::time_zone* zone_;  // lives as long as the process
};

/// An instant of the engine (UTC epoch) in whole seconds, and back.
[[nodiscard]] constexpr std::chrono::sys_seconds seconds_of(std::int64_t utc_ms) {
    using std::chrono::milliseconds;
    return std::chrono::floor<std::chrono::seconds>(
        std::chrono::sys_time<milliseconds>{milliseconds{utc_ms}});
}
[[nodiscard]] constexpr std::int64_t milliseconds_of(std::chrono::sys_seconds utc) {
    return std::chrono::milliseconds{utc.time_since_epoch()}.count();
}

}  // namespace margind::app
