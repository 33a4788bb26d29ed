#pragma once
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "margind/core/base/units.hpp"
#include "margind/core/book/account.hpp"
#include "margind/core/rules/rules.hpp"

namespace margind::wire {

/// A place in a text, from 1.
struct TextPlace {
    std::uint32_t line = 0;
    std::uint32_t column = 0;
};

/// Something wrong at a place of a scenario: in its text, or in what came of it.
struct ScenarioProblem {
    TextPlace place;
    std::string text;

    /// "case.scenario:3:14: expected a price, found '1.x'".
    [[nodiscard]] std::string in_file(std::string_view file) const;
};

/// The words of one line, read from the left. A word that is not what was asked for is noted as a
/// problem, once a line; what is read after it does not matter.
class ScenarioWords {
public:
    ScenarioWords(std::string_view line, std::uint32_t number,
                  std::vector<ScenarioProblem>& problems);

    [[nodiscard]] bool is_at_end() const { return at_ == words_.size() || has_failed_; }
    [[nodiscard]] bool has_failed() const { return has_failed_; }
    [[nodiscard]] bool is_empty() const { return words_.empty(); }
    /// The next word, not taken; empty at the end.
    [[nodiscard]] std::string_view peek() const;
    /// The place of the next word, or behind the last one.
    [[nodiscard]] TextPlace place() const;

    /// Takes the next word; `what` names it in the problem where the line ends before it.
    std::string_view take(std::string_view what);
    /// Takes the next word where it is this one.
    bool take_if(std::string_view word);
    /// The next word must be this one.
    void require(std::string_view word);
    /// Notes a problem at the word taken last.
    void fail(std::string text);
    void fail_expected(std::string_view what);

    double number(std::string_view what);
    /// "100%" or "45.5%" in basis points.
    Level level(std::string_view what);
    std::int64_t span_ms(std::string_view what);
    std::uint32_t count(std::string_view what, std::uint32_t max);
    /// An integer of 0 or above, whatever its unit.
    std::int64_t stamp(std::string_view what);
    bool yes_or_no(std::string_view what);
    Volume volume(std::string_view what);
    AccountKey account();
    std::string name(std::string_view what);
    MarginMode margin_mode();

private:
    struct Word {
        std::string_view text;
        std::uint32_t column;
    };
    std::vector<Word> words_;
    std::size_t at_ = 0;
    std::uint32_t number_;
    std::uint32_t end_column_;
    bool has_failed_ = false;
    std::vector<ScenarioProblem>& problems_;
};

}  // namespace margind::wire
