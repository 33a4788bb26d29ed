#include "support/arithmetic_check.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <stdexcept>
#include <utility>

#include "support/arithmetic_tokens.hpp"

namespace margind::test {
namespace {

constexpr long double of_a_double = 1.2e-16L;  // how far a double may be from the decimal it means
constexpr long double of_the_least = 2.5e-324L;  // and at the least: below that there is no double
constexpr long double of_a_half = 0x1p-49L;      // what is so near to a half is one
constexpr long double of_a_unit = 0.125L;        // though no further from it
constexpr long double of_a_step = 1.1e-14L;      // where it goes on: fifteen digits are printed
constexpr long double of_an_amount = 5.1e-12L;   // where it ends: twelve
constexpr int digits_printed = 12;               // with as many a number may be cut

/// A number and how far it may be off.
struct Value {
    long double number = 0.0L;
    long double error = 0.0L;
    long double largest = 0.0L;  // on the way: of a difference, what it is the difference of
};

/// How far the double of a number may be from it.
long double of_double(long double number) {
    return std::max(std::abs(number) * of_a_double, of_the_least);
}

/// What a double loses in an operation: nothing where everything is a whole number.
long double lost(long double result, Value a, Value b) {
    const bool is_whole = a.error == 0.0L && b.error == 0.0L && result == std::floor(result);
    return is_whole ? 0.0L : of_double(result);
}

Value operator+(Value a, Value b) {
    const long double sum = a.number + b.number;
    return {sum, a.error + b.error + lost(sum, a, b), std::max(a.largest, b.largest)};
}
Value operator-(Value a) { return {-a.number, a.error, a.largest}; }
Value operator-(Value a, Value b) { return a + -b; }
Value operator*(Value a, Value b) {
    const long double product = a.number * b.number;
    return {product,
            std::abs(a.number) * b.error + std::abs(b.number) * a.error + lost(product, a, b),
            std::max(std::abs(a.number) * b.largest, std::abs(b.number) * a.largest)};
}
Value operator/(Value a, Value b) {
    const long double quotient = a.number / b.number;
    return {quotient,
            (a.error + std::abs(quotient) * b.error) / std::abs(b.number) + lost(quotient, a, b),
            std::max(a.largest, std::abs(quotient) * b.largest) / std::abs(b.number)};
}

/// How far from a half what is rounded to such units may be to be one. Source: docs/formulas.md §6.
long double near_half(long double largest, long double unit) {
    return std::min(largest * of_a_half, unit * of_a_unit);
}

/// True for 0.5, 1.5 and so on of a unit.
bool is_half(long double number, long double unit) {
    const long double halves = std::abs(number) / unit * 2.0L;
    const long double nearest = std::round(halves);
    return std::fmod(nearest, 2.0L) == 1.0L && std::abs(halves - nearest) <= halves * 0x1p-60L;
}

/// A number as it is written.
struct Printed {
    Value value;
    int decimals = 0;
    int digits = 0;  // that count
};

/// `are_doubles`: what is printed is a double whatever it looks like, as in the rule set platform.
Printed printed(const std::string& text, bool are_doubles) {
    Printed out;
    out.value.number = out.value.largest = std::stold(text);
    const std::size_t power = std::min(text.find('e'), text.size());
    const std::size_t point = std::min(text.find('.'), power);
    out.decimals = point == power ? 0 : static_cast<int>(power - point - 1);
    std::string digits = text.substr(0, power);
    std::erase(digits, '.');
    digits.erase(0, digits.find_first_not_of('0'));
    out.digits = static_cast<int>(digits.size());
    const bool is_whole = out.decimals == 0 && power == text.size();
    if (is_whole && !are_doubles) return out;
    const long double size = std::abs(out.value.number);
    out.value.error = of_double(size);
    if (out.digits >= digits_printed || are_doubles) {
        const int told = std::max(out.digits, digits_printed);
        out.value.error += size * std::pow(10.0L, 1 - told) / 2.0L;
    }
    return out;
}

/// Works one statement out.
class Statement {
public:
    Statement(std::vector<Token> tokens, CheckedLine& line)
        : tokens_{std::move(tokens)}, line_{line}, is_platform_{line.formula.starts_with("7 ")} {}

    void check() {
        Value left = sum();
        while (at_ < tokens_.size()) {
            const std::string sign = next();
            if (sign == "=") {
                left = check_equal(left);
            } else if (sign == "rounded" || sign == "up" || sign == "down") {
                left = check_rounded(left, sign);
            } else {
                check_compared(left, sign, sum());
            }
        }
    }

private:
    /// Words are passed over but for those that say something.
    [[nodiscard]] bool is_passed_over(const Token& token) const {
        return token.kind == TokenKind::word && token.text != "rounded" && token.text != "up" &&
               token.text != "down";
    }
    void skip_words() {
        while (at_ < tokens_.size() && is_passed_over(tokens_[at_])) ++at_;
    }
    [[nodiscard]] bool is_next(std::string_view text) {
        skip_words();
        return at_ < tokens_.size() && tokens_[at_].text == text;
    }
    bool take(std::string_view text) {
        const bool is_there = is_next(text);
        if (is_there) ++at_;
        return is_there;
    }
    std::string next() {
        skip_words();
        if (at_ == tokens_.size()) throw std::runtime_error{"it ends too soon"};
        return tokens_[at_++].text;
    }
    void expect(std::string_view text) {
        if (!take(text)) throw std::runtime_error{"expected " + std::string{text}};
    }

    Value sum() {
        Value value = product();
        for (;;) {
            if (take("+")) {
                value = value + product();
            } else if (take("-")) {
                value = value - product();
            } else {
                skip_words();
                return value;
            }
        }
    }
    Value product() {
        Value value = factor();
        for (;;) {
            if (take("*")) {
                value = value * factor();
            } else if (take("/")) {
                value = value / factor();
            } else {
                return value;
            }
        }
    }
    Value factor() {
        if (take("-")) return -factor();
        if (take("(")) {
            const Value value = sum();
            expect(")");
            return value;
        }
        skip_words();
        if (at_ < tokens_.size() && tokens_[at_].kind == TokenKind::function) return function();
        const std::string text = next();
        if (tokens_[at_ - 1].kind != TokenKind::number)
            throw std::runtime_error{"expected a number, found " + text};
        return printed(text, is_platform_).value;
    }
    Value function() {
        const std::string name = next();
        expect("(");
        Value value = sum();
        while (take(",")) {
            const Value other = sum();
            const bool takes =
                name == "max" ? other.number > value.number : other.number < value.number;
            if (takes) value = other;
        }
        expect(")");
        if (name == "abs" && value.number < 0.0L) value = -value;
        return value;
    }

    /// The number as it is written, and its sign; what follows is not touched.
    Printed number() {
        const bool is_negative = take("-");
        Printed out = printed(next(), is_platform_);
        if (is_negative) out.value = -out.value;
        return out;
    }

    void claim(bool is_true, const std::string& text) {
        ++line_.claims;
        if (!is_true) line_.wrong.push_back(text);
    }

    Value check_equal(Value left) {
        const std::size_t here = at_;
        const Value right = number().value;
        const bool goes_on = is_next("*") || is_next("/");
        const long double off = std::abs(left.number - right.number);
        long double allowed = 4.0L * left.error + right.error +
                              std::abs(right.number) * (goes_on ? of_a_step : of_an_amount);
        if (is_next("rounded")) {
            // What is told is the half that it is taken for.
            const long double unit = unit_ahead();
            if (is_half(right.number, unit)) allowed += near_half(left.largest, unit);
        }
        claim(off <= allowed, shown(left.number) + " = " + shown(right.number));
        at_ = here;
        return sum();
    }

    /// The unit of the number that `rounded to` leads to.
    [[nodiscard]] long double unit_ahead() {
        ++at_;
        expect_to();
        return unit_of(number());
    }
    static long double unit_of(const Printed& rounded) {
        return std::pow(10.0L, -rounded.decimals);
    }

    Value check_rounded(Value left, const std::string& how) {
        expect_to();
        const std::size_t here = at_;
        const Printed right = number();
        const bool is_true =
            how == "rounded" ? is_nearest(left, right) : is_beside(left, right, how);
        claim(is_true, shown(left.number) + " " + how + " to " + shown(right.value.number));
        at_ = here;
        return sum();
    }

    /// Halves go away from zero, but in the rule set platform, which rounds what a double holds.
    [[nodiscard]] bool is_nearest(Value left, const Printed& right) const {
        const long double unit = unit_of(right);
        const long double rounded = right.value.number;
        if (is_half(left.number, unit) && !is_platform_) {
            return std::abs(rounded) > std::abs(left.number) &&
                   std::abs(rounded - left.number) < unit;
        }
        const long double slack = near_half(std::abs(left.number), unit);
        return std::abs(rounded - left.number) <= unit / 2.0L + slack;
    }
    /// Up or down to the unit.
    static bool is_beside(Value left, const Printed& right, std::string_view how) {
        const long double unit = unit_of(right);
        const long double off = right.value.number - left.number;
        const long double slack = 4.0L * left.error + unit * 1e-9L;
        return how == "up" ? off >= -slack && off < unit + slack
                           : off <= slack && off > -unit - slack;
    }
    void expect_to() {
        if (at_ == tokens_.size() || tokens_[at_++].text != "to") {
            throw std::runtime_error{"expected to"};
        }
    }

    void check_compared(Value left, const std::string& sign, Value right) {
        const long double slack = 4.0L * (left.error + right.error);
        const long double off = left.number - right.number;
        const bool is_true = sign == "<"    ? off < slack
                             : sign == "<=" ? off <= slack
                             : sign == ">"  ? off > -slack
                             : sign == ">=" ? off >= -slack
                                            : throw std::runtime_error{"found " + sign};
        claim(is_true, shown(left.number) + " " + sign + " " + shown(right.number));
    }

    static std::string shown(long double value) {
        std::array<char, 64> text{};
        const auto written =
            std::to_chars(text.data(), text.data() + text.size(), static_cast<double>(value));
        return {text.data(), written.ptr};
    }

    std::vector<Token> tokens_;
    std::size_t at_ = 0;
    CheckedLine& line_;
    bool is_platform_ = false;
};

bool makes_a_claim(std::string_view statement) {
    constexpr std::string_view signs[] = {" = ", " < ", " > ", " <= ", " >= ", " rounded to "};
    return std::ranges::any_of(signs, [&](auto sign) { return statement.contains(sign); });
}

}  // namespace

CheckedLine check_arithmetic(std::string_view line) {
    CheckedLine out;
    const std::size_t open = line.find(" [");
    const std::size_t end = line.find("]: ", open);
    if (open == std::string_view::npos || end == std::string_view::npos) {
        out.wrong.emplace_back("it does not name its formula");
        return out;
    }
    out.formula = line.substr(open + 2, end - open - 2);
    std::string_view rest = line.substr(end + 3);
    while (!rest.empty()) {
        const std::string_view statement = rest.substr(0, rest.find("; "));
        rest.remove_prefix(std::min(rest.size(), statement.size() + 2));
        if (!makes_a_claim(statement)) continue;
        try {
            Statement{tokens_of(statement), out}.check();
        } catch (const std::runtime_error& error) {
            out.wrong.push_back(std::string{statement} + ": " + error.what());
        }
    }
    return out;
}

}  // namespace margind::test
