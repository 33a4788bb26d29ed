#include "wire/prop_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <utility>

#include "wire/json_writer.hpp"
#include "wire/redis_keys.hpp"

namespace margind::wire {
namespace {

using Instant = std::optional<std::int64_t>;
using MaybeMoney = std::optional<Money>;

/// The memory with its day taken apart: every part is there or not.
struct Parts {
    Instant reset_ms;
    Instant reference_ms;
    MaybeMoney reference_balance;
    MaybeMoney reference_equity;
    MaybeMoney last_balance;
    MaybeMoney realised_profit;
    MaybeMoney peak;
    MaybeMoney peak_start;
    MaybeMoney initial_balance;
    Instant drawdown_start_ms;
    Instant daily_breach_ms;
    Instant drawdown_breach_ms;
};

constexpr std::pair<std::string_view, Instant Parts::*> instants[] = {
    {"reset_ms", &Parts::reset_ms},
    {"reference_ms", &Parts::reference_ms},
    {"drawdown_start_ms", &Parts::drawdown_start_ms},
    {"daily_breach_ms", &Parts::daily_breach_ms},
    {"drawdown_breach_ms", &Parts::drawdown_breach_ms},
};
constexpr std::pair<std::string_view, MaybeMoney Parts::*> amounts[] = {
    {"reference_balance", &Parts::reference_balance},
    {"reference_equity", &Parts::reference_equity},
    {"last_balance", &Parts::last_balance},
    {"realised_profit", &Parts::realised_profit},
    {"peak", &Parts::peak},
    {"peak_start", &Parts::peak_start},
    {"initial_balance", &Parts::initial_balance},
};

Parts parts_of(const PropState& state) {
    Parts parts{.reset_ms = state.reset_ms,
                .peak = state.peak,
                .peak_start = state.peak_start,
                .initial_balance = state.initial_balance,
                .drawdown_start_ms = state.drawdown_start_ms,
                .daily_breach_ms = state.daily_breach_ms,
                .drawdown_breach_ms = state.drawdown_breach_ms};
    if (!state.day) return parts;
    parts.reference_ms = state.day->reference_ms;
    parts.reference_balance = state.day->reference.balance;
    parts.reference_equity = state.day->reference.equity;
    parts.last_balance = state.day->last_balance;
    parts.realised_profit = state.day->realised_profit;
    return parts;
}

/// Nothing where a day is there in part.
std::optional<PropState> state_of(const Parts& parts) {
    PropState state{.reset_ms = parts.reset_ms,
                    .day = {},
                    .peak = parts.peak,
                    .peak_start = parts.peak_start,
                    .initial_balance = parts.initial_balance,
                    .drawdown_start_ms = parts.drawdown_start_ms,
                    .daily_breach_ms = parts.daily_breach_ms,
                    .drawdown_breach_ms = parts.drawdown_breach_ms};
    const bool has_any = parts.reference_ms || parts.reference_balance || parts.reference_equity ||
                         parts.last_balance || parts.realised_profit;
    if (!has_any) return state;
    // A profit that does not fit is not there although the rest of the day is.
    const bool has_all = parts.reference_ms && parts.reference_balance && parts.reference_equity &&
                         parts.last_balance;
    if (!has_all) return std::nullopt;
    state.day = PropDay{.reference_ms = *parts.reference_ms,
                        .reference = {*parts.reference_balance, *parts.reference_equity},
                        .last_balance = *parts.last_balance,
                        .realised_profit = parts.realised_profit};
    return state;
}

std::optional<std::int64_t> parse_integer(std::string_view text) {
    std::int64_t number = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, number);
    return error == std::errc{} && stop == end ? std::optional{number} : std::nullopt;
}

std::optional<std::int64_t> parse_instant(std::string_view text) {
    const auto instant = parse_integer(text);
    return instant && *instant >= 0 ? instant : std::nullopt;
}

/// Plain decimals, none beyond the currency's: nothing is rounded.
std::optional<Money> parse_exact(std::string_view text, Digits digits) {
    const std::size_t point = std::min(text.find('.'), text.size());
    const std::string_view fraction = text.substr(std::min(point + 1, text.size()));
    if (point == 0 || fraction.size() > digits.value) return std::nullopt;
    std::string minor{text.substr(0, point)};
    minor.append(fraction).append(digits.value - fraction.size(), '0');
    const auto number = parse_integer(minor);
    return number ? std::optional{Money::from_minor(*number)} : std::nullopt;
}

std::optional<Digits> parse_digits(std::string_view text) {
    const bool is_good = text.size() == 1 && text.front() >= '0' && text.front() <= '8';
    if (!is_good) return std::nullopt;
    return Digits{static_cast<std::uint8_t>(text.front() - '0')};
}

/// Reads pairs from the left.
class PairReader {
public:
    explicit PairReader(std::string_view text) : rest_{text} {}

    /// The value of the next pair where it is that of `key`.
    std::optional<std::string_view> take(std::string_view key) {
        if (!is_next(key)) return std::nullopt;
        const std::string_view pair = rest_.substr(0, rest_.find(' '));
        rest_.remove_prefix(std::min(pair.size() + 1, rest_.size()));
        return pair.substr(key.size() + 1);
    }
    /// The same of the last pair, whose value is all the rest.
    std::optional<std::string_view> take_last(std::string_view key) {
        if (!is_next(key)) return std::nullopt;
        return std::exchange(rest_, {}).substr(key.size() + 1);
    }

private:
    [[nodiscard]] bool is_next(std::string_view key) const {
        return rest_.starts_with(key) && rest_.substr(key.size(), 1) == "=";
    }
    std::string_view rest_;
};

/// Takes the next pair into `parts`. False where it is none of theirs, is there twice, or wrong.
bool take_part(PairReader& pairs, Digits digits, Parts& parts) {
    for (const auto& [key, part] : instants) {
        const auto text = pairs.take(key);
        if (!text) continue;
        const bool is_first = !(parts.*part).has_value();
        parts.*part = parse_instant(*text);
        return is_first && (parts.*part).has_value();
    }
    for (const auto& [key, part] : amounts) {
        const auto text = pairs.take(key);
        if (!text) continue;
        const bool is_first = !(parts.*part).has_value();
        parts.*part = parse_exact(*text, digits);
        return is_first && (parts.*part).has_value();
    }
    return false;
}

}  // namespace

void append_prop_memory(std::string& out, const PropMemory& memory) {
    out += "digits=" + std::to_string(memory.digits.value);  // money means nothing without
    const Parts parts = parts_of(memory.state);
    for (const auto& [key, part] : instants) {
        if (parts.*part) out.append(" ").append(key).append("=" + std::to_string(*(parts.*part)));
    }
    for (const auto& [key, part] : amounts) {
        if (!(parts.*part)) continue;
        out.append(" ").append(key).append("=");
        JsonWriter{out}.value(*(parts.*part), memory.digits);
    }
    out += " currency=" + memory.currency;  // last: any text
}

std::optional<PropMemory> decode_prop_memory(std::string_view text) {
    constexpr std::size_t length_max = 4'096;
    if (text.size() > length_max) return std::nullopt;
    PairReader pairs{text};
    const auto digits = parse_digits(pairs.take("digits").value_or(""));
    if (!digits) return std::nullopt;
    Parts parts;
    auto currency = pairs.take_last("currency");
    for (; !currency; currency = pairs.take_last("currency")) {
        if (!take_part(pairs, *digits, parts)) return std::nullopt;
    }
    const auto state = state_of(parts);
    if (!is_name(*currency) || !state) return std::nullopt;
    return PropMemory{std::string{*currency}, *digits, *state};
}

}  // namespace margind::wire
