#include "app/rule_lint.hpp"

#include <fmt/format.h>

#include <expected>
#include <utility>

#include "adapters/file/line_reader.hpp"
#include "app/cli.hpp"
#include "app/engine_options.hpp"
#include "wire/book_file.hpp"
#include "wire/redis_keys.hpp"

namespace margind::app {
namespace {

std::expected<wire::StoredBook, std::string> read_book(const Config& config,
                                                       const std::string& path) {
    auto keys = wire::compile_keys(config.keys, 0);
    if (!keys) return std::unexpected{keys.error().front()};
    auto lines = file::LineReader::open(path, wire::book_line_bytes_max);
    if (!lines) return std::unexpected{lines.error()};
    wire::BookReader reader{std::move(*keys), config.accounts.types};
    file::Line line;
    while (lines->next(line)) {
        const bool is_whole = line.kind != file::Line::Kind::too_long;
        const wire::BookFault fault =
            is_whole ? reader.add_line(line.text) : wire::BookFault::too_long;
        if (fault == wire::BookFault::none) continue;
        return std::unexpected{
            fmt::format("{}:{}: refused: {}", path, line.number, to_string(fault))};
    }
    if (!lines->damage().empty()) return std::unexpected{lines->damage()};
    return reader.finish();
}

/// Prints findings under the name of what they were found in; counts them.
class Report {
public:
    void add(const std::string& where, const RuleFindings& findings) {
        for (const std::string& finding : findings) fmt::print("{}: {}\n", where, finding);
        count_ += findings.size();
    }
    [[nodiscard]] std::size_t count() const { return count_; }

private:
    std::size_t count_ = 0;
};

void check_groups(const wire::StoredBook& book, const RuleSet& common, RulePack pack,
                  Report& report) {
    for (const auto& [key, spec] : book.instruments) {
        const std::string where = "groups:{" + key.group + "}:" + key.symbol;
        if (key.symbol != whole_group) {
            report.add(where, check_instrument(spec, pack));
        } else if (spec.has_bad_rules) {
            report.add(where, {"an option of the rules that is there and means nothing"});
        } else {
            report.add(where, check_rules(with(common, spec.rules), pack));
        }
    }
}

}  // namespace

int lint_rules(const Config& config, const LintOptions& options) {
    const RulePack pack = option_from(rule_pack_names, options.pack).value_or(RulePack::none);
    const RuleSet common = engine_options(config).rules;
    Report report;
    report.add("rules", check_rules(common, pack));
    if (!options.book.empty()) {
        const auto book = read_book(config, options.book);
        if (!book) {
            fmt::print(stderr, "{}\n", book.error());
            return exit_usage;
        }
        check_groups(*book, common, pack, report);
    }
    if (report.count() == 0) return exit_ok;
    fmt::print(stderr, "{} finding{}\n", report.count(), report.count() == 1 ? "" : "s");
    return exit_usage;
}

}  // namespace margind::app
