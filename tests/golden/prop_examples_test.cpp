// The tables of docs/prop-firm.md are worked out: what the page shows is what the program does.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <fstream>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "margind/core/base/decimal.hpp"
#include "margind/core/prop/prop_rules.hpp"
#include "margind/core/rules/rules.hpp"
#include "support/paths.hpp"

using namespace margind;

namespace {

std::string trimmed(std::string_view text) {
    const std::size_t first = text.find_first_not_of(' ');
    if (first == std::string_view::npos) return {};
    return std::string{text.substr(first, text.find_last_not_of(' ') - first + 1)};
}

/// "102,000" or "96,999.99"; two decimals, which serves percentages as basis points as well.
std::int64_t hundredths(std::string text) {
    std::erase(text, ',');
    const auto number = parse_fixed(text, Digits{2});
    INFO("not a number: " << text);
    REQUIRE(number.has_value());
    return number.value_or(0);
}

Money money(const std::string& text) { return Money::from_minor(hundredths(text)); }

template <class Option, std::size_t count>
Option option(const std::pair<std::string_view, Option> (&names)[count], const std::string& text) {
    const auto value = option_from(names, text);
    INFO("not a name: " << text);
    REQUIRE(value.has_value());
    return value.value_or(names[0].second);
}

LossLimit limit(LossUnit unit, const std::string& size) {
    if (unit == LossUnit::money) return LossLimit::amount(money(size));
    return {unit, Level{hundredths(size)}, {}};
}

using Settings = std::map<std::string, std::string>;

std::optional<LossLimit> limit_of(const Settings& settings, const std::string& key) {
    if (!settings.contains(key)) return {};
    const auto unit = settings.find(key + "_unit");
    return limit(unit == settings.end() ? LossUnit::percent : option(loss_unit_names, unit->second),
                 settings.at(key));
}

PropRules rules_of(const Settings& settings) {
    PropRules rules;
    for (const auto& [key, value] : settings) {
        INFO(key << " = " << value);
        if (key == "daily_loss_base") {
            rules.daily_loss_base = option(daily_loss_base_names, value);
        } else if (key == "losses_only") {
            rules.losses_only = value == "true";
        } else if (key == "drawdown_mode") {
            rules.drawdown_mode = option(drawdown_mode_names, value);
        } else if (key == "drawdown_base") {
            rules.drawdown_base = option(drawdown_base_names, value);
        } else if (key == "drawdown_update") {
            rules.drawdown_update = option(drawdown_update_names, value);
        } else if (key == "drawdown_lock") {
            rules.drawdown_lock = money(value);
        } else if (key == "peak_start") {
            rules.peak_start = money(value);
        } else if (key == "initial_balance") {
            rules.initial_balance = money(value);
        } else if (key == "limit_compare") {
            rules.limit_compare = option(limit_compare_names, value);
        } else {
            const bool is_limit = key == "daily_loss" || key == "daily_loss_unit" ||
                                  key == "drawdown" || key == "drawdown_unit";
            REQUIRE(is_limit);
        }
    }
    rules.daily_loss = limit_of(settings, "daily_loss");
    rules.drawdown = limit_of(settings, "drawdown");
    CHECK(problems_of(rules).empty());
    return rules;
}

void set(Settings& settings, const std::string& line) {
    const std::size_t equals = line.find(" = ");
    INFO(line);
    REQUIRE(equals != std::string::npos);
    settings[line.substr(0, equals)] = line.substr(equals + 3);
}

std::vector<std::string> cells_of(const std::string& line) {
    std::vector<std::string> cells;
    for (std::size_t from = 1; from < line.size();) {
        const std::size_t to = line.find('|', from);
        REQUIRE(to != std::string::npos);
        cells.push_back(trimmed(std::string_view{line}.substr(from, to - from)));
        from = to + 1;
    }
    return cells;
}

/// What the column `says` has for a reading.
std::string words_of(const PropReading& reading) {
    const Verdict daily_loss = reading.daily_loss.verdict;
    const Verdict drawdown = reading.drawdown.verdict;
    if (daily_loss == Verdict::unknown || drawdown == Verdict::unknown) return "unknown";
    std::string words;
    if (daily_loss == Verdict::breach) words += "daily breach";
    if (drawdown == Verdict::breach)
        words += words.empty() ? "drawdown breach" : ", drawdown breach";
    if (words.empty()) words = "ok";
    return reading.is_late ? words + " late" : words;
}

LimitFigures figures(const LimitReading& reading) {
    REQUIRE(reading.figures.has_value());
    return reading.figures.value_or(LimitFigures{});
}

/// An example: its settings, the columns of its table, and the account on its way through it.
class Example {
public:
    explicit Example(Settings settings)
        : settings_{std::move(settings)}, rules_{rules_of(settings_)} {}

    void columns(std::vector<std::string> names) { columns_ = std::move(names); }
    [[nodiscard]] bool has_columns() const { return !columns_.empty(); }

    void row(const std::vector<std::string>& cells) {
        REQUIRE(cells.size() == columns_.size());
        std::map<std::string, std::string> row;
        for (std::size_t i = 0; i < cells.size(); ++i) row[columns_[i]] = cells[i];
        const std::string& step = row.at("step");
        if (step.find(" = ") != std::string::npos) {
            set(settings_, step);
            rules_ = rules_of(settings_);
            return;
        }
        ++now_ms_;
        std::optional<PropFigures> seen;
        if (row.at("balance") != "unknown") {
            seen = {money(row.at("balance")), money(row.at("equity"))};
        }
        if (step.starts_with("reset")) REQUIRE(start_day(state_, rules_, seen, now_ms_));
        const PropReading reading = advance(state_, rules_, seen, now_ms_);
        for (const auto& [column, cell] : row) {
            if (!cell.empty()) check(column, cell, reading);
        }
    }

private:
    void check(const std::string& column, const std::string& cell, const PropReading& reading) {
        CAPTURE(column, cell);
        if (column == "daily floor") {
            CHECK(figures(reading.daily_loss).floor.minor() == money(cell).minor());
        } else if (column == "daily left") {
            CHECK(figures(reading.daily_loss).remaining.minor() == money(cell).minor());
        } else if (column == "drawdown floor") {
            CHECK(figures(reading.drawdown).floor.minor() == money(cell).minor());
        } else if (column == "drawdown left") {
            CHECK(figures(reading.drawdown).remaining.minor() == money(cell).minor());
        } else if (column == "peak") {
            CHECK(figures(reading.drawdown).reference.minor() == money(cell).minor());
        } else if (column == "says") {
            CHECK(words_of(reading) == cell);
        } else {
            const bool is_input = column == "step" || column == "balance" || column == "equity";
            REQUIRE(is_input);
        }
    }

    Settings settings_;
    PropRules rules_;
    PropState state_;
    std::vector<std::string> columns_;
    std::int64_t now_ms_ = 0;
};

}  // namespace

TEST_CASE("the examples of docs/prop-firm.md come out as printed", "[golden][docs]") {
    std::ifstream page{test::source_dir() + "/docs/prop-firm.md"};
    REQUIRE(page.is_open());
    std::optional<Settings> settings;  // while inside a block of rules
    std::optional<Example> example;
    int rows = 0;
    int number = 0;
    for (std::string line; std::getline(page, line);) {
        ++number;
        INFO("prop-firm.md:" << number << ": " << line);
        if (line == "```prop rules") {
            CHECK_FALSE(example.has_value());  // each has its table
            settings.emplace();
        } else if (settings && line == "```") {
            example.emplace(*settings);
            settings.reset();
        } else if (settings) {
            set(*settings, line);
        } else if (example && line.starts_with('|')) {
            if (line.starts_with("|---")) continue;
            if (example->has_columns()) {
                example->row(cells_of(line));
                ++rows;
            } else {
                example->columns(cells_of(line));
            }
        } else if (example && example->has_columns()) {
            example.reset();
        }
    }
    CHECK(rows >= 55);
}
