#pragma once
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/session_settings.hpp"
#include "app/session_text.hpp"
#include "app/time_zone.hpp"
#include "margind/core/base/ids.hpp"

namespace margind::app {

/// A class of symbols with the same trading hours, in the order of the configuration.
using SessionId = Id<struct SessionTag>;

/// When each class of symbols trades. Instants are UTC epoch milliseconds; the answers follow a
/// local clock that is never put back (time_zone.hpp), so nothing opens or closes twice where
/// daylight saving ends, and what the clock leaves out happens at the first instant after it.
/// Nothing is worked out ahead: a question costs a few searches in short lists.
class SessionCalendar {
public:
    /// The calendar of these classes, or the first of what problems_of says of them.
    [[nodiscard]] static std::expected<SessionCalendar, std::string> make(
        std::span<const SessionSettings> sessions);

    [[nodiscard]] std::uint32_t size() const { return static_cast<std::uint32_t>(all_.size()); }
    [[nodiscard]] const std::string& name(SessionId id) const { return all_[id.value].name; }

    /// The first class that a symbol belongs to, by its name or its asset class, whose families
    /// count as well; nothing where it trades always.
    [[nodiscard]] std::optional<SessionId> class_of(std::string_view symbol,
                                                    std::string_view asset_class) const;

    [[nodiscard]] bool is_open(SessionId id, std::int64_t utc_ms) const;
    /// The first instant after `utc_ms` at which `is_open` answers otherwise; nothing when never.
    [[nodiscard]] std::optional<std::int64_t> next_change(SessionId id, std::int64_t utc_ms) const;

private:
    using Local = std::chrono::local_seconds;

    struct Session {
        std::string name;
        TimeZone zone;
        std::vector<WeeklyInterval> week;  // sorted, apart from each other
        std::vector<Closure> closures;     // sorted, none overlaps
        std::vector<std::string> symbols;  // patterns
        std::vector<std::string> asset_classes;

        [[nodiscard]] bool is_open(Local local) const;
        /// The next time after `local` at which the week or a closure may say something else.
        [[nodiscard]] std::optional<Local> next_boundary(Local local) const;
        [[nodiscard]] std::optional<Local> next_of_week(Local local) const;
        [[nodiscard]] std::optional<Local> next_of_closures(Local local) const;
    };

    explicit SessionCalendar(std::span<const SessionSettings> sessions);

    std::vector<Session> all_;
};

/// Whether `name` fits `pattern`, in which each * stands for any text.
[[nodiscard]] bool fits(std::string_view pattern, std::string_view name);

}  // namespace margind::app
