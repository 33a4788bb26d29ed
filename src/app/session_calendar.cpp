#include "app/session_calendar.hpp"

#include <algorithm>

#include "margind/core/rules/asset_class.hpp"

namespace margind::app {
namespace {

using std::chrono::local_days;
using std::chrono::local_seconds;
using std::chrono::minutes;
using std::chrono::seconds;

/// The Monday, at midnight, on or before `local`.
local_seconds week_start(local_seconds local) {
    const auto date = std::chrono::floor<std::chrono::days>(local);
    return date - (std::chrono::weekday{date} - std::chrono::Monday);
}

/// Sorted; what touches is one.
std::vector<WeeklyInterval> week_of(const std::vector<std::string>& texts) {
    std::vector<WeeklyInterval> all;
    for (const std::string& text : texts) {
        const auto intervals = parse_weekly(text);
        all.insert(all.end(), intervals->begin(), intervals->end());
    }
    std::ranges::sort(all, {}, &WeeklyInterval::open);
    std::vector<WeeklyInterval> week;
    for (const WeeklyInterval& interval : all) {
        if (!week.empty() && week.back().close == interval.open) {
            week.back().close = interval.close;
        } else {
            week.push_back(interval);
        }
    }
    return week;
}

std::vector<Closure> closures_of(const std::vector<std::string>& texts) {
    std::vector<Closure> closures;
    closures.reserve(texts.size());
    for (const std::string& text : texts) closures.push_back(*parse_holiday(text));
    std::ranges::sort(closures, {}, &Closure::from);
    return closures;
}

/// The first that is not over at `now`.
template <class Stretches, class Time, class End>
auto first_ahead(const Stretches& stretches, Time now, End end) {
    return std::ranges::upper_bound(stretches, now, {}, end);
}

}  // namespace

std::expected<SessionCalendar, std::string> SessionCalendar::make(
    std::span<const SessionSettings> sessions) {
    const auto problems = problems_of(sessions);
    if (problems.empty()) return SessionCalendar{sessions};
    const SessionProblem& first = problems.front();
    return std::unexpected{session_key(sessions, first.session, first.key) + ": " + first.text};
}

SessionCalendar::SessionCalendar(std::span<const SessionSettings> sessions) {
    for (const SessionSettings& session : sessions) {
        all_.push_back({session.name, *TimeZone::find(session.time_zone), week_of(session.open),
                        closures_of(session.holidays), session.symbols, session.asset_classes});
    }
}

std::optional<SessionId> SessionCalendar::class_of(std::string_view symbol,
                                                   std::string_view asset_class) const {
    for (std::uint32_t i = 0; i < size(); ++i) {
        const Session& session = all_[i];
        const auto names_symbol = [&](const std::string& pattern) { return fits(pattern, symbol); };
        const auto has_class = [&](const std::string& own) { return belongs_to(asset_class, own); };
        if (std::ranges::any_of(session.symbols, names_symbol) ||
            std::ranges::any_of(session.asset_classes, has_class)) {
            return SessionId{i};
        }
    }
    return std::nullopt;
}

bool SessionCalendar::is_open(SessionId id, std::int64_t utc_ms) const {
    const Session& session = all_[id.value];
    return session.is_open(session.zone.local(seconds_of(utc_ms)));
}

std::optional<std::int64_t> SessionCalendar::next_change(SessionId id, std::int64_t utc_ms) const {
    const Session& session = all_[id.value];
    local_seconds now = session.zone.local(seconds_of(utc_ms));
    const bool was_open = session.is_open(now);
    // A boundary changes nothing within a holiday, or where a gap of the clock swallows it: then
    // the one after it is looked at. Ends after the last holiday at the latest.
    while (const auto boundary = session.next_boundary(now)) {
        const std::chrono::sys_seconds instant = session.zone.utc(*boundary);
        now = session.zone.local(instant);
        if (session.is_open(now) != was_open) return milliseconds_of(instant);
    }
    return std::nullopt;
}

bool SessionCalendar::Session::is_open(Local local) const {
    const auto closure = first_ahead(closures, local, &Closure::until);
    if (closure != closures.end() && closure->from <= local) return false;
    const seconds now = local - week_start(local);
    const auto interval = first_ahead(week, now, &WeeklyInterval::close);
    return interval != week.end() && interval->open <= now;
}

std::optional<SessionCalendar::Local> SessionCalendar::Session::next_boundary(Local local) const {
    const auto of_week = next_of_week(local);
    const auto of_closures = next_of_closures(local);
    if (!of_week || !of_closures) return of_week ? of_week : of_closures;
    return std::min(*of_week, *of_closures);
}

std::optional<SessionCalendar::Local> SessionCalendar::Session::next_of_week(Local local) const {
    if (week.front() == WeeklyInterval{minutes{0}, whole_week}) return std::nullopt;
    const Local start = week_start(local);
    const seconds now = local - start;
    const auto interval = first_ahead(week, now, &WeeklyInterval::close);
    if (interval == week.end()) return start + whole_week + week.front().open;
    return start + (now < interval->open ? interval->open : interval->close);
}

std::optional<SessionCalendar::Local> SessionCalendar::Session::next_of_closures(
    Local local) const {
    const auto closure = first_ahead(closures, local, &Closure::until);
    if (closure == closures.end()) return std::nullopt;
    return local < closure->from ? closure->from : closure->until;
}

bool fits(std::string_view pattern, std::string_view name) {
    std::size_t at = 0;                         // of the pattern
    std::size_t star = std::string_view::npos;  // the last * met
    std::size_t after_star = 0;                 // how far it reaches in the name
    for (std::size_t i = 0; i < name.size();) {
        if (at < pattern.size() && pattern[at] == '*') {
            star = at++;
            after_star = i;
        } else if (at < pattern.size() && pattern[at] == name[i]) {
            ++at;
            ++i;
        } else if (star != std::string_view::npos) {
            at = star + 1;
            i = ++after_star;
        } else {
            return false;
        }
    }
    return pattern.find_first_not_of('*', at) == std::string_view::npos;
}

}  // namespace margind::app
