#include "app/class_check.hpp"

#include <fmt/format.h>

#include <set>
#include <string_view>

#include "margind/core/rules/asset_class.hpp"
#include "margind/core/rules/instruments.hpp"
#include "wire/nearest_name.hpp"

namespace margind::app {
namespace {

using Names = std::vector<std::string_view>;

Names listed_classes() {
    Names names;
    for (const AssetClass& listed : asset_classes) names.push_back(listed.name);
    return names;
}

/// The classes of the symbols, which count from the group Standard alone.
std::set<std::string_view> classes_of(const wire::StoredBook& book) {
    std::set<std::string_view> classes;
    for (const auto& [key, spec] : book.instruments) {
        if (key.group == fallback_group) classes.insert(spec.asset_class);
    }
    return classes;
}

void check_sessions(const Config& config, const wire::StoredBook* book, LintReport& report) {
    const Names listed = listed_classes();
    const auto known = book != nullptr ? classes_of(*book) : std::set<std::string_view>{};
    for (std::size_t i = 0; i < config.sessions.size(); ++i) {
        for (const std::string& own : config.sessions[i].asset_classes) {
            if (is_listed_class(own) || known.contains(own)) continue;
            const std::string_view slip = wire::slip_of(own, listed);
            if (book == nullptr && slip.empty()) continue;
            const std::string where = session_key(config.sessions, i, "asset_classes");
            const std::string wrong =
                book == nullptr ? "unknown class" : "no specification of Standard has this class";
            const std::string hint =
                wire::did_you_mean(book == nullptr ? slip : wire::nearest_name(own, listed));
            report.add(where, {fmt::format("\"{}\": {}{}", own, wrong, hint)});
        }
    }
}

void check_specifications(const Config& config, const wire::StoredBook& book, LintReport& report) {
    const Names listed = listed_classes();
    std::set<std::string_view> in_sessions;
    for (const SessionSettings& session : config.sessions) {
        in_sessions.insert(session.asset_classes.begin(), session.asset_classes.end());
    }
    for (const auto& [key, spec] : book.instruments) {
        const std::string& own = spec.asset_class;
        if (own.empty() || is_listed_class(own) || in_sessions.contains(own)) continue;
        report.add_alike("groups:{" + key.group + "}:" + key.symbol,
                         {fmt::format("asset_class: \"{}\" is no listed class and has no session{}",
                                      own, wire::did_you_mean(wire::nearest_name(own, listed)))});
    }
    report.end_section("groups");
}

}  // namespace

void check_classes(const Config& config, const wire::StoredBook* book, LintReport& report) {
    check_sessions(config, book, report);
    if (book != nullptr) check_specifications(config, *book, report);
}

}  // namespace margind::app
