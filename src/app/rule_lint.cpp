#include "app/rule_lint.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <ranges>
#include <utility>

#include "adapters/file/line_reader.hpp"
#include "app/account_check.hpp"
#include "app/class_check.hpp"
#include "app/cli.hpp"
#include "app/engine_options.hpp"
#include "app/field_check.hpp"
#include "margind/core/rules/guard_settings.hpp"
#include "margind/core/rules/instruments.hpp"
#include "wire/book_file.hpp"
#include "wire/redis_keys.hpp"

namespace margind::app {
namespace {

/// Reads a book file to its end, and looks at its fields on the way.
std::expected<wire::StoredBook, std::string> read_book(const Config& config, wire::Keys keys,
                                                       const std::string& path,
                                                       FieldCheck& fields) {
    auto lines = file::LineReader::open(path, wire::book_line_bytes_max);
    if (!lines) return std::unexpected{lines.error()};
    wire::BookReader reader{std::move(keys), config.accounts.types};
    wire::BookLineParser parser;
    wire::BookEntry entry;
    file::Line line;
    while (lines->next(line)) {
        const bool is_whole = line.kind != file::Line::Kind::too_long;
        const wire::BookFault fault =
            is_whole ? reader.add_line(line.text) : wire::BookFault::too_long;
        if (fault != wire::BookFault::none) {
            return std::unexpected{
                fmt::format("{}:{}: refused: {}", path, line.number, to_string(fault))};
        }
        if (parser.parse(line.text, entry) == wire::BookFault::none) fields.add(entry);
    }
    if (!lines->damage().empty()) return std::unexpected{lines->damage()};
    return reader.finish();
}

/// The findings that no problem of the configuration is about, and no refused value.
RuleFindings untold(const LoadedConfig& loaded, RuleFindings findings) {
    std::erase_if(findings, [&](const std::string& finding) {
        const std::string option = finding.substr(0, finding.find(": "));
        return std::ranges::any_of(std::array{"rules.", "prop."}, [&](const char* section) {
            const std::string key = section + option;
            const auto is_about = [&](const std::string& problem) {
                return problem.starts_with(key + ": ") || problem.contains(" " + key + ": ");
            };
            return loaded.refused.contains(key) || std::ranges::any_of(loaded.problems, is_about);
        });
    });
    return findings;
}

bool is_same_in_capitals(std::string_view name, std::string_view capitals) {
    return std::ranges::equal(name, capitals, [](char a, char b) {
        return (a >= 'a' && a <= 'z' ? static_cast<char>(a - 'a' + 'A') : a) == b;
    });
}

/// The specification as its symbol is spelled: keys have it in capitals, its own tier_scope as the
/// platform says it.
InstrumentSpec as_spelled(InstrumentSpec spec) {
    for (const auto part : std::string_view{spec.tier_scope} | std::views::split(',')) {
        const std::string_view name{part};
        if (!is_same_in_capitals(name, spec.symbol)) continue;
        spec.symbol = name;
        break;
    }
    return spec;
}

void check_specification(const wire::StoredBook& book, const std::string& where,
                         const InstrumentSpec& stored, const EngineOptions& engine, RulePack pack,
                         LintReport& report) {
    const InstrumentSpec spec = as_spelled(stored);
    report.add(where, check_instrument(spec, pack));
    if (spec.group == fallback_group) {  // whose guards are the symbol's
        const auto guard = derive_guard(spec, engine.guard_of(spec.symbol));
        if (!guard) report.add(where, {guard.error()});
    }
    report.add(where, check_tier_scope(spec, [&](std::string_view symbol) {
                   InstrumentSpec own = book.instrument({spec.group, std::string{symbol}});
                   if (own.exists) return own;
                   return book.instrument({std::string{fallback_group}, std::string{symbol}});
               }));
}

void check_groups(const wire::StoredBook& book, const FieldCheck& fields, const GroupRules& rules,
                  const EngineOptions& engine, RulePack pack, LintReport& report) {
    for (const auto& [key, spec] : book.instruments) {
        const std::string where = "groups:{" + key.group + "}:" + key.symbol;
        if (key.symbol != whole_group) {
            report.add_alike(where, fields.of_group(key));
            check_specification(book, where, spec, engine, pack, report);
        } else if (!engine.has_group_rules) {
            report.add_alike(where, {"not read: rules.set is platform, or rules.per_group false"});
        } else {
            report.add_alike(where, fields.of_group(key));
            if (!spec.has_bad_rules) report.add(where, check_rules(rules.of(key.group), pack));
        }
    }
    report.end_section("groups");
}

}  // namespace

std::expected<LintReport, std::string> lint(const LoadedConfig& loaded,
                                            const LintOptions& options) {
    const Config& config = loaded.config;
    const RulePack pack = option_from(rule_pack_names, options.pack).value_or(RulePack::none);
    const EngineOptions engine = engine_options(config);
    LintReport report;
    report.add("rules", untold(loaded, check_rules(engine.rules, pack)));
    if (options.book.empty()) {
        check_classes(config, nullptr, report);
        return report;
    }
    const auto keys = wire::compile_keys(config.keys, 0);
    if (!keys) return report;  // the configuration's problems tell
    FieldCheck fields{*keys};
    const auto book = read_book(config, *keys, options.book, fields);
    if (!book) return std::unexpected{book.error()};
    const GroupRules rules{*book, engine.rules, engine.has_group_rules};
    check_classes(config, &*book, report);
    check_groups(*book, fields, rules, engine, pack, report);
    check_accounts(*book, fields, rules, pack, report);
    return report;
}

int lint_rules(const LoadedConfig& loaded, const LintOptions& options) {
    for (const std::string& problem : loaded.problems) fmt::print(stderr, "{}\n", problem);
    std::size_t findings = 0;
    if (loaded.is_read) {
        const auto report = lint(loaded, options);
        if (!report) {
            fmt::print(stderr, "{}\n", report.error());
            return exit_usage;
        }
        for (const std::string& line : report->lines()) fmt::print("{}\n", line);
        findings = report->count();
    }
    const auto sum = [](std::size_t count, const char* what, const char* where) {
        if (count == 0) return;
        fmt::print(stderr, "margind: {} {}{}{}\n", count, what, count == 1 ? "" : "s", where);
    };
    sum(loaded.problems.size(), "problem", " in the configuration");
    sum(findings, "finding", "");
    return loaded.problems.empty() && findings == 0 ? exit_ok : exit_usage;
}

}  // namespace margind::app
