#include "margind/core/base/decimal.hpp"

#include <charconv>
#include <cmath>

namespace margind {
namespace {

std::string_view trim(std::string_view text) {
    constexpr std::string_view blanks = " \t";
    const auto first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// A plain decimal number taken apart: ±mantissa × 10^exponent.
struct Decimal {
    std::uint64_t mantissa = 0;
    int exponent = 0;
    bool is_negative = false;
    bool has_rest = false;  // further digits that are not zero
};

constexpr std::uint64_t mantissa_max = 999'999'999'999'999'999;  // 18 digits

std::optional<int> parse_exponent(std::string_view text) {
    if (!text.empty() && text.front() == '+') text.remove_prefix(1);
    int exponent = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), exponent);
    if (error != std::errc{} || end != text.data() + text.size()) return {};
    if (exponent < -40 || exponent > 40) return {};
    return exponent;
}

std::optional<Decimal> take_apart(std::string_view text) {
    text = trim(text);
    Decimal result;
    if (!text.empty() && (text.front() == '-' || text.front() == '+')) {
        result.is_negative = text.front() == '-';
        text.remove_prefix(1);
    }
    bool has_digits = false;
    bool has_point = false;
    std::size_t at = 0;
    for (; at < text.size(); ++at) {
        const char c = text[at];
        if (c == '.' && !has_point) {
            has_point = true;
        } else if (is_digit(c)) {
            has_digits = true;
            if (result.mantissa > mantissa_max / 10) {
                // No amount has more than eighteen: the rest of a fraction is dust.
                if (!has_point) return {};
                result.has_rest |= c != '0';
                continue;
            }
            result.mantissa = result.mantissa * 10 + static_cast<unsigned>(c - '0');
            result.exponent -= has_point;
        } else {
            break;
        }
    }
    if (!has_digits) return {};
    if (at == text.size()) return result;
    if (text[at] != 'e' && text[at] != 'E') return {};
    const auto exponent = parse_exponent(text.substr(at + 1));
    if (!exponent) return {};
    result.exponent += *exponent;
    return result;
}

struct Scaled {
    std::int64_t value;
    bool is_exact;
};

std::optional<Scaled> scale_to(const Decimal& decimal, int digits) {
    std::uint64_t value = decimal.mantissa;
    std::uint64_t divisor = 1;
    int shift = decimal.exponent + digits;
    for (; shift > 0 && value != 0; --shift) {
        if (value > mantissa_max / 10) return {};
        value *= 10;
    }
    for (; shift < 0 && divisor <= mantissa_max; ++shift) divisor *= 10;
    if (shift < 0) divisor = 0;  // far below one unit of the last digit
    const std::uint64_t quotient = divisor == 0 ? 0 : value / divisor;
    const std::uint64_t rest = divisor == 0 ? value : value % divisor;
    const bool rounds_up = divisor > 1 && rest >= divisor - divisor / 2;
    const auto magnitude = static_cast<std::int64_t>(quotient + (rounds_up ? 1 : 0));
    return Scaled{decimal.is_negative ? -magnitude : magnitude, rest == 0 && !decimal.has_rest};
}

}  // namespace

std::optional<double> parse_real(std::string_view text) {
    text = trim(text);
    if (!text.empty() && text.front() == '+') text.remove_prefix(1);
    double value = 0.0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return {};
    if (!std::isfinite(value)) return {};
    return value;
}

std::optional<std::int64_t> parse_fixed(std::string_view text, Digits digits) {
    const auto decimal = take_apart(text);
    if (!decimal) return {};
    const auto scaled = scale_to(*decimal, digits.value);
    if (!scaled) return {};
    return scaled->value;
}

std::optional<Volume> parse_volume(std::string_view text) {
    const auto decimal = take_apart(text);
    if (!decimal) return {};
    const auto scaled = scale_to(*decimal, 8);
    if (!scaled || !scaled->is_exact) return {};
    if (scaled->value < 0 || scaled->value > volume_raw_max) return {};
    return Volume::from_raw(scaled->value);
}

std::optional<Money> parse_money(std::string_view text, Digits digits) {
    const auto minor = parse_fixed(text, digits);
    if (!minor || std::abs(static_cast<double>(*minor)) >= minor_limit) return {};
    return Money::from_minor(*minor);
}

std::optional<Money> money_from_real(double value, Digits digits) {
    const Rounded rounded = round_to_minor(value * scale(digits));
    if (!rounded.fits) return {};
    return rounded.money;
}

}  // namespace margind
