#include "app/time_zone.hpp"

#include <date/tz.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <exception>
#include <vector>

#include "wire/nearest_name.hpp"

namespace margind::app {
namespace {

using std::chrono::hours;
using std::chrono::seconds;
using std::chrono::sys_days;
using std::chrono::sys_seconds;

/// The system's database, or why there is none.
std::expected<const date::tzdb*, std::string> system_database() {
    constexpr std::string_view missing =
        "the system's time zone database is missing: install the package tzdata";
    try {
        const date::tzdb& database = date::get_tzdb();
        if (database.zones.empty()) return std::unexpected{std::string{missing}};
        return &database;
    } catch (const std::exception&) {
        return std::unexpected{std::string{missing}};  // there is not even its folder
    }
}

/// The library takes the tables beside the zones ("zonenow.tab") for zones.
bool is_zone(std::string_view name) { return !name.contains('.'); }

const date::time_zone* found_in(const date::tzdb& database, std::string_view name) {
    const auto at = std::ranges::lower_bound(database.zones, name, {}, &date::time_zone::name);
    if (at == database.zones.end() || at->name() != name || !is_zone(name)) return nullptr;
    return &*at;
}

/// Some systems install "slim" zone files, which end with the last change of the law and a rule for
/// the years after it. The library reads no such rule: without a word daylight saving would end
/// there. Places far apart that have known it for long tell such files.
bool has_coming_years(const date::tzdb& database) {
    using namespace std::chrono_literals;
    constexpr std::array places{"America/New_York", "Europe/London", "Australia/Sydney"};
    bool is_any_found = false;
    for (const char* place : places) {
        const date::time_zone* zone = found_in(database, place);
        if (zone == nullptr) continue;
        is_any_found = true;
        constexpr sys_days soon = 2035y / 1 / 1;
        constexpr sys_days later = 2036y / 1 / 1;
        if (zone->get_info(soon).end < later) return true;
    }
    return !is_any_found;
}

std::string unknown_zone(const date::tzdb& database, std::string_view name) {
    std::vector<std::string_view> names;
    for (const date::time_zone& zone : database.zones) {
        if (is_zone(zone.name())) names.emplace_back(zone.name());
    }
    const std::string_view close = wire::nearest_name(name, names);
    const std::string hint = close.empty() ? "" : fmt::format("; did you mean {}?", close);
    return fmt::format("unknown time zone \"{}\"{}", name, hint);
}

}  // namespace

std::expected<TimeZone, std::string> TimeZone::find(std::string_view name) {
    if (name.empty()) {
        return std::unexpected{R"(expected a time zone such as "America/New_York", found nothing)"};
    }
    const auto database = system_database();
    if (!database) return std::unexpected{database.error()};
    const date::time_zone* zone = found_in(**database, name);
    if (zone == nullptr) return std::unexpected{unknown_zone(**database, name)};
    try {
        zone->get_info(sys_seconds{});  // reads its file
        if (has_coming_years(**database)) return TimeZone{*zone};
    } catch (const std::exception& error) {
        return std::unexpected{
            fmt::format("cannot read the time zone \"{}\": {}", name, error.what())};
    }
    return std::unexpected{
        "the system's time zone database lacks the coming years: its files have to be built with "
        "zic -b fat"};
}

std::chrono::local_seconds TimeZone::local(sys_seconds utc) const {
    const date::sys_info period = zone_->get_info(utc);
    const seconds shown = utc.time_since_epoch() + period.offset;
    // No clock has been put back by more than a day.
    if (utc - period.begin >= hours{24}) return std::chrono::local_seconds{shown};
    const sys_seconds before = period.begin - seconds{1};
    const seconds reached = before.time_since_epoch() + zone_->get_info(before).offset;
    return std::chrono::local_seconds{std::max(shown, reached)};
}

sys_seconds TimeZone::utc(std::chrono::local_seconds local) const {
    const date::local_info found = zone_->get_info(date::local_seconds{local.time_since_epoch()});
    if (found.result == date::local_info::nonexistent) return found.first.end;
    return sys_seconds{local.time_since_epoch() - found.first.offset};
}

}  // namespace margind::app
