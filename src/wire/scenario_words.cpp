#include "wire/scenario_words.hpp"

#include <fmt/format.h>

#include <cmath>

#include "margind/core/base/decimal.hpp"
#include "wire/feed_name.hpp"
#include "wire/feed_time.hpp"
#include "wire/redis_keys.hpp"

namespace margind::wire {

std::string ScenarioProblem::in_file(std::string_view file) const {
    return fmt::format("{}:{}:{}: {}", file, place.line, place.column, text);
}

ScenarioWords::ScenarioWords(std::string_view line, std::uint32_t number,
                             std::vector<ScenarioProblem>& problems)
    : number_{number},
      end_column_{static_cast<std::uint32_t>(line.size()) + 1},
      problems_{problems} {
    constexpr std::string_view blanks = " \t\r";
    std::size_t at = line.find_first_not_of(blanks);
    while (at != std::string_view::npos && line[at] != '#') {
        const std::size_t end = std::min(line.find_first_of(blanks, at), line.size());
        words_.push_back({line.substr(at, end - at), static_cast<std::uint32_t>(at) + 1});
        at = line.find_first_not_of(blanks, end);
    }
}

std::string_view ScenarioWords::peek() const {
    return at_ < words_.size() ? words_[at_].text : std::string_view{};
}

TextPlace ScenarioWords::place() const {
    return {number_, at_ < words_.size() ? words_[at_].column : end_column_};
}

std::string_view ScenarioWords::take(std::string_view what) {
    if (has_failed_) return {};
    if (at_ < words_.size()) return words_[at_++].text;
    has_failed_ = true;
    problems_.push_back({place(), fmt::format("expected {}, found the end of the line", what)});
    return {};
}

bool ScenarioWords::take_if(std::string_view word) {
    if (has_failed_ || peek() != word) return false;
    ++at_;
    return true;
}

void ScenarioWords::require(std::string_view word) {
    const std::string what = fmt::format("'{}'", word);
    if (take(what) != word) fail_expected(what);
}

void ScenarioWords::fail(std::string text) {
    if (has_failed_) return;
    has_failed_ = true;
    const std::size_t last = at_ > 0 ? at_ - 1 : 0;
    const std::uint32_t column = last < words_.size() ? words_[last].column : end_column_;
    problems_.push_back({{number_, column}, std::move(text)});
}

void ScenarioWords::fail_expected(std::string_view what) {
    if (has_failed_) return;
    fail(fmt::format("expected {}, found '{}'", what, words_[at_ - 1].text));
}

double ScenarioWords::number(std::string_view what) {
    const auto value = parse_real(take(what));
    if (!value) fail_expected(what);
    return value.value_or(0.0);
}

Level ScenarioWords::level(std::string_view what) {
    std::string_view text = take(what);
    if (!text.ends_with('%')) {
        fail_expected(fmt::format("{} in percent, such as 50%", what));
        return {};
    }
    text.remove_suffix(1);
    const auto basis_points = parse_fixed(text, Digits{2});
    if (!basis_points) fail_expected(fmt::format("{} in percent, such as 50%", what));
    return {basis_points.value_or(0)};
}

std::int64_t ScenarioWords::span_ms(std::string_view what) {
    const auto ms = parse_span_ms(take(what));
    if (!ms) fail_expected(fmt::format("{}, such as 200ms or 5s", what));
    return ms.value_or(0);
}

std::uint32_t ScenarioWords::count(std::string_view what, std::uint32_t max) {
    const auto value = parse_epoch(take(what), EpochUnit::milliseconds);
    const bool is_good = value && *value >= 1 && *value <= max;
    if (!is_good) fail_expected(fmt::format("{} from 1 to {}", what, max));
    return is_good ? static_cast<std::uint32_t>(*value) : 1;
}

std::int64_t ScenarioWords::stamp(std::string_view what) {
    const auto value = parse_fixed(take(what), Digits{0});
    if (!value || *value < 0) fail_expected(what);
    return value.value_or(0);
}

bool ScenarioWords::yes_or_no(std::string_view what) {
    const std::string_view word = take(what);
    if (word != "yes" && word != "no") fail_expected(fmt::format("{}: yes or no", what));
    return word == "yes";
}

Volume ScenarioWords::volume(std::string_view what) {
    const auto volume = parse_volume(take(what));
    if (!volume) fail_expected(fmt::format("{} of at most 8 decimals", what));
    return volume.value_or(Volume{});
}

AccountKey ScenarioWords::account() {
    constexpr std::string_view what = "an account such as live:1001";
    const std::string_view text = take(what);
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos || colon == 0 || !is_account_id(text.substr(colon + 1))) {
        fail_expected(what);
        return {};
    }
    return {std::string{text.substr(0, colon)}, std::string{text.substr(colon + 1)}};
}

std::string ScenarioWords::name(std::string_view what) {
    const std::string_view text = take(what);
    if (check_feed_name(text) != NameFault::none) fail_expected(what);
    return std::string{text};
}

MarginMode ScenarioWords::margin_mode() {
    const std::string_view word = take("a margin mode");
    if (word != "hedging" && word != "netting") {
        fail_expected("the margin mode hedging or netting");
    }
    return word == "netting" ? MarginMode::netting : MarginMode::hedging;
}

}  // namespace margind::wire
