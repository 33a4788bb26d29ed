#include "app/session_settings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "app/session_text.hpp"
#include "app/time_zone.hpp"
#include "margind/core/rules/asset_class.hpp"

namespace margind::app {
namespace {

using std::chrono::minutes;

/// A stretch that an element of a list stands for.
template <class Point>
struct Stretch {
    Point from{};
    Point until{};
    std::size_t element = 0;
};

/// Goes through the classes in order; what one may not share with another is remembered.
class Check {
public:
    std::vector<SessionProblem> check(std::span<const SessionSettings> sessions) {
        for (session_ = 0; session_ < sessions.size(); ++session_) {
            const SessionSettings& session = sessions[session_];
            check_name(session.name);
            if (const auto zone = TimeZone::find(session.time_zone); !zone) {
                problem("time_zone", 0, zone.error());
            }
            check_open(session.open);
            check_holidays(session.holidays);
            if (session.symbols.empty() && session.asset_classes.empty()) {
                problem("", 0, "expected symbols or asset_classes: nothing belongs to it");
            }
            check_members("symbols", session.symbols, symbols_);
            check_members("asset_classes", session.asset_classes, asset_classes_);
            check_families(session.asset_classes);
        }
        return std::move(problems_);
    }

private:
    using Names = std::set<std::string_view>;

    void problem(std::string_view key, std::size_t element, std::string text) {
        problems_.push_back({session_, key, element, std::move(text)});
    }

    void check_name(std::string_view name) {
        const auto is_fit = [](char c) {
            return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                   c == '_' || c == '-' || c == '.';
        };
        if (name.empty()) {
            problem("name", 0, "expected a name, found nothing");
        } else if (!std::ranges::all_of(name, is_fit)) {
            problem("name", 0,
                    fmt::format("expected letters, digits, _, - and ., found \"{}\"", name));
        } else if (!names_.insert(name).second) {
            problem("name", 0, fmt::format("\"{}\" is the name of a class above", name));
        }
    }

    void check_open(const std::vector<std::string>& texts) {
        if (texts.empty()) problem("open", 0, "expected one interval or more, found none");
        std::vector<Stretch<minutes>> stretches;
        for (std::size_t element = 0; element < texts.size(); ++element) {
            const auto intervals = parse_weekly(texts[element]);
            if (!intervals) {
                problem("open", element,
                        fmt::format("\"{}\": {}", texts[element], intervals.error()));
                continue;
            }
            for (const auto [open, close] : *intervals) stretches.push_back({open, close, element});
        }
        check_overlaps("open", texts, std::move(stretches), R"("{}" overlaps "{}")");
    }

    void check_holidays(const std::vector<std::string>& texts) {
        std::vector<Stretch<std::chrono::local_seconds>> stretches;
        for (std::size_t element = 0; element < texts.size(); ++element) {
            const auto closure = parse_holiday(texts[element]);
            if (closure) {
                stretches.push_back({closure->from, closure->until, element});
            } else {
                problem("holidays", element,
                        fmt::format("\"{}\": {}", texts[element], closure.error()));
            }
        }
        check_overlaps("holidays", texts, std::move(stretches),
                       R"("{}" closes what "{}" has closed already)");
    }

    /// An element that has something in common with another is told once: the later of the two.
    template <class Point>
    void check_overlaps(std::string_view key, const std::vector<std::string>& texts,
                        std::vector<Stretch<Point>> stretches, fmt::string_view wrong) {
        std::ranges::sort(stretches, {}, [](const Stretch<Point>& stretch) {
            return std::pair{stretch.from, stretch.element};
        });
        std::map<std::size_t, std::size_t> overlaps;  // by the later element
        Stretch<Point> longest{};                     // what reaches farthest so far
        for (const Stretch<Point>& stretch : stretches) {
            if (stretch.from < longest.until && stretch.element != longest.element) {
                overlaps.emplace(std::max(stretch.element, longest.element),
                                 std::min(stretch.element, longest.element));
            }
            if (stretch.until > longest.until) longest = stretch;
        }
        for (const auto [later, first] : overlaps) {
            problem(key, later, fmt::format(fmt::runtime(wrong), texts[later], texts[first]));
        }
    }

    /// The first match wins: the same text a second time would never be reached.
    void check_members(std::string_view key, const std::vector<std::string>& members,
                       Names& known) {
        for (std::size_t element = 0; element < members.size(); ++element) {
            const std::string& member = members[element];
            if (member.empty()) {
                problem(key, element, "expected a name, found nothing");
            } else if (!known.insert(member).second) {
                problem(key, element, fmt::format("\"{}\" is there above already", member));
            }
        }
    }

    /// Nor would a class whose family is there above.
    void check_families(const std::vector<std::string>& asset_classes) {
        for (std::size_t element = 0; element < asset_classes.size(); ++element) {
            const std::string& asset_class = asset_classes[element];
            const auto is_family = [&](std::string_view above) {
                return above != asset_class && belongs_to(asset_class, above);
            };
            const auto family = std::ranges::find_if(families_, is_family);
            if (family != families_.end()) {
                problem("asset_classes", element,
                        fmt::format("\"{}\" belongs to \"{}\", which is there above already",
                                    asset_class, *family));
            }
            families_.push_back(asset_class);
        }
    }

    std::size_t session_ = 0;
    Names names_;
    Names symbols_;
    Names asset_classes_;
    std::vector<std::string_view> families_;  // asset classes above, in their order
    std::vector<SessionProblem> problems_;
};

}  // namespace

std::vector<SessionProblem> problems_of(std::span<const SessionSettings> sessions) {
    return Check{}.check(sessions);
}

std::string session_key(std::span<const SessionSettings> sessions, std::size_t session,
                        std::string_view key) {
    const std::string& name = sessions[session].name;
    const std::string number = fmt::format("#{}", session + 1);
    return fmt::format("sessions[{}]{}{}", name.empty() ? number : name, key.empty() ? "" : ".",
                       key);
}

}  // namespace margind::app
